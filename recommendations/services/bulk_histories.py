"""The histories of many people in four queries, however many they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from accounts.models import User
from movies.models import Dismissal
from recommendations.engine.arrays import IndexArray
from recommendations.engine.events import EVENT_KINDS, Events
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.services.dataset import RATING_COLUMNS, copy_records, group_labels, listed
from recommendations.services.histories import PersonHistory

RATINGS = """
    SELECT user_id, movie_id, half_stars, floor(extract(epoch FROM rated_at))::bigint AS seconds
    FROM movies_rating WHERE user_id = ANY(ARRAY[{people}]::bigint[])
    ORDER BY user_id, rated_at, id
"""

EVENTS = """
    SELECT user_id, movie_id, (array_position(ARRAY[{kinds}], kind::text) - 1)::smallint AS code,
        floor(extract(epoch FROM occurred_at))::bigint AS seconds
    FROM movies_event WHERE user_id = ANY(ARRAY[{people}]::bigint[])
    ORDER BY user_id, occurred_at, id
"""
EVENT_COLUMNS = {"user_id": "i8", "movie_id": "i8", "code": "i2", "seconds": "i8"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to make lists for: what they did is no older than their revision."""

    user_id: int
    profile_revision: int
    known: PersonHistory
    unwanted: frozenset[int]
    moment: datetime


def read_people(user_ids: Sequence[int], *, items: ItemIndex, moment: datetime) -> list[Person]:
    """Return the people with these ids over the items a model knows, by id; those gone left out."""
    # Revisions first: what is read after them is as new, or newer.
    users = list(
        User.objects.filter(pk__in=user_ids)
        .order_by("pk")
        .values_list("pk", "profile_revision", "age_band", "gender", "occupation")
    )
    found = np.array([row[0] for row in users], dtype=np.int64)
    ratings = _Ratings.read(found, items=items)
    events = _read_events(found, items=items)
    unwanted: dict[int, set[int]] = {}
    dismissed = Dismissal.objects.filter(user_id__in=user_ids).values_list("user_id", "movie_id")
    for user_id, movie_id in dismissed:
        unwanted.setdefault(user_id, set()).add(movie_id)
    as_of = int(moment.timestamp())
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
            frozenset(unwanted.get(user_id, ())),
            moment,
        )
        for (user_id, revision, age_band, gender, occupation), span, own_events in zip(
            users, ratings.spans, events, strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class _Ratings:
    """The ratings of many, person by person, oldest first; `spans` says where each one's are."""

    movie_ids: IndexArray
    item_indices: IndexArray
    half_stars: IndexArray
    timestamps: IndexArray
    spans: Sequence[slice]

    @classmethod
    def read(cls, user_ids: IndexArray, *, items: ItemIndex) -> "_Ratings":
        query = RATINGS.format(people=listed(user_ids))
        rows = copy_records(query, columns=RATING_COLUMNS)
        movie_ids = rows["movie_id"].astype(np.int64)
        return cls(
            movie_ids=movie_ids,
            item_indices=items.find(movie_ids)[0],
            half_stars=rows["half_stars"].astype(np.int64),
            timestamps=rows["seconds"].astype(np.int64),
            spans=list(_spans(rows["user_id"].astype(np.int64), user_ids)),
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


def _read_events(user_ids: IndexArray, *, items: ItemIndex) -> list[Events]:
    kinds = ", ".join(f"'{kind}'" for kind in EVENT_KINDS)
    query = EVENTS.format(kinds=kinds, people=listed(user_ids))
    rows = copy_records(query, columns=EVENT_COLUMNS)
    indices, is_known = items.find(rows["movie_id"].astype(np.int64))
    rows, indices = rows[is_known], indices[is_known]
    codes, seconds = rows["code"].astype(np.int8), rows["seconds"].astype(np.int64)
    return [
        Events(item_indices=indices[span], codes=codes[span], timestamps=seconds[span])
        for span in _spans(rows["user_id"].astype(np.int64), user_ids)
    ]


def _spans(owners: IndexArray, user_ids: IndexArray) -> Iterator[slice]:
    """Yield where the rows of each person are; owners and people ascend."""
    firsts = np.searchsorted(owners, user_ids, side="left").tolist()
    lasts = np.searchsorted(owners, user_ids, side="right").tolist()
    return (slice(first, last) for first, last in zip(firsts, lasts, strict=True))
