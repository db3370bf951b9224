"""Every page, on a phone and on a desktop, light and dark: accessible, quiet, within its width."""

import pytest

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

GUEST_PAGES = (
    "/",
    "/movies/",
    "/movies/?q=western",
    "/movies/?q=zzzzzzzz",
    "/movies/{western}/",
    "/people/{director}/",
    "/how-it-works/",
    "/your-data/",
    "/accessibility/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nowhere/",
)
OWN_PAGES = (
    "/",
    "/picks/",
    "/movies/?genre=western&decade=1930&stars=3",
    "/movies/{western}/",
    "/movies/{long}/",
    "/ratings/",
    "/watchlist/",
    "/rate/",
    "/account/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
)
NEWCOMERS_PAGES = ("/", "/ratings/", "/watchlist/")
PHONE, DESKTOP, NARROWEST = 390, 1440, 320


@pytest.fixture
def paths(site):
    ids = {
        "western": site.westerns[1].pk,
        "long": site.westerns[7].pk,
        "director": site.director.pk,
    }
    visits = (
        (None, GUEST_PAGES),
        (site.regular, OWN_PAGES),
        (site.newcomer, NEWCOMERS_PAGES),
    )
    return [(user, [path.format(**ids) for path in pages]) for user, pages in visits]


def look_at(chromium, base_url, paths, *, width) -> dict[str, list[str]]:
    """Visit every page as everybody; return the faults by page."""
    faults = {}
    for user, pages in paths:
        with Visitor(chromium, base_url, width=width) as visitor:
            if user:
                visitor.sign_in(user)
            for path in pages:
                visitor.go(path)
                found = faults_of_a_page(visitor)
                if found:
                    faults[f"{user or 'guest'} {path}"] = found
    return faults


def faults_of_a_page(visitor: Visitor) -> list[str]:
    faults = []
    if visitor.width == PHONE and visitor.is_cut_off(width=NARROWEST):
        faults.append(f"wider than {NARROWEST} pixels")
    # Read before axe runs, which itself sets styles that the content security policy refuses.
    faults += visitor.errors
    for theme in ("light", "dark"):
        faults += [f"{theme}: {violation}" for violation in visitor.violations(theme=theme)]
    visitor.errors.clear()
    return faults


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_are_accessible_quiet_and_within_their_width(chromium, live_server, paths, width):
    assert look_at(chromium, live_server.url, paths, width=width) == {}


def test_faults_are_found(visitor):
    """The eyes of the test above are open."""
    visitor.go("/")
    visitor.page.evaluate(
        """() => {
            const image = document.createElement("img");
            image.setAttribute("style", "color: red");
            const plank = document.createElement("div");
            plank.style.width = "2000px";
            plank.textContent = "wide";
            document.querySelector("main").append(image, plank);
            image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
        }"""
    )
    assert visitor.is_cut_off(width=NARROWEST)
    assert any("Content Security Policy" in error for error in visitor.errors)
    assert any(violation.startswith("image-alt") for violation in visitor.violations(theme="dark"))
