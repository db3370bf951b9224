"""An open page follows what is rated and dismissed, and does not move under its reader."""

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from movies.models import Movie
from movies.services.ratings import rate_movie
from recommendations.services.reasons import GUESS
from tests.browser.test_first_visit import sign_up
from tests.waiting import wait_for

pytestmark = pytest.mark.browser

TOP = '[data-part="top"]'
STATE = """() => ({
    page: scrollY,
    rails: [...document.querySelectorAll(".rail-scroll")].map((rail) => rail.scrollLeft),
    top: document.querySelector('[data-part="top"]').getBoundingClientRect().top,
})"""


NOTE_QUESTIONS = """() => {
    window.asked = [];
    window.answered = [];
    document.addEventListener("htmx:beforeRequest", () => window.asked.push(performance.now()));
    document.addEventListener("htmx:afterRequest", () => window.answered.push(performance.now()));
}"""


@pytest.fixture
def page(visitor, site) -> Page:
    """Open the front page of somebody who has rated enough, the pointer on nothing."""
    visitor.sign_in(site.regular)
    visitor.go("/")
    visitor.page.mouse.move(0, 0)
    visitor.page.evaluate("window.isSamePage = true")
    return visitor.page


def token(page: Page) -> str:
    return page.locator("[data-follow]").get_attribute("data-token")


def cards(page: Page, rail: str = TOP) -> list[str]:
    keys = page.locator(f"{rail} [data-key]")
    return keys.evaluate_all("cards => cards.map((card) => card.dataset.key)")


def card(page: Page, key: str) -> Locator:
    return page.locator(f'{TOP} [data-key="{key}"]')


def cards_meant(page: Page) -> list[str]:
    """Return the top picks without the guesses, which chance puts among them."""
    meant = page.locator(f"{TOP} [data-key]").filter(has_not_text=str(GUESS))
    return meant.evaluate_all("cards => cards.map((card) => card.dataset.key)")


def wait_for_news(page: Page, *, since: str) -> None:
    page.wait_for_function(
        "since => document.querySelector('[data-follow]').dataset.token !== since", arg=since
    )


def rate_elsewhere(page: Page, user: User, *movie_ids: str, stars: float = 1) -> None:
    """Rate on another device, and wait until the open page has heard of it."""
    before = token(page)
    for movie_id in movie_ids:
        rate_movie(user=user, movie_id=int(movie_id), stars=stars)
    wait_for_news(page, since=before)


def message(page: Page, text: str):
    return page.locator("#toasts [data-toast]").filter(has_text=text)


def press(page: Page, movie: Movie, *, half_stars: int) -> None:
    page.locator(f"label[for=rating-{movie.pk}-{half_stars}]").click()


def test_a_rating_on_the_page_swaps_the_rails_and_says_what_changed(visitor, site):
    page = visitor.page
    visitor.sign_in(site.newcomer)
    visitor.go("/")
    page.evaluate("window.isSamePage = true")
    movie = next(movie for movie in site.westerns if page.locator(f"#rating-{movie.pk}-10").count())

    press(page, movie, half_stars=10)

    expect(message(page, f"You rated {movie.title} 5")).to_be_visible()
    expect(message(page, f"because you liked {movie.title}")).to_contain_text("Updated: ")
    expect(page.get_by_role("heading", name="Top picks for you")).to_be_visible()
    expect(page.get_by_text("1 of 5")).to_be_visible()
    assert str(movie.pk) not in cards(page, "#rails")
    assert page.locator(f"#rating-{movie.pk}-10").is_checked()
    assert page.evaluate("window.isSamePage")
    assert visitor.errors == []


def test_a_film_rated_elsewhere_leaves_and_nothing_moves(page, site, visitor):
    page.locator(f"{TOP} .rail-scroll").evaluate("rail => rail.scrollTo(382, 0)")
    page.evaluate("scrollTo(0, 420)")
    before, shown = page.evaluate(STATE), cards(page)

    rate_elsewhere(page, site.regular, shown[0], shown[4])

    for key in (shown[0], shown[4]):  # a rail that was scrolled a moment ago waits
        expect(card(page, key)).to_have_count(0)
    page.wait_for_timeout(300)
    assert page.evaluate(STATE) == before
    expect(message(page, "left because you rated it")).to_be_visible()
    assert page.evaluate("window.isSamePage")
    assert visitor.errors == []


def test_what_is_read_below_rails_that_change_stays_where_it_is(page, site):
    page.evaluate("scrollTo(0, document.querySelector('[data-part=\"top\"]').offsetTop + 500)")
    name = page.evaluate(
        """[...document.querySelectorAll("[data-part]")]
            .find((part) => part.getBoundingClientRect().top >= 0).dataset.part"""
    )
    assert name != "top"
    reader = page.locator(f'[data-part="{name}"]')
    top, shown = reader.bounding_box()["y"], cards(page)

    rate_elsewhere(page, site.regular, shown[1])

    expect(card(page, shown[1])).to_have_count(0)
    page.wait_for_timeout(300)
    assert reader.bounding_box()["y"] == top


