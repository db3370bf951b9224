"""The histories of many people in one query, however many they are.

Events end at the moment that a history is read for: of them no revision tells, and lists that are
completed must hear of those that movies were ranked by. Ratings are as the revision has them.

What somebody did comes as the bytes of whole numbers, one value a person: rows would be received
one by one, which takes longer than all that PostgreSQL does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from movies.importers.binary_copy import to_seconds
from recommendations.engine.arrays import IndexArray
from recommendations.engine.events import EVENT_KINDS, Events
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.services.dataset import group_labels
from recommendations.services.histories import PersonHistory

PEOPLE = """
    SELECT id, profile_revision, age_band, gender, occupation,
        (
            SELECT string_agg(
                int8send(movie_id) || int2send(half_stars) || timestamptz_send(rated_at),
                NULL ORDER BY rated_at, id
            )
            FROM movies_rating WHERE user_id = person.id
        ),
        (
            SELECT string_agg(
                int8send(movie_id)
                    || int2send((array_position(%(kinds)s::text[], kind::text) - 1)::smallint)
                    || timestamptz_send(occurred_at),
                NULL ORDER BY occurred_at, id
            )
            FROM movies_event WHERE user_id = person.id AND occurred_at <= %(moment)s
        ),
        (SELECT array_agg(movie_id) FROM movies_dismissal WHERE user_id = person.id)
    FROM accounts_user AS person WHERE id = ANY(%(people)s) ORDER BY id
"""
RATING = np.dtype([("movie_id", ">i8"), ("half_stars", ">i2"), ("moment", ">i8")])
EVENT = np.dtype([("movie_id", ">i8"), ("code", ">i2"), ("moment", ">i8")])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to make lists for: what they did is no older than their revision."""

    user_id: int
    profile_revision: int
    known: PersonHistory
    unwanted: frozenset[int]
    moment: datetime


@dataclass(frozen=True, slots=True)
class Records:
    """What the database holds of some people at a moment, as it came."""

    rows: Sequence[tuple[Any, ...]]
    moment: datetime

    def people(self, *, items: ItemIndex) -> list[Person]:
        """Return the people, by id, over the items a model knows."""
        ratings = _Ratings.of([row[5] for row in self.rows], items=items)
        events = _events([row[6] for row in self.rows], items=items)
        as_of = int(self.moment.timestamp())
        return [
            Person(
                user_id,
                revision,
                ratings.history(
                    span,
                    as_of=as_of,
                    events=own_events,
                    group=group_labels(age_band=age_band, gender=gender, occupation=occupation),
                ),
                frozenset(dismissed or ()),
                self.moment,
            )
            for (
                user_id,
                revision,
                age_band,
                gender,
                occupation,
                _,
                _,
                dismissed,
            ), span, own_events in zip(self.rows, ratings.spans, events, strict=True)
        ]


def read_records(user_ids: Sequence[int], *, moment: datetime) -> Records:
    """Return what there is of the people with these ids; those gone are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE,
            {"people": list(user_ids), "kinds": list(EVENT_KINDS), "moment": moment},
        )
        return Records(rows=cursor.fetchall(), moment=moment)


def read_people(user_ids: Sequence[int], *, items: ItemIndex, moment: datetime) -> list[Person]:
    """Return the people with these ids over the items a model knows, by id; those gone left out."""
    return read_records(user_ids, moment=moment).people(items=items)


@dataclass(frozen=True, slots=True)
class _Ratings:
    """The ratings of many, person by person, oldest first; `spans` says where each one's are."""

    movie_ids: IndexArray
    item_indices: IndexArray
    half_stars: IndexArray
    timestamps: IndexArray
    spans: Sequence[slice]

    @classmethod
    def of(cls, packed: Sequence[bytes | None], *, items: ItemIndex) -> "_Ratings":
        rows, spans = _unpack(packed, RATING)
        movie_ids = rows["movie_id"].astype(np.int64)
        return cls(
            movie_ids=movie_ids,
            item_indices=items.find(movie_ids)[0],
            half_stars=rows["half_stars"].astype(np.int64),
            timestamps=to_seconds(rows["moment"]),
            spans=spans,
        )

    def history(
        self, span: slice, *, as_of: int, events: Events, group: Sequence[str]
    ) -> PersonHistory:
        indices = self.item_indices[span]
        stars = self.half_stars[span] / 2
        is_known = indices >= 0
        history = History(
            item_indices=indices[is_known],
            values=stars[is_known].astype(np.float32),
            timestamps=self.timestamps[span][is_known],
            as_of=as_of,
            events=events,
            group=tuple(group),
        )
        stars_of = dict(zip(self.movie_ids[span].tolist(), stars.tolist(), strict=True))
        return PersonHistory(history, stars_of)


def _events(packed: Sequence[bytes | None], *, items: ItemIndex) -> Iterator[Events]:
    rows, spans = _unpack(packed, EVENT)
    indices, is_known = items.find(rows["movie_id"].astype(np.int64))
    codes, seconds = rows["code"].astype(np.int8), to_seconds(rows["moment"])
    for span in spans:
        own = is_known[span]
        yield Events(
            item_indices=indices[span][own],
            codes=codes[span][own],
            timestamps=seconds[span][own],
        )


def _unpack(
    packed: Sequence[bytes | None], record: np.dtype[Any]
) -> tuple[npt.NDArray[Any], list[slice]]:
    """Return the records of all people, one after the other, and where those of each are."""
    pieces = [own or b"" for own in packed]
    ends = np.cumsum([0, *(len(own) // record.itemsize for own in pieces)]).tolist()
    return np.frombuffer(b"".join(pieces), dtype=record), [slice(*span) for span in pairwise(ends)]
