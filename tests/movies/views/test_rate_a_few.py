"""Ten films for a newcomer to rate."""

import pytest
from django.test import Client

from movies.models import Dismissal, Genre, Rating
from tests.factories import make_movie

PATH = "/rate/"


@pytest.fixture
def films(db):
    return [make_movie(f"Film {number:02}", year=1980) for number in range(25)]


def candidates(client, query=""):
    return [card.movie for card in client.get(f"{PATH}{query}").context["candidates"]]


def test_ten_are_offered_the_same_each_time(as_owner, as_friend, films):
    assert len(candidates(as_owner)) == 10
    assert candidates(as_owner) == candidates(as_owner) == candidates(as_friend)


def test_ten_others_are_others_until_all_were_seen(as_owner, films):
    first = as_owner.get(PATH).context
    second = as_owner.get(first["next_url"]).context
    third = as_owner.get(second["next_url"]).context
    seen = [card.movie for each in (first, second, third) for card in each["candidates"]]
    assert set(seen) == set(films)
    assert len(set(seen[:20])) == 20


def test_rating_some_does_not_move_the_next_ten(as_owner, owner, films):
    following = as_owner.get(PATH).context["next_url"]
    before = candidates(as_owner, following.removeprefix(PATH))
    for movie in candidates(as_owner)[:3]:
        Rating.objects.create(user=owner, movie=movie, half_stars=8)
    assert candidates(as_owner, following.removeprefix(PATH)) == before


def test_rated_and_dismissed_films_are_not_offered(as_owner, owner, films):
    Rating.objects.create(user=owner, movie=films[0], half_stars=8)
    Dismissal.objects.create(user=owner, movie=films[1])
    offered = candidates(as_owner)
    assert films[0] not in offered
    assert films[1] not in offered


def test_each_ten_are_of_several_kinds(as_owner, films):
    """Fifteen dramas are better known than three comedies; the ten hold both."""
    drama, comedy = (Genre.objects.create(name=name, slug=name) for name in ("drama", "comedy"))
    for movie in films[:15]:
        movie.genres.add(drama)
    for movie in films[15:18]:
        movie.genres.add(comedy)
    assert any(movie in films[15:18] for movie in candidates(as_owner))


def test_bulbs_count_to_five(as_owner, owner, films):
    for movie in films[:3]:
        Rating.objects.create(user=owner, movie=movie, half_stars=8)
    progress = as_owner.get(PATH).context["progress"]
    assert progress.bulbs == (True, True, True, False, False)


def test_hidden_films_are_not_offered(as_owner, db):
    make_movie("Gone", is_hidden=True)
    assert candidates(as_owner) == []


@pytest.mark.parametrize("place", ["-1", "x", "9" * 400, "%00", "²"])
def test_nonsense_begins_at_the_beginning(as_owner, films, place):
    assert candidates(as_owner, f"?from={place}") == candidates(as_owner)


def test_place_behind_the_last_starts_over(as_owner, films):
    assert candidates(as_owner, "?from=25") == candidates(as_owner)


def test_guest_is_offered_ten_but_for_what_they_have_said(films):
    guest = Client()
    first = candidates(guest)
    guest.post(f"/movies/{first[0].pk}/rating/", {"stars": "4"})
    guest.post(f"/movies/{first[1].pk}/dismissal/")
    response = guest.get(PATH)
    assert [card.movie for card in response.context["candidates"]][:8] == first[2:]
    assert response.context["progress"].rated == 1
    assert "to keep that rating" in " ".join(response.text.split())
