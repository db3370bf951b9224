"""The rating control: saves by itself, says what it saved, undoes it, and admits failures."""

import re
from http import HTTPStatus

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from movies.models import Rating
from tests.browser.test_following import token, wait_for_news
from tests.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def movie(site):
    return site.westerns[10]


@pytest.fixture
def page(visitor, site, movie) -> Page:
    visitor.sign_in(site.regular)
    visitor.go(movie.get_absolute_url())
    return visitor.page


def press(page: Page, movie, *, half_stars: int) -> None:
    page.locator(f"label[for=rating-{movie.pk}-{half_stars}]").click()


def toast(page: Page, text: str):
    return page.locator("#toasts").filter(has_text=text)


def value(page: Page):
    return page.locator(".movie-figures .rating-value")


class HeldBack:
    """Answers with some content that the server has given and that arrive when they are let go."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self._page = page
        self._answers: list[tuple[Route, APIResponse]] = []
        page.route(address, self._hold_back)

    def _hold_back(self, route: Route) -> None:
        answer = route.fetch()
        if answer.status == HTTPStatus.NO_CONTENT:
            route.fulfill(response=answer)
        else:
            self._answers.append((route, answer))

    def wait_for_one(self) -> None:
        assert wait_for(lambda: self._answers or self._page.wait_for_timeout(20))

    def let_go(self) -> None:
        self.wait_for_one()
        for route, answer in self._answers:
            route.fulfill(response=answer)
        self._answers.clear()


def test_one_save_follows_several_presses(page, site, movie):
    posts = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.clock.install(time=0)
    page.clock.pause_at(60)
    page.reload()
    for half_stars in (3, 7, 9):
        press(page, movie, half_stars=half_stars)
        page.clock.run_for(500)
    assert posts == []
    page.clock.run_for(500)
    expect(toast(page, f"You rated {movie.title} 4½")).to_be_visible()
    assert len(posts) == 1
    assert Rating.objects.get(user=site.regular, movie=movie).half_stars == 9


def test_undo_brings_back_what_was_there(page, site, movie):
    press(page, movie, half_stars=4)
    expect(toast(page, f"You rated {movie.title} 2")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(toast(page, f"Your rating of {movie.title} is cleared")).to_be_visible()
    expect(value(page)).to_be_empty()
    assert not Rating.objects.filter(user=site.regular, movie=movie).exists()


def test_clearing_keeps_the_focus_in_the_control(page, movie):
    press(page, movie, half_stars=6)
    expect(toast(page, f"You rated {movie.title} 3")).to_be_visible()
    page.get_by_role("button", name="Clear your rating").click()
    expect(value(page)).to_be_empty()
    assert page.evaluate("document.activeElement.name") == "stars"


@pytest.mark.parametrize("is_saved", [False, True])
def test_an_answer_from_before_does_not_bring_a_cleared_rating_back(page, movie, is_saved):
    before = token(page)
    answers = HeldBack(page, re.compile(r"\?token="))
    press(page, movie, half_stars=6)
    expect(toast(page, f"You rated {movie.title} 3")).to_be_visible()
    answers.wait_for_one()
    posts = HeldBack(page, "**/rating/")
    page.get_by_role("button", name="Clear your rating").click()
    if is_saved:
        posts.let_go()
        expect(toast(page, f"Your rating of {movie.title} is cleared")).to_be_visible()
    answers.let_go()
    wait_for_news(page, since=before)
    assert value(page).text_content() == ""
    if not is_saved:
        posts.let_go()
    answers.let_go()
    expect(page.get_by_role("button", name="Clear your rating")).to_be_hidden()
    assert value(page).text_content() == ""


def test_a_rating_that_was_not_saved_is_taken_back_and_said(page, site, movie):
    press(page, movie, half_stars=6)
    expect(toast(page, f"You rated {movie.title} 3")).to_be_visible()
    page.route("**/rating/", lambda route: route.abort())
    press(page, movie, half_stars=10)
    expect(toast(page, f"{movie.title} could not be saved: 3 still stands")).to_be_visible()
    expect(value(page)).to_have_text("3")
    assert Rating.objects.get(user=site.regular, movie=movie).half_stars == 6


def test_what_was_chosen_just_before_leaving_is_saved(page, site, movie):
    press(page, movie, half_stars=8)
    page.get_by_role("link", name="Watchlist").first.click()
    page.wait_for_url("**/watchlist/")
    # Chrome shows nobody the request that outlives its page; only its effect is seen.
    own = Rating.objects.filter(user=site.regular, movie=movie)
    assert wait_for(lambda: own.values_list("half_stars", flat=True).first() == 8)


def test_the_plain_list_rates_too(page, site, movie):
    page.get_by_text("Other ways to rate").click()
    page.get_by_label("Your rating in stars").select_option("3.5")
    page.locator(".other-ways").get_by_role("button", name="Save").click()
    expect(value(page)).to_have_text("3½")
    assert Rating.objects.get(user=site.regular, movie=movie).half_stars == 7
