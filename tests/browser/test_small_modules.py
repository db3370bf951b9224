"""The search field's suggestions, the rails' buttons, the theme and the lists' buttons."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_option_under_the_arrow_is_named_to_screen_readers(visitor):
    page = visitor.page
    visitor.go("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("western 3")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))


def test_escape_closes_the_suggestions_and_keeps_the_words(visitor):
    page = visitor.page
    visitor.go("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("musical")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("musical")


def test_a_rail_steps_on_and_back(visitor):
    page = visitor.page
    visitor.go("/")
    rail = page.locator("[data-rail]").first
    scroller = rail.locator(".rail-scroll")
    later = rail.get_by_role("button", name="Later films")
    earlier = rail.get_by_role("button", name="Earlier films")
    expect(earlier).to_have_attribute("aria-disabled", "true")
    later.click()
    expect(earlier).to_have_attribute("aria-disabled", "false")
    assert scroller.evaluate("rail => rail.scrollLeft") > 300
    earlier.click()
    expect(earlier).to_have_attribute("aria-disabled", "true")


def test_the_theme_changes_at_once_and_stays(visitor):
    page = visitor.page
    visitor.go("/")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.go("/accessibility/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_watchlist_button_turns_round_without_a_page_load(visitor, site):
    page = visitor.page
    visitor.sign_in(site.regular)
    visitor.go(site.westerns[12].get_absolute_url())
    page.get_by_role("button", name="Add to watchlist").click()
    expect(page.get_by_role("button", name="Take off your watchlist")).to_be_focused()
    assert visitor.errors == []


def test_fields_left_empty_stay_out_of_the_address(visitor):
    page = visitor.page
    visitor.go("/movies/")
    page.get_by_role("checkbox", name="Western").check()
    expect(page).to_have_url(re.compile(r"/movies/\?genre=western$"))
