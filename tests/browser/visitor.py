"""Somebody with a browser, who notes everything that goes wrong in it."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

# Chrome says by itself that a page was not found; whoever asks for such a page knows.
EXPECTED = "Failed to load resource: the server responded with a status of 40"
PATIENCE_MS = 60_000  # a busy machine is no fault of the page's
HEIGHT = 900

expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """A page in a browser of its own, and the errors it met."""

    def __init__(self, browser: Browser, base_url: str, *, width: int = 1440) -> None:
        self.errors: list[str] = []
        self.width = width
        self._base_url = base_url
        self._context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": HEIGHT},
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        self.page.on("response", self._note_response)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.errors.append(f"console: {message.text}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.url}")

    def sign_in(self, user) -> None:
        """Take over a session that a test client opened."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self._context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self._base_url}]
        )

    def go(self, path: str) -> None:
        self.page.goto(path, wait_until="load")

    def violations(self, *, theme: str) -> list[str]:
        """Return what axe finds inaccessible on this page in a theme."""
        self.page.emulate_media(color_scheme=theme)
        results = Axe().run(self.page)
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]

    def is_cut_off(self, *, width: int) -> bool:
        """Tell whether something stands beyond the right edge of a window of that width.

        The page cuts it off instead of scrolling, so that is switched off to find it.
        """
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        is_wider: bool = self.page.evaluate(
            """() => {
                document.body.style.overflowX = "visible";
                const { scrollWidth, clientWidth } = document.documentElement;
                document.body.style.overflowX = "";
                return scrollWidth > clientWidth;
            }"""
        )
        self.page.set_viewport_size({"width": self.width, "height": HEIGHT})
        return is_wider
