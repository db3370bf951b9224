from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection

from accounts.models import Session
from accounts.sessions import SessionStore
from movies.errors import GuestFullError, MovieNotFoundError, StarsError
from movies.services import guests
from movies.services.guests import (
    clear_as_guest,
    dismiss_as_guest,
    rate_as_guest,
    read_guest,
    restore_as_guest,
)
from tests.factories import make_movie


@pytest.fixture
def visit(db) -> SessionStore:
    return SessionStore()


def kept(visit):
    """Read what another request of the visit would find."""
    return read_guest(SessionStore(visit.session_key))


def test_somebody_who_said_nothing_has_no_visit(visit):
    assert read_guest(visit).is_unknown
    clear_as_guest(visit=visit, movie_id=1)
    restore_as_guest(visit=visit, movie_id=1)

    assert not Session.objects.exists()


def test_ratings_stay_with_the_visit_oldest_first(visit):
    first, second = make_movie(), make_movie()
    rate_as_guest(visit=visit, movie_id=first.pk, stars=4.5)
    rate_as_guest(visit=visit, movie_id=second.pk, stars=1)
    assert kept(visit).stars_of == {first.pk: 4.5, second.pk: 1}

    rate_as_guest(visit=visit, movie_id=first.pk, stars=3)

    assert list(kept(visit).stars_of.items()) == [(second.pk, 1), (first.pk, 3)]


def test_the_same_stars_again_change_nothing(visit):
    movie = make_movie()
    rate_as_guest(visit=visit, movie_id=movie.pk, stars=4)
    before = kept(visit)

    rate_as_guest(visit=visit, movie_id=movie.pk, stars=4)

    assert kept(visit) == before
    assert kept(visit).fingerprint == before.fingerprint


def test_a_rated_movie_is_no_longer_dismissed_and_may_be_again(visit):
    movie = make_movie()
    dismiss_as_guest(visit=visit, movie_id=movie.pk)
    rate_as_guest(visit=visit, movie_id=movie.pk, stars=4)
    assert not kept(visit).dismissals

    dismiss_as_guest(visit=visit, movie_id=movie.pk)

    assert kept(visit).settled_ids == {movie.pk}
    assert kept(visit).stars_of == {movie.pk: 4}


def test_what_cannot_be_kept_is_refused(visit):
    hidden, movie = make_movie(is_hidden=True), make_movie()
    with pytest.raises(MovieNotFoundError):
        rate_as_guest(visit=visit, movie_id=hidden.pk, stars=4)
    with pytest.raises(MovieNotFoundError):
        dismiss_as_guest(visit=visit, movie_id=hidden.pk)
    with pytest.raises(StarsError):
        rate_as_guest(visit=visit, movie_id=movie.pk, stars=5.5)

    assert not Session.objects.exists()


def test_a_visit_holds_so_many_movies_and_says_so(visit, monkeypatch):
    monkeypatch.setattr(guests, "MOST_MOVIES", 2)
    movies = [make_movie() for _ in range(3)]
    for movie in movies[:2]:
        rate_as_guest(visit=visit, movie_id=movie.pk, stars=4)

    with pytest.raises(GuestFullError, match="keeps 2 films"):
        dismiss_as_guest(visit=visit, movie_id=movies[2].pk)

    rate_as_guest(visit=visit, movie_id=movies[0].pk, stars=2)
    assert kept(visit).stars_of == {movies[1].pk: 4, movies[0].pk: 2}


@pytest.mark.django_db(transaction=True)
def test_requests_of_one_visit_at_the_same_time_lose_nothing():
    movies = [make_movie() for _ in range(12)]
    visit = SessionStore()
    rate_as_guest(visit=visit, movie_id=movies[0].pk, stars=3)

    def rate(movie) -> None:
        try:
            rate_as_guest(visit=SessionStore(visit.session_key), movie_id=movie.pk, stars=4)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rate, movies[1:]))

    assert kept(visit).ratings.keys() == {movie.pk for movie in movies}


def test_a_visit_that_ended_meanwhile_keeps_nothing(visit):
    movie = make_movie()
    rate_as_guest(visit=visit, movie_id=movie.pk, stars=3)
    other = SessionStore(visit.session_key)
    assert read_guest(other).ratings
    visit.flush()

    with pytest.raises(SessionInterrupted):
        rate_as_guest(visit=other, movie_id=movie.pk, stars=4)


def test_a_key_that_opens_nothing_begins_a_visit_of_its_own(visit):
    stale = SessionStore("x" * 32)
    rate_as_guest(visit=stale, movie_id=make_movie().pk, stars=3)

    assert stale.session_key != "x" * 32
    assert stale.modified
