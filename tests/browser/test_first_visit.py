"""From the first visit to personal picks, with the keyboard alone where it counts."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.charts import format_stars
from tests.accounts.mail import last_mail, path_in

pytestmark = pytest.mark.browser


def sign_up(page: Page) -> None:
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Display name").fill("Ada")
    page.get_by_label("Password").fill("three blind mice")
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_text("We have sent you an e-mail")).to_be_visible()
    page.goto(path_in(last_mail()))
    page.get_by_role("button", name="Yes, confirm it").click()


def rate_by_keyboard(page: Page, *, title: str, half_stars: int) -> None:
    """Tab to a film's stars and press the right arrow; the first press makes it one star."""
    while page.evaluate("document.activeElement.form?.dataset.title") != title:
        page.keyboard.press("Tab")
    for _ in range(half_stars - 1):
        page.keyboard.press("ArrowRight")
    said = f"You rated {title} {format_stars(half_stars / 2)}"
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()


def half_stars_for(title: str) -> int:
    return 9 if title.startswith("Western") else 2


def test_sign_up_rate_five_films_by_keyboard_and_see_picks(visitor, site):
    page = visitor.page
    visitor.go("/")
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    sign_up(page)

    visitor.go("/rate/")
    titles = page.locator("[data-rating]").evaluate_all("forms => forms.map(f => f.dataset.title)")
    rails_before = home_titles(visitor)
    visitor.go("/rate/")
    for title in titles[:5]:
        rate_by_keyboard(page, title=title, half_stars=half_stars_for(title))
    expect(page.get_by_text(re.compile("5 of 5"))).to_be_visible()

    stars = dict(
        User.objects.get(email="ada@example.org").ratings.values_list("movie__title", "half_stars")
    )
    assert stars == {title: half_stars_for(title) for title in titles[:5]}
    rails_after = home_titles(visitor)
    assert rails_after != rails_before
    assert not set(rails_after) & set(titles[:5])
    expect(page.get_by_role("heading", name="Top picks for you")).to_be_visible()
    assert visitor.errors == []


def home_titles(visitor) -> list[str]:
    visitor.go("/")
    return visitor.page.locator("#rails .card-title").all_inner_texts()
