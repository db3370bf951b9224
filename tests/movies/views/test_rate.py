"""Rating a movie, as a script and as a plain form send it."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from config.limiter import Limit
from movies.models import Rating
from movies.views import replies
from tests.factories import make_movie

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def url(heat):
    return f"/movies/{heat.pk}/rating/"


def stars_of(user):
    return [rating.stars for rating in Rating.objects.filter(user=user)]


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_script_is_told_what_was_saved(as_owner, owner, heat, url):
    response = as_owner.post(url, {"stars": "4.5"}, **JSON)
    owner.refresh_from_db()
    assert response.json() == {
        "movie_id": heat.pk,
        "stars": 4.5,
        "profile_revision": owner.profile_revision,
        "message": "You rated Heat 4½.",
    }
    assert stars_of(owner) == [4.5]


def test_plain_form_goes_back_with_a_message(as_owner, owner, url):
    response = as_owner.post(url, {"stars": "3", "next": "/ratings/?page=2"})
    assert (response.status_code, response.url) == (302, "/ratings/?page=2")
    assert messages_of(response) == ["You rated Heat 3."]
    assert stars_of(owner) == [3]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", "x"],
)
def test_way_back_never_leaves_the_site(as_owner, heat, url, elsewhere):
    response = as_owner.post(url, {"stars": "3", "next": elsewhere})
    assert response.url == f"/movies/{heat.pk}/"


def test_rating_twice_replaces_the_stars(as_owner, owner, url):
    as_owner.post(url, {"stars": "2"})
    as_owner.post(url, {"stars": "4"})
    assert stars_of(owner) == [4]


@pytest.mark.parametrize(
    "form", [{"clear": "1", "stars": "4"}, {"stars": ""}, {"stars": "0"}, {"stars": "None"}]
)
def test_no_stars_take_the_rating_back(as_owner, owner, url, form):
    as_owner.post(url, {"stars": "4"})
    assert as_owner.post(url, form, **JSON).json()["stars"] is None
    assert stars_of(owner) == []


@pytest.mark.parametrize("stars", ["7", "-1", "4.2", "nan", "inf", "1e999", "many", "9" * 5000])
def test_impossible_stars_are_refused_and_change_nothing(as_owner, owner, url, stars):
    as_owner.post(url, {"stars": "4"})
    response = as_owner.post(url, {"stars": stars}, **JSON)
    assert response.status_code == 400
    assert "between 0.5 and 5" in response.json()["detail"]
    assert stars_of(owner) == [4]


def test_impossible_stars_in_a_plain_form_come_back_with_the_reason(as_owner, url):
    response = as_owner.post(url, {"stars": "7", "next": "/ratings/"})
    assert response.url == "/ratings/"
    assert messages_of(response) == ["A rating is between 0.5 and 5 in steps of a half, not 7.0."]


def test_saving_without_a_choice_asks_for_one(as_owner, owner, url):
    as_owner.post(url, {"stars": "4"})
    response = as_owner.post(url, {}, **JSON)
    assert (response.status_code, stars_of(owner)) == (400, [4])


@pytest.mark.parametrize("movie_id", [999_999, 10**30])
def test_movie_that_is_gone_is_said_to_be(as_owner, owner, movie_id):
    response = as_owner.post(f"/movies/{movie_id}/rating/", {"stars": "4"}, **JSON)
    assert response.status_code == 404
    assert "no longer in the catalogue" in response.json()["detail"]


def test_hidden_movie_cannot_be_rated(as_owner, owner):
    hidden = make_movie("Gone", is_hidden=True)
    response = as_owner.post(f"/movies/{hidden.pk}/rating/", {"stars": "4"}, **JSON)
    assert (response.status_code, stars_of(owner)) == (404, [])


def test_rating_changes_only_ones_own(as_owner, as_friend, owner, friend, url):
    as_owner.post(url, {"stars": "4"})
    as_friend.post(url, {"stars": "1"})
    as_friend.post(url, {"clear": "1"})
    assert (stars_of(owner), stars_of(friend)) == ([4], [])


def test_guests_rating_is_kept_with_the_visit_alone(heat, url):
    guest = Client()
    response = guest.post(url, {"stars": "4", "next": f"/movies/{heat.pk}/"})
    assert response.url == f"/movies/{heat.pk}/"
    assert messages_of(response) == ["You rated Heat 4."]
    assert [rating[0] for rating in guest.session["guest"]["ratings"].values()] == [8]
    assert not Rating.objects.exists()


def test_guests_script_is_told_what_is_kept(heat, url):
    guest = Client()
    body = guest.post(url, {"stars": "4.5"}, **JSON).json()
    assert (body["stars"], body["profile_revision"]) == (4.5, None)
    assert guest.post(url, {"clear": "1"}, **JSON).json()["stars"] is None
    assert guest.session["guest"]["ratings"] == {}


def test_impossible_stars_of_a_guest_are_refused(url):
    guest = Client()
    assert guest.post(url, {"stars": "7"}, **JSON).status_code == 400
    assert "guest" not in guest.session


def test_hidden_movie_cannot_be_rated_by_a_guest(db):
    hidden = make_movie("Gone", is_hidden=True)
    response = Client().post(f"/movies/{hidden.pk}/rating/", {"stars": "4"}, **JSON)
    assert response.status_code == 404


def test_guests_of_one_address_are_asked_to_wait(settings, heat, url):
    settings.API_ANONYMOUS_BURST = 3
    settings.API_ANONYMOUS_PER_SECOND = 1
    responses = [Client().post(url, {"stars": "4"}, **JSON) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert int(responses[-1]["Retry-After"]) >= 1


def test_new_visits_of_one_address_are_counted_more_strictly(monkeypatch, settings, heat, url):
    monkeypatch.setattr(replies, "NEW_VISITS", Limit(per_second=0.1, burst=1))
    guest = Client()
    assert guest.post(url, {"stars": "4"}, **JSON).status_code == 200
    assert guest.post(url, {"stars": "3"}, **JSON).status_code == 200
    assert Client().post(url, {"stars": "4"}, **JSON).status_code == 429
    made_up = Client()
    made_up.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert made_up.post(url, {"stars": "4"}, **JSON).status_code == 429


def test_form_without_csrf_token_is_refused(owner, url):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post(url, {"stars": "4"}, **JSON)
    assert response.status_code == 403
    assert "Load it again" in response.json()["detail"]
    assert stars_of(owner) == []


def test_rating_is_only_posted(as_owner, url):
    assert as_owner.get(url).status_code == 405