def test_cards_that_stay_are_the_same_ones(page, site):
    page.evaluate(
        "() => { for (const card of document.querySelectorAll('[data-key]')) card.isOld = true }"
    )
    shown = cards(page)

    rate_elsewhere(page, site.regular, shown[1])

    stayed = [key for key in cards(page) if key in shown]
    old = page.locator(f"{TOP} [data-key]").evaluate_all(
        "cards => cards.filter((card) => card.isOld).map((card) => card.dataset.key)"
    )
    assert old == stayed
    assert stayed


def test_a_rail_under_the_pointer_waits_until_it_is_left(page, site):
    shown = cards(page)
    card(page, shown[2]).hover()

    rate_elsewhere(page, site.regular, shown[1])

    page.wait_for_timeout(600)
    assert cards(page) == shown
    page.mouse.move(0, 0)
    expect(card(page, shown[1])).to_have_count(0)


def test_a_rail_with_the_focus_of_the_keyboard_waits_until_it_is_left(page, site):
    shown = cards(page)
    page.keyboard.press("Tab")
    card(page, shown[2]).locator("a").first.focus()

    rate_elsewhere(page, site.regular, shown[1])

    page.wait_for_timeout(600)
    assert cards(page) == shown
    expect(card(page, shown[2]).locator("a").first).to_be_focused()
    page.locator(".logo").focus()
    expect(card(page, shown[1])).to_have_count(0)


def test_not_for_me_changes_the_sign_at_once_and_can_be_undone(page, visitor):
    title = page.locator("h1").text_content().strip()

    page.get_by_role("button", name="Not for me").click()

    expect(page.locator("h1")).not_to_have_text(title)
    expect(message(page, "will not be suggested to you again")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.mouse.move(0, 0)
    expect(page.locator("h1")).to_have_text(title)
    assert page.evaluate("window.isSamePage")
    assert visitor.errors == []


def test_a_rating_in_another_tab_is_followed(page, site):
    other = page.context.new_page()
    movie = site.westerns[9]
    other.goto(movie.get_absolute_url())
    before = token(page)

    press(other, movie, half_stars=2)

    wait_for_news(page, since=before)
    assert str(movie.pk) not in cards(page, "#rails")


def pass_time(page: Page, milliseconds: int) -> None:
    """Let the page's clock, which stands still, go on, and every question be answered."""
    page.clock.run_for(milliseconds)
    page.wait_for_function("() => window.asked.length === window.answered.length")


def test_a_storm_of_ratings_asks_once_a_second_at_most(page, site):
    page.clock.install(time=0)
    page.clock.pause_at(60)
    page.reload()
    page.evaluate(NOTE_QUESTIONS)
    storm = {str(movie.pk) for movie in site.musicals[2:12]}
    assert storm & set(cards(page, "#rails"))

    def have_left() -> bool:
        pass_time(page, 300)
        return not storm & set(cards(page, "#rails"))

    for movie_id in storm:
        rate_movie(user=site.regular, movie_id=int(movie_id), stars=1)
        page.evaluate("new BroadcastChannel('marquee').postMessage('changed')")
        pass_time(page, 300)

    assert wait_for(have_left)
    asked = page.evaluate("window.asked")
    assert len(asked) >= 3
    assert all(later - earlier >= 1000 for earlier, later in pairwise(asked))


def test_guest_rates_three_films_gets_picks_and_takes_them_into_an_account(visitor, site):
    page = visitor.page
    visitor.go("/")
    offered = [movie for movie in site.westerns if page.locator(f"#rating-{movie.pk}-9").count()]
    for movie in offered[:3]:
        press(page, movie, half_stars=9)
        expect(message(page, f"You rated {movie.title} 4½")).to_be_visible()
    expect(page.get_by_text("to keep these 3 ratings")).to_be_visible()
    westerns = {str(movie.pk) for movie in site.westerns}
    assert len(westerns.intersection(cards_meant(page)[:5])) >= 3
    assert not {str(movie.pk) for movie in offered[:3]} & set(cards(page))

    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    sign_up(page)

    user = User.objects.get(email="ada@example.org")
    assert {rating.movie for rating in user.ratings.all()} == set(offered[:3])
    visitor.go("/")
    expect(page.get_by_text("3 of 5")).to_be_visible()
    expect(page.get_by_text("to keep these")).to_have_count(0)
    assert visitor.errors == []


def test_a_page_that_is_gone_back_to_is_brought_up_to_date(visitor, site):
    page = visitor.page
    visitor.go("/")
    expect(page.get_by_text("0 of 5")).to_be_visible()
    visitor.go(site.westerns[9].get_absolute_url())
    press(page, site.westerns[9], half_stars=8)
    expect(message(page, f"You rated {site.westerns[9].title} 4")).to_be_visible()

    page.go_back()

    expect(page.get_by_text("1 of 5")).to_be_visible()
    assert visitor.errors == []
