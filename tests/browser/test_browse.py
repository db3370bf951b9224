"""Filters that apply at once, and suggestions by keyboard."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_filter_swaps_the_results_and_keeps_the_focus(visitor):
    page = visitor.page
    visitor.go("/movies/")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("checkbox", name=re.compile("Western")).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="18 films")).to_be_visible()
    expect(page).to_have_url(re.compile("genre=western"))
    expect(page.get_by_role("checkbox", name=re.compile("Western"))).to_be_focused()
    assert page.evaluate("window.isSamePage")
    assert visitor.errors == []


def test_taking_a_token_away_widens_the_list(visitor):
    visitor.go("/movies/?genre=western")
    visitor.page.get_by_role("link", name=re.compile("Western.*remove")).click()
    expect(visitor.page.get_by_role("heading", name="36 films")).to_be_visible()


def test_suggestions_lead_to_a_film_by_keyboard(visitor, site):
    page = visitor.page
    visitor.go("/")
    page.get_by_label("Search films").press_sequentially("musical 4")
    expect(page.get_by_role("option").first).to_contain_text("Musical 4")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/movies/{site.musicals[4].pk}/"))
    assert visitor.errors == []
