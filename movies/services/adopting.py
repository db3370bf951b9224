"""Make what somebody said as a guest their account's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.sessions import PROMISED_TO, SessionStore
from movies.guests import Guest, GuestRating
from movies.models import Dismissal, Event, Movie, Rating, WatchlistEntry
from movies.services.guests import KEY, read_guest
from movies.services.profile import bump_profile


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many of a guest's ratings and dismissals an account took over."""

    ratings: int = 0
    dismissals: int = 0


def promise_visit(*, user: User, visit: SessionBase) -> None:
    """Keep what a guest has said for an account that waits to be confirmed.

    It stays with the visit until then: an account that nobody confirms changes no movie's figures.
    """
    if not read_guest(visit).is_unknown:
        visit[PROMISED_TO] = user.pk


def adopt_promised_visits(*, user: User) -> Adopted:
    """Give a confirmed account what was said where it was made, in whichever browser that was."""
    taken = [_adopt_promised(user=user, visit=visit) for visit in SessionStore.promised_to(user)]
    return Adopted(
        ratings=sum(each.ratings for each in taken),
        dismissals=sum(each.dismissals for each in taken),
    )


def adopt_visit(*, user: User, visit: SessionBase) -> Adopted:
    """Give an account what its person said in this visit before signing in."""
    adopted = adopt_guest(user=user, guest=read_guest(visit))
    forget_guest(visit)
    return adopted


def forget_guest(visit: SessionBase) -> None:
    """Remove what a guest has said from a visit."""
    for key in (KEY, PROMISED_TO):
        visit.pop(key, None)


def _adopt_promised(*, user: User, visit: SessionStore) -> Adopted:
    with visit.held():
        return adopt_visit(user=user, visit=visit)


@transaction.atomic
def adopt_guest(*, user: User, guest: Guest) -> Adopted:
    """Give a guest's ratings and dismissals to an account, each with its time.

    What was said last about a movie counts, as if the guest had been signed in all along. What is
    already so changes nothing, so doing it twice is doing it once.
    """
    if guest.is_unknown:
        return Adopted()
    visible = _lock_movies(guest.settled_ids)
    ratings = {key: each for key, each in guest.ratings.items() if key in visible}
    dismissals = {key: each for key, each in guest.dismissals.items() if key in visible}
    adopted = Adopted(
        ratings=_adopt_ratings(user=user, ratings=ratings),
        dismissals=_adopt_dismissals(user=user, dismissals=dismissals),
    )
    if adopted != Adopted():
        bump_profile(user_id=user.pk)
    return adopted


def _lock_movies(movie_ids: Iterable[int]) -> set[int]:
    """Return which movies are visible, and stay so; in order, or two could wait in a circle."""
    visible = Movie.objects.filter(pk__in=movie_ids, is_hidden=False).order_by("pk")
    locked = visible.select_for_update(no_key=True, of=("self",))
    return set(locked.values_list("pk", flat=True))


def _adopt_ratings(*, user: User, ratings: Mapping[int, GuestRating]) -> int:
    rows = Rating.objects.select_for_update().filter(user=user, movie__in=ratings)
    known = {rating.movie_id: rating for rating in rows.order_by("movie_id")}
    new = [
        Rating(user=user, movie_id=movie_id, half_stars=each.half_stars, rated_at=each.rated_at)
        for movie_id, each in ratings.items()
        if movie_id not in known
    ]
    changed = [rating for movie_id, rating in known.items() if _is_news(rating, ratings[movie_id])]
    for rating in changed:
        rating.half_stars = ratings[rating.movie_id].half_stars
        rating.rated_at = ratings[rating.movie_id].rated_at
    Rating.objects.bulk_create(new)
    Rating.objects.bulk_update(changed, ["half_stars", "rated_at"])
    rated = {rating.movie_id: rating.rated_at for rating in (*new, *changed)}
    _drop_older(WatchlistEntry.objects.filter(user=user), times="added_at", rated=rated)
    _drop_older(Dismissal.objects.filter(user=user), times="dismissed_at", rated=rated)
    return len(rated)


def _drop_older(rows: QuerySet[Any], *, times: str, rated: Mapping[int, datetime]) -> None:
    """Take rated movies off a list that they were on before."""
    listed = rows.filter(movie__in=rated).values_list("pk", "movie_id", times)
    rows.filter(pk__in=[pk for pk, movie_id, time in listed if time < rated[movie_id]]).delete()


def _is_news(rating: Rating, said: GuestRating) -> bool:
    return rating.half_stars != said.half_stars and rating.rated_at < said.rated_at


def _adopt_dismissals(*, user: User, dismissals: Mapping[int, datetime]) -> int:
    settled = _settled_times(user=user, movie_ids=dismissals)
    news = {
        movie_id: dismissed_at
        for movie_id, dismissed_at in dismissals.items()
        if movie_id not in settled or settled[movie_id] < dismissed_at
    }
    dismissed = Dismissal.objects.filter(user=user, movie__in=news)
    for movie_id in dismissed.values_list("movie_id", flat=True):
        del news[movie_id]
    WatchlistEntry.objects.filter(user=user, movie__in=news).delete()
    Dismissal.objects.bulk_create(
        Dismissal(user=user, movie_id=movie_id, dismissed_at=time)
        for movie_id, time in news.items()
    )
    Event.objects.bulk_create(
        Event(user=user, movie_id=movie_id, kind=Event.Kind.DISMISSED, occurred_at=time)
        for movie_id, time in news.items()
    )
    return len(news)


def _settled_times(*, user: User, movie_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when a person last rated these movies or put them on the watchlist."""
    mine = {"user": user, "movie__in": list(movie_ids)}
    rated = Rating.objects.filter(**mine).values_list("movie_id", "rated_at")
    listed = WatchlistEntry.objects.filter(**mine).values_list("movie_id", "added_at")
    times: dict[int, datetime] = {}
    for movie_id, time in (*rated, *listed):
        times[movie_id] = max(time, times.get(movie_id, time))
    return times
