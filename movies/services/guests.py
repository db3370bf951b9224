"""What guests rate and dismiss: kept with their visit, and given to the account they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts.sessions import SessionStore
from movies.errors import GuestFullError, MovieNotFoundError
from movies.guests import Guest, GuestRating
from movies.models import Movie
from movies.services.ratings import half_stars_from

KEY = "guest"
RATINGS, DISMISSALS = "ratings", "dismissals"
MOST_MOVIES = 200

Kept = dict[str, dict[str, Any]]


def read_guest(visit: SessionBase) -> Guest:
    """Return the guest of a visit, with all they have said during it."""
    kept: Kept = visit.get(KEY, {})
    return Guest(
        ratings={
            int(movie_id): GuestRating(half_stars, datetime.fromtimestamp(seconds, UTC))
            for movie_id, (half_stars, seconds) in kept.get(RATINGS, {}).items()
        },
        dismissals={
            int(movie_id): datetime.fromtimestamp(seconds, UTC)
            for movie_id, seconds in kept.get(DISMISSALS, {}).items()
        },
    )


def rate_as_guest(*, visit: SessionStore, movie_id: int, stars: float) -> None:
    """Keep what a guest thinks of a movie; the same stars again change nothing.

    A rated movie is no longer dismissed. Raises GuestFullError beyond MOST_MOVIES.
    """
    half_stars = half_stars_from(stars)
    _check_visible(movie_id)
    with _opened(visit) as kept:
        known = kept[RATINGS].get(str(movie_id))
        if known is not None and known[0] == half_stars:
            return
        _check_room(kept, movie_id)
        kept[RATINGS].pop(str(movie_id), None)  # a change moves it behind the older ones
        kept[RATINGS][str(movie_id)] = [half_stars, timezone.now().timestamp()]
        kept[DISMISSALS].pop(str(movie_id), None)


def clear_as_guest(*, visit: SessionStore, movie_id: int) -> None:
    """Forget what a guest thought of a movie."""
    if movie_id in read_guest(visit).ratings:
        with _opened(visit) as kept:
            kept[RATINGS].pop(str(movie_id), None)


def dismiss_as_guest(*, visit: SessionStore, movie_id: int) -> None:
    """Suggest a movie to this guest no more. Raises GuestFullError beyond MOST_MOVIES."""
    _check_visible(movie_id)
    with _opened(visit) as kept:
        _check_room(kept, movie_id)
        kept[DISMISSALS].setdefault(str(movie_id), timezone.now().timestamp())


def restore_as_guest(*, visit: SessionStore, movie_id: int) -> None:
    """Allow a movie that a guest dismissed again."""
    if movie_id in read_guest(visit).dismissals:
        with _opened(visit) as kept:
            kept[DISMISSALS].pop(str(movie_id), None)


@contextmanager
def _opened(visit: SessionStore) -> Iterator[Kept]:
    """Give what a visit holds, to be changed while its other requests wait."""
    with visit.held():
        kept: Kept = visit.setdefault(KEY, {})
        kept.setdefault(RATINGS, {})
        kept.setdefault(DISMISSALS, {})
        yield kept


def _check_visible(movie_id: int) -> None:
    if not Movie.objects.visible().filter(pk=movie_id).exists():
        raise MovieNotFoundError(movie_id)


def _check_room(kept: Kept, movie_id: int) -> None:
    movie_ids = kept[RATINGS].keys() | kept[DISMISSALS].keys()
    if str(movie_id) not in movie_ids and len(movie_ids) >= MOST_MOVIES:
        raise GuestFullError(MOST_MOVIES)
