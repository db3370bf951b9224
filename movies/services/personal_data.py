"""The catalogue's part of what we keep about a person."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import User
from movies.models import Dismissal, Event, Rating, TagApplication, WatchlistEntry

MOVIE = ("movie_id", "movie__title", "movie__year")


def export_feedback(*, user: User) -> dict[str, object]:
    """Return everything a person has said and done about movies, oldest first."""
    ratings = Rating.objects.filter(user=user).order_by("rated_at", "pk")
    watchlist = WatchlistEntry.objects.filter(user=user).order_by("added_at", "pk")
    dismissals = Dismissal.objects.filter(user=user).order_by("dismissed_at", "pk")
    events = Event.objects.filter(user=user).order_by("occurred_at", "pk")
    tags = TagApplication.objects.filter(user=user).order_by("applied_at", "pk")
    return {
        "ratings": [
            {**movie_of(row), "stars": row["half_stars"] / 2, "rated_at": row["rated_at"]}
            for row in ratings.values(*MOVIE, "half_stars", "rated_at")
        ],
        "watchlist": with_movies(watchlist.values(*MOVIE, "added_at")),
        "dismissals": with_movies(dismissals.values(*MOVIE, "dismissed_at")),
        "events": with_movies(events.values(*MOVIE, "kind", "occurred_at")),
        "tags": with_movies(tags.values(*MOVIE, "tag__name", "applied_at")),
    }


@transaction.atomic
def erase_feedback(*, user: User) -> None:
    """Delete everything a person has said and done about movies; a movie's figures follow."""
    for model in (Rating, WatchlistEntry, Dismissal, Event, TagApplication):
        model.objects.filter(user=user).delete()


def movie_of(row: dict[str, Any]) -> dict[str, Any]:
    return {"movie_id": row["movie_id"], "title": row["movie__title"], "year": row["movie__year"]}


def with_movies(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with readable names in place of joins."""
    return [
        {
            **movie_of(row),
            **{name.removesuffix("__name"): row[name] for name in row if name not in MOVIE},
        }
        for row in rows
    ]
