"""The buttons of the watchlist and of "Not for me"."""

import json

import pytest
from django.test import Client

from movies.models import Dismissal, WatchlistEntry

JSON = {"HTTP_ACCEPT": "application/json"}
HTMX = {"HTTP_HX_REQUEST": "true"}
LISTS = [
    ("watchlist", WatchlistEntry, "is_on_watchlist"),
    ("dismissal", Dismissal, "is_dismissed"),
]


@pytest.mark.parametrize(("action", "model", "state"), LISTS)
def test_movie_goes_on_the_list_and_off_again(as_owner, heat, action, model, state):
    url = f"/movies/{heat.pk}/{action}/"
    assert as_owner.post(url, {"on": "1"}, **JSON).json()[state] is True
    assert [entry.movie for entry in model.objects.all()] == [heat]
    assert as_owner.post(url, {"on": "0"}, **JSON).json()[state] is False
    assert not model.objects.exists()


@pytest.mark.parametrize(("action", "model", "state"), LISTS)
def test_doing_it_twice_is_doing_it_once(as_owner, heat, action, model, state):
    for _ in range(2):
        as_owner.post(f"/movies/{heat.pk}/{action}/", {"on": "1"})
    assert model.objects.count() == 1


def test_dismissing_takes_off_the_watchlist_and_says_so(as_owner, heat):
    as_owner.post(f"/movies/{heat.pk}/watchlist/")
    states = as_owner.post(f"/movies/{heat.pk}/dismissal/", **JSON).json()
    assert (states["is_on_watchlist"], states["is_dismissed"]) == (False, True)


@pytest.mark.parametrize("action", ["watchlist", "dismissal"])
def test_htmx_gets_the_buttons_as_they_are_now(as_owner, heat, action):
    response = as_owner.post(f"/movies/{heat.pk}/{action}/", {"on": "1"}, **HTMX)
    html = response.content.decode()
    assert "<html" not in html
    assert 'name="on" value="0"' in html
    assert 'id="list-buttons"' in html


@pytest.mark.parametrize("action", ["watchlist", "dismissal"])
def test_plain_form_goes_back(as_owner, heat, action):
    response = as_owner.post(f"/movies/{heat.pk}/{action}/", {"on": "1", "next": "/watchlist/"})
    assert response.url == "/watchlist/"


def test_guest_is_sent_to_sign_in_for_a_watchlist(heat):
    response = Client().post(f"/movies/{heat.pk}/watchlist/", {"next": "/watchlist/"})
    assert response.url == "/accounts/login/?next=%2Fwatchlist%2F"
    assert not WatchlistEntry.objects.exists()


def test_guests_script_is_told_where_to_sign_in_for_a_watchlist(heat):
    response = Client().post(f"/movies/{heat.pk}/watchlist/", {"next": "/movies/"}, **JSON)
    assert response.status_code == 401
    assert response.json()["sign_in_url"] == "/accounts/login/?next=%2Fmovies%2F"


def test_guest_dismisses_and_takes_it_back(heat):
    guest, url = Client(), f"/movies/{heat.pk}/dismissal/"
    assert guest.post(url, {"on": "1"}, **JSON).json()["is_dismissed"] is True
    assert guest.post(url, {"on": "0"}, **JSON).json()["is_dismissed"] is False
    assert guest.session["guest"]["dismissals"] == {}
    assert not Dismissal.objects.exists()


def test_htmx_gets_a_message_that_can_be_undone(as_owner, heat):
    url = f"/movies/{heat.pk}/dismissal/"
    response = as_owner.post(url, {"on": "1"}, **HTMX)
    message = json.loads(response["HX-Trigger"])["marquee:toast"]
    assert message == {
        "text": "Heat will not be suggested to you again.",
        "undo": {"url": url, "values": {"on": "0"}},
    }


def test_strangers_htmx_leaves_for_the_sign_in_page(heat):
    response = Client().post(f"/movies/{heat.pk}/watchlist/", **HTMX)
    assert response["HX-Redirect"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("action", ["watchlist", "dismissal"])
def test_friend_changes_only_their_own_list(as_owner, as_friend, heat, action):
    url = f"/movies/{heat.pk}/{action}/"
    as_owner.post(url, {"on": "1"})
    as_friend.post(url, {"on": "0"})
    assert WatchlistEntry.objects.count() + Dismissal.objects.count() == 1


@pytest.mark.parametrize("action", ["watchlist", "dismissal"])
def test_movie_that_is_gone_is_said_to_be(as_owner, action):
    response = as_owner.post(f"/movies/999999/{action}/", {"on": "1"}, **JSON)
    assert response.status_code == 404
    gone = as_owner.post(f"/movies/999999/{action}/", {"on": "1"}, **HTMX)
    assert gone["HX-Redirect"] == "/movies/"
