"""A real Chromium for the tests marked `browser`, or a loud reason why there is none."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

# As root Chromium has no sandbox; in containers /dev/shm is too small for it.
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def find_chromium(playwright: Playwright) -> str | None:
    """Return the first there is: the one CHROMIUM names, the system's, Playwright's own."""
    places = (os.environ.get("CHROMIUM"), "/usr/bin/chromium", playwright.chromium.executable_path)
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def do_without_chromium() -> None:
    """Skip the test, or fail it where browser tests are required."""
    message = "no Chromium: set CHROMIUM to one, or install the system's package chromium"
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(f"REQUIRE_BROWSER is set, but there is {message}", pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of the whole run; a test opens its own context: `chromium.new_context()`."""
    home = tmp_path_factory.mktemp("chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright leaves a loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        path = find_chromium(playwright)
        if path is None:
            do_without_chromium()
        environment = {**os.environ, "HOME": str(home)}
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS, env=environment)
        yield browser
        browser.close()
