"""The watchlist, and below it what was dismissed."""

from django.test import Client

from movies.models import Dismissal, WatchlistEntry
from tests.factories import make_movie


def test_latest_addition_comes_first(as_owner, owner):
    for title in ("Heat", "Alien"):
        WatchlistEntry.objects.create(user=owner, movie=make_movie(title))
    context = as_owner.get("/watchlist/").context
    assert [card.movie.title for card in context["page"]] == ["Alien", "Heat"]
    assert context["entry_count"] == 2


def test_dismissed_films_can_be_taken_back(as_owner, owner, heat):
    Dismissal.objects.create(user=owner, movie=heat)
    html = as_owner.get("/watchlist/").content.decode()
    assert f'action="/movies/{heat.pk}/dismissal/"' in html
    as_owner.post(f"/movies/{heat.pk}/dismissal/", {"on": "0", "next": "/watchlist/"})
    assert list(as_owner.get("/watchlist/").context["dismissed"]) == []


def test_hidden_movies_are_left_out(as_owner, owner):
    hidden = make_movie("Gone", is_hidden=True)
    WatchlistEntry.objects.create(user=owner, movie=hidden)
    Dismissal.objects.create(user=owner, movie=hidden)
    context = as_owner.get("/watchlist/").context
    assert (context["entry_count"], list(context["dismissed"])) == (0, [])


def test_friend_and_stranger_do_not_see_it(as_friend, owner, heat):
    WatchlistEntry.objects.create(user=owner, movie=heat)
    assert as_friend.get("/watchlist/").context["entry_count"] == 0
    assert Client().get("/watchlist/").url == "/accounts/login/?next=/watchlist/"


def test_both_lists_have_pages(as_owner, owner):
    for number in range(51):
        movie = make_movie(f"Film {number}")
        Dismissal.objects.create(user=owner, movie=movie)
        WatchlistEntry.objects.create(user=owner, movie=movie)
    context = as_owner.get("/watchlist/?page=2&dismissed=2").context
    assert (len(context["page"]), len(context["dismissed"])) == (15, 1)
    assert as_owner.get("/watchlist/?dismissed=9").status_code == 404
