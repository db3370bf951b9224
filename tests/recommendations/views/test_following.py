"""An open page asks whether it still shows what is true."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from movies.models import Event
from movies.services.lists import dismiss_movie
from movies.services.ratings import rate_movie
from tests.factories import make_user

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def viewer(two_camps, client: Client) -> User:
    """Sign somebody in who has rated five films, westerns better than musicals."""
    user = make_user()
    for movie in two_camps.westerns[:3]:
        rate_movie(user=user, movie_id=movie.pk, stars=5)
    for movie in two_camps.musicals[:2]:
        rate_movie(user=user, movie_id=movie.pk, stars=1)
    client.force_login(user)
    return user


def shown_by(page: str) -> dict[str, str]:
    """Return what an open page knows of itself."""
    return {
        name: re.search(f'data-{name}="([^"]*)"', page)[1] for name in ("token", "movies", "hero")
    }


def open_page(client, path: str) -> dict[str, str]:
    return shown_by(client.get(path).text)


def ask(client, path: str, shown: dict[str, str]):
    return client.get(path, shown, **HTMX)


def change_in(response) -> str:
    match = re.search(r"<p data-change>(.*)</p>", response.text)
    return re.sub("<[^>]+>", "", match[1]) if match else ""


PAGES = ["home", "picks", "movie"]


def path_of(page: str, two_camps) -> str:
    return two_camps.westerns[4].get_absolute_url() if page == "movie" else reverse(page)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_shows_what_is_true_gets_nothing(viewer, two_camps, client, page):
    path = path_of(page, two_camps)
    response = ask(client, path, open_page(client, path))

    assert (response.status_code, response.content) == (204, b"")
    assert "no-store" in response["Cache-Control"]


def test_nothing_costs_three_queries(viewer, client, django_assert_num_queries):
    shown = open_page(client, "/")
    with django_assert_num_queries(3):
        ask(client, "/", shown)


@pytest.mark.parametrize("page", PAGES)
def test_after_a_rating_a_page_gets_its_parts_once(viewer, two_camps, client, page):
    path = path_of(page, two_camps)
    shown = open_page(client, path)
    rate_movie(user=viewer, movie_id=two_camps.westerns[3].pk, stars=2)

    response = ask(client, path, shown)

    assert response.status_code == 200
    assert "<html" not in response.text
    assert "data-part=" in response.text
    assert "no-store" in response["Cache-Control"]
    assert ask(client, path, shown_by(response.text)).status_code == 204


def test_a_rated_top_pick_makes_room_and_the_page_is_told(viewer, two_camps, client):
    shown = open_page(client, "/")
    best = next(each for each in two_camps.westerns if str(each.pk) == shown["hero"])
    rate_movie(user=viewer, movie_id=best.pk, stars=5)

    response = ask(client, "/", shown)

    assert f"{best.title} left because you rated it." in change_in(response)
    assert "is your top pick now because you liked Western" in change_in(response)
    assert f'data-key="{best.pk}"' not in response.text


def test_a_dismissed_film_left_because_of_that(viewer, two_camps, client):
    shown = open_page(client, "/picks/")
    dismiss_movie(user=viewer, movie_id=two_camps.westerns[4].pk)

    change = change_in(ask(client, "/picks/", shown))

    assert change.endswith(f"{two_camps.westerns[4].title} left because it is not for you.")


def test_titles_are_escaped_in_the_sentence(viewer, two_camps, client):
    movie = two_camps.westerns[4]
    movie.title = "<b>Fast & Loose</b>"
    movie.save()
    shown = open_page(client, "/picks/")
    dismiss_movie(user=viewer, movie_id=movie.pk)

    response = ask(client, "/picks/", shown)

    assert "<cite>&lt;b&gt;Fast &amp; Loose&lt;/b&gt;</cite> left" in response.text


def test_a_sentence_is_for_the_page_that_asks_and_not_kept_with_the_next(viewer, two_camps, client):
    shown = open_page(client, "/")
    rate_movie(user=viewer, movie_id=two_camps.westerns[3].pk, stars=2)
    first = change_in(ask(client, "/", shown))

    assert first
    assert change_in(ask(client, "/", shown)) == first
    assert "data-change" not in client.get("/").text


@pytest.mark.parametrize(
    "nonsense",
    [
        {"token": "x"},
        {"token": "", "movies": "x -1 ² 9" + "9" * 400, "hero": "x"},
        {"token": "guest.x", "movies": " ".join(["7"] * 5000)},
    ],
)
def test_nonsense_is_no_error(viewer, client, nonsense):
    response = ask(client, "/", nonsense)

    assert response.status_code == 200
    assert response.get("HX-Refresh") == "true" or "data-part" in response.text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_somebody_else_is_loaded_anew(viewer, two_camps, client, page):
    path = path_of(page, two_camps)
    shown = open_page(client, path)
    client.logout()
    assert ask(client, path, shown)["HX-Refresh"] == "true"
    client.force_login(make_user())
    assert ask(client, path, shown)["HX-Refresh"] == "true"


def test_looking_again_is_no_visit_to_a_movies_page(viewer, two_camps, client):
    path = two_camps.westerns[4].get_absolute_url()
    shown = open_page(client, path)
    Event.objects.all().delete()
    rate_movie(user=viewer, movie_id=two_camps.westerns[3].pk, stars=2)

    assert ask(client, path, shown).status_code == 200
    assert not Event.objects.filter(kind=Event.Kind.VIEWED).exists()


def test_forms_lead_back_to_the_page_and_not_to_what_it_asked(viewer, two_camps, client):
    path = two_camps.westerns[4].get_absolute_url()
    shown = open_page(client, path)
    rate_movie(user=viewer, movie_id=two_camps.westerns[3].pk, stars=2)

    response = ask(client, path, shown)

    assert set(re.findall(r'name="next" value="([^"]*)"', response.text)) == {path}


# Guests


def rate_as_guest(client, *movies, stars="5") -> None:
    for movie in movies:
        assert client.post(f"/movies/{movie.pk}/rating/", {"stars": stars}).status_code == 302


def rate_five(client, two_camps) -> None:
    rate_as_guest(client, *two_camps.westerns[:3])
    rate_as_guest(client, *two_camps.musicals[:2], stars="1")


def test_five_ratings_put_a_guests_top_pick_on_the_sign(two_camps, client):
    shown = open_page(client, "/")
    rate_five(client, two_camps)

    response = ask(client, "/", shown)

    assert response.context["hero"].movie in two_camps.westerns[3:]
    assert change_in(response).startswith("Updated: Western")
    assert "because you liked Western" in change_in(response)
    assert "to keep these 5 ratings" in response.text
    assert client.get("/picks/").status_code == 200


def test_a_guests_page_is_not_shown_to_another_guest_or_person(two_camps, client):
    before = Client().get("/").text
    rate_five(client, two_camps)
    assert "to keep these 5 ratings" in client.get("/").text

    others = [Client(), Client(), Client()]
    others[2].force_login(make_user())
    pages = [other.get("/").text for other in others]

    assert all("these 5 ratings" not in page and "Because you gave" not in page for page in pages)
    assert [shown_by(page) for page in pages[:2]] == [shown_by(before)] * 2


def test_a_guest_sees_own_stars_and_a_prediction_on_a_movies_page(two_camps, client):
    rate_as_guest(client, *two_camps.westerns[:2])

    own = client.get(two_camps.westerns[0].get_absolute_url())
    new = client.get(two_camps.westerns[3].get_absolute_url())

    assert own.context["own_stars"] == 5
    assert new.context["prediction"].stars > 0
    assert two_camps.westerns[0].title in str(new.context["explanation"].note) or (
        two_camps.westerns[1].title in str(new.context["explanation"].note)
    )


def test_a_guest_does_not_count_in_a_movies_figures(two_camps, client):
    movie = two_camps.westerns[0]
    before = client.get(movie.get_absolute_url()).context["distribution"]
    rate_as_guest(client, movie)

    assert client.get(movie.get_absolute_url()).context["distribution"] == before


def test_the_api_knows_no_guests(two_camps, client):
    rate_as_guest(client, two_camps.westerns[0])

    assert client.get("/api/v1/me/recommendations/").status_code == 401
    assert client.get("/api/v1/me/ratings/").status_code == 401
