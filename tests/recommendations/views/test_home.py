import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from config.redis import redis_client
from movies.services.curation import hide_movies
from movies.services.ratings import rate_movie
from movies.services.shelves import shelf_keeper
from recommendations.views.home import TOKEN_PLACE
from tests.factories import make_movie, make_rater, make_rating, make_user


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


def shown_ids(response) -> list[int]:
    hero = [response.context["hero"]] if response.context["hero"] else []
    cards = [*hero, *(card for rail in response.context["rails"] for card in rail.cards)]
    return [card.movie.pk for card in cards]


def test_guest_sees_what_everybody_likes(two_camps, client):
    response = client.get(reverse("home"))

    slugs = [rail.slug for rail in response.context["rails"]]
    assert response.status_code == 200
    assert slugs[0] == "popular"
    assert response.context["hero"] is None


def test_no_movie_stands_twice_and_none_that_was_rated(viewer, client):
    shown = shown_ids(client.get(reverse("home")))

    assert len(shown) == len(set(shown))
    assert not set(shown) & set(viewer.ratings.values_list("movie_id", flat=True))


def test_every_pick_tells_why(viewer, two_camps, client):
    response = client.get(reverse("home"))

    westerns = {movie.title for movie in two_camps.westerns[:3]}
    assert response.context["hero"].movie in two_camps.westerns[3:]
    assert any(title in str(response.context["hero"].reason) for title in westerns)
    top = next(rail for rail in response.context["rails"] if rail.slug == "top")
    assert all(card.reason for card in top.cards)


def test_a_rating_changes_the_page_at_once(viewer, client):
    best = client.get(reverse("home")).context["hero"].movie

    rate_movie(user=viewer, movie_id=best.pk, stars=2)

    assert best.pk not in shown_ids(client.get(reverse("home")))


def test_a_hidden_movie_leaves_the_page_at_once(viewer, client):
    best = client.get(reverse("home")).context["hero"].movie

    hide_movies(movie_ids=[best.pk], by=make_user(is_staff=True))

    assert best.pk not in shown_ids(client.get(reverse("home")))


def test_newcomer_is_asked_to_rate_a_few(two_camps, client):
    client.force_login(make_user())

    response = client.get(reverse("home"))

    assert len(response.context["candidates"]) == 10
    assert response.context["progress"].rated == 0


def test_newcomer_sees_no_movie_twice_on_the_whole_page(two_camps, client):
    client.force_login(make_user())

    response = client.get(reverse("home"))

    asked = [card.movie.pk for card in response.context["candidates"]]
    shown = [*asked, response.context["guest_poster"].pk, *shown_ids(response)]
    assert len(shown) == len(set(shown))


def test_guest_sees_no_movie_twice_on_the_whole_page(two_camps, client):
    response = client.get(reverse("home"))

    asked = [card.movie.pk for card in response.context["candidates"]]
    shown = [*asked, response.context["guest_poster"].pk, *shown_ids(response)]
    assert len(shown) == len(set(shown))


def test_after_five_ratings_nobody_is_asked(viewer, client):
    assert not client.get(reverse("home")).context["candidates"]


@pytest.mark.django_db
def test_an_empty_site_has_a_page_too(client):
    assert client.get(reverse("home")).status_code == 200
    client.force_login(make_user())
    assert client.get(reverse("home")).status_code == 200


def count_queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    return len(queries)


def test_queries_do_not_grow_with_the_catalogue(viewer, client):
    client.get(reverse("home"))
    redis_client().flushdb()
    with_few = count_queries(client)
    rater = make_rater()
    for _ in range(20):
        make_rating(rater, make_movie(), 5)
    redis_client().flushdb()
    shelf_keeper.forget()
    client.get(reverse("home"))
    redis_client().flushdb()

    assert count_queries(client) == with_few
    assert count_queries(client) == 3


def test_kept_front_page_has_a_fresh_token_and_no_place_for_one(viewer, client):
    pages = [client.get(reverse("home")).text for _ in range(2)]

    tokens = [re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages]
    assert tokens[0] != tokens[1]
    assert all(TOKEN_PLACE not in page for page in pages)


def test_one_persons_front_page_is_not_shown_to_another(viewer, two_camps, client):
    mine = client.get(reverse("home")).text
    client.force_login(make_user())

    assert "Rate a few" in client.get(reverse("home")).text
    assert "Rate a few" not in mine


def test_without_redis_the_front_page_is_made_anew(viewer, client, redis_away):
    assert client.get(reverse("home")).context["hero"]


def test_picks_are_for_people_who_sign_in(viewer, two_camps, client):
    assert len(client.get(reverse("picks")).context["cards"]) == 7
    client.logout()

    assert client.get(reverse("picks")).status_code == 302
