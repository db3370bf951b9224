"""A person of the site as the engine sees one: a history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils import timezone

from accounts.models import User
from movies.guests import Guest, Viewer
from movies.models import Event, Rating
from recommendations.engine.events import Events, encode_kinds
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.services.dataset import group_labels


@dataclass(frozen=True, slots=True)
class PersonHistory:
    """A history for one model, and what the person said as the database has it."""

    history: History
    stars_of: dict[int, float]
    """Movie id to stars, oldest rating first, movies unknown to the model included."""


def read_history(*, user: User, items: ItemIndex, as_of: datetime | None = None) -> PersonHistory:
    """Return what a person rated and did, over the items that a model knows.

    `as_of` is the moment it is read for, now unless given.
    """
    moment = as_of or timezone.now()
    rows = list(
        Rating.objects.filter(user=user)
        .order_by("rated_at", "pk")
        .values_list("movie_id", "half_stars", "rated_at")
    )
    history, _ = History.from_ids(
        items=items,
        item_ids=[movie_id for movie_id, _, _ in rows],
        stars=[half_stars / 2 for _, half_stars, _ in rows],
        timestamps=[int(rated_at.timestamp()) for _, _, rated_at in rows],
        as_of=int(moment.timestamp()),
        events=_read_events(user=user, items=items, until=moment),
        group=group_labels(age_band=user.age_band, gender=user.gender, occupation=user.occupation),
    )
    return PersonHistory(history, {movie_id: halves / 2 for movie_id, halves, _ in rows})


def guest_history(
    *, guest: Guest, items: ItemIndex, as_of: datetime | None = None
) -> PersonHistory:
    """Return what a guest rated and dismissed, as it would be if they had an account."""
    moment = as_of or timezone.now()
    dismissed = sorted(guest.dismissals.items(), key=lambda said: said[1])
    rows = [(movie_id, Event.Kind.DISMISSED.value, time) for movie_id, time in dismissed]
    history, _ = History.from_ids(
        items=items,
        item_ids=list(guest.ratings),
        stars=[each.half_stars / 2 for each in guest.ratings.values()],
        timestamps=[int(each.rated_at.timestamp()) for each in guest.ratings.values()],
        as_of=int(moment.timestamp()),
        events=_events(rows, items=items),
    )
    return PersonHistory(history, guest.stars_of)


def viewer_history(*, viewer: Viewer, items: ItemIndex) -> PersonHistory:
    """Return the history of whoever looks at a page."""
    if isinstance(viewer, Guest):
        return guest_history(guest=viewer, items=items)
    return read_history(user=viewer, items=items)


def _read_events(*, user: User, items: ItemIndex, until: datetime) -> Events:
    rows = (
        Event.objects.filter(user=user, occurred_at__lte=until)
        .order_by("occurred_at", "pk")
        .values_list("movie_id", "kind", "occurred_at")
    )
    return _events(list(rows), items=items)


def _events(rows: Sequence[tuple[int, str, datetime]], *, items: ItemIndex) -> Events:
    indices, is_known = items.find(np.array([movie_id for movie_id, _, _ in rows], dtype=np.int64))
    kept = [row for row, known in zip(rows, is_known, strict=True) if known]
    return Events(
        item_indices=indices[is_known],
        codes=encode_kinds(kind for _, kind, _ in kept),
        timestamps=np.array([int(time.timestamp()) for _, _, time in kept], dtype=np.int64),
    )
