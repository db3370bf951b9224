"""Everything a model is trained on, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommendations.engine.arrays import BoolArray, CsrMatrix, Float32Array, IndexArray
from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.events import Events, encode_kinds, weigh_events
from recommendations.engine.history import History, as_timestamps, check_stars
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.tags import GivenTags


@dataclass(frozen=True, kw_only=True, eq=False)
class UserEvents:
    """Events of all users in order of time, as given from outside: shape (n_events,) each."""

    user_ids: npt.ArrayLike
    item_ids: npt.ArrayLike
    kinds: Sequence[str]
    timestamps: npt.ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False)
class Interactions:
    """Ratings, events and content of a catalogue.

    `user_items` is CSR float32 of shape (n_users, n_items) holding stars, item indices ascending
    in each row. `timestamps` (seconds since 1970) and `sequence` (the place of a rating in its
    user's history, 0 the oldest, equal times in the order of the input) are int64 and aligned
    with `user_items.data`. `event_user_indices` is aligned with `events`, which are in order of
    time. `groups` holds the demographic labels of each user. `given_tags` says who gave the tags
    of the content and when, where that is known.
    """

    items: ItemIndex
    user_ids: IndexArray
    user_items: CsrMatrix
    timestamps: IndexArray
    sequence: IndexArray
    events: Events
    event_user_indices: IndexArray
    content: ItemContent | None = None
    groups: Sequence[tuple[str, ...]] = ()
    given_tags: GivenTags | None = None

    @classmethod
    def from_arrays(
        cls,
        *,
        user_ids: npt.ArrayLike,
        item_ids: npt.ArrayLike,
        stars: npt.ArrayLike,
        timestamps: npt.ArrayLike | None = None,
        catalogue: ItemIndex | None = None,
        content: ItemContent | None = None,
        events: UserEvents | None = None,
        groups: dict[int, tuple[str, ...]] | None = None,
    ) -> Self:
        """Return the interactions in these arrays, one entry per rating, in any order.

        `user_ids`, `item_ids` and `stars` (0.5 to 5) have shape (n_ratings,), `timestamps` too
        (all 0 where not given). `catalogue` names the items to know, `ItemIndex.of(ids)`: with
        it, ratings and events of other items are left out; without it, the items are those
        that are rated. `content` must follow `catalogue.ids`. `groups` maps outer user ids to
        labels. Raises `InvalidInteractionsError` for lengths that differ, a rating out of range
        and a user who rated an item twice.
        """
        rows = _RatingArrays.of(user_ids, item_ids, stars, timestamps)
        items = ItemIndex.of(rows.item_ids) if catalogue is None else catalogue
        if content is not None:
            content.check(n_items=len(items))
        raters = rows.user_ids
        known_ids = np.unique(raters if events is None else np.union1d(raters, events.user_ids))
        user_items, times, sequence = _build_matrix(rows, user_ids=known_ids, items=items)
        kept_events, event_users = _index_events(events=events, items=items, user_ids=known_ids)
        return cls(
            items=items,
            user_ids=known_ids,
            user_items=user_items,
            timestamps=times,
            sequence=sequence,
            events=kept_events,
            event_user_indices=event_users,
            content=content,
            groups=[groups.get(int(key), ()) for key in known_ids] if groups else (),
        )

    @property
    def n_users(self) -> int:
        """Return the number of users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Return the number of items, rated or not."""
        return len(self.items)

    @property
    def n_ratings(self) -> int:
        """Return the number of ratings."""
        return int(self.user_items.nnz)

    @property
    def newest_timestamp(self) -> int:
        """Return the time of the newest rating, 0 where there is none."""
        return int(self.timestamps.max(initial=0))

    @cached_property
    def rating_users(self) -> IndexArray:
        """Return the user index of each rating, shape (n_ratings,)."""
        counts = np.diff(self.user_items.indptr)
        return np.repeat(np.arange(self.n_users, dtype=np.int64), counts)

    @cached_property
    def event_weights(self) -> CsrMatrix:
        """Return what events say where no rating does: CSR float32, shape (n_users, n_items)."""
        cells = self.event_user_indices * self.n_items + self.events.item_indices
        rated_cells = self.rating_users * self.n_items + self.user_items.indices
        weights = weigh_events(cells=cells, codes=self.events.codes, rated_cells=rated_cells)
        is_kept = weights != 0
        places = (self.event_user_indices[is_kept], self.events.item_indices[is_kept])
        shape = (self.n_users, self.n_items)
        return cast("CsrMatrix", sparse.csr_array((weights[is_kept], places), shape=shape))

    @cached_property
    def _events_by_user(self) -> tuple[IndexArray, IndexArray]:
        """Return the positions of events user by user, oldest first, and where each user starts."""
        positions = np.argsort(self.event_user_indices, kind="stable")
        counts = np.bincount(self.event_user_indices, minlength=self.n_users)
        return positions, np.concatenate([[0], np.cumsum(counts)])

    def with_tags(self, given: GivenTags) -> "Interactions":
        """Return the same with these tags, and none but these, in the content."""
        content = ItemContent() if self.content is None else self.content
        content = replace(content, tags=given.by_item(self.n_items))
        return replace(self, content=content, given_tags=given)

    def history_of(self, user_index: int, *, as_of: int | None = None) -> History:
        """Return the history of one user; `as_of` is the newest time known unless given."""
        start, stop = self.user_items.indptr[user_index : user_index + 2]
        order = start + np.argsort(self.sequence[start:stop])
        positions, indptr = self._events_by_user
        own_events = positions[indptr[user_index] : indptr[user_index + 1]]
        return History(
            item_indices=self.user_items.indices[order].astype(np.int64),
            values=self.user_items.data[order],
            timestamps=self.timestamps[order],
            as_of=self.newest_timestamp if as_of is None else as_of,
            events=self.events.take(own_events),
            group=self.groups[user_index] if self.groups else (),
        )

    def keep_ratings(self, is_kept: BoolArray) -> "Interactions":
        """Return the same users and items with only these ratings, mask of shape (n_ratings,).

        Used by splits; the order within each history stays.
        """
        counts = np.bincount(self.rating_users[is_kept], minlength=self.n_users)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        parts = (self.user_items.data[is_kept], self.user_items.indices[is_kept], indptr)
        matrix = sparse.csr_array(parts, shape=self.user_items.shape)
        return replace(
            self,
            user_items=cast("CsrMatrix", matrix),
            timestamps=self.timestamps[is_kept],
            sequence=self.sequence[is_kept],
        )

    def keep_users(self, user_indices: IndexArray) -> "Interactions":
        """Return the interactions of these users only, in this order, over the same items."""
        is_kept = np.zeros(self.n_users, dtype=np.bool_)
        is_kept[user_indices] = True
        row_of_user = np.full(self.n_users, -1, dtype=np.int64)
        row_of_user[user_indices] = np.arange(len(user_indices))
        events_kept = np.flatnonzero(is_kept[self.event_user_indices])
        spans = [np.arange(*self.user_items.indptr[user : user + 2]) for user in user_indices]
        positions = np.concatenate([np.zeros(0, dtype=np.int64), *spans])
        return replace(
            self,
            user_ids=self.user_ids[user_indices],
            user_items=self.user_items[user_indices],
            timestamps=self.timestamps[positions],
            sequence=self.sequence[positions],
            events=self.events.take(events_kept),
            event_user_indices=row_of_user[self.event_user_indices[events_kept]],
            groups=[self.groups[user] for user in user_indices] if self.groups else (),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _RatingArrays:
    """Ratings with outer ids, checked alone: shape (n_ratings,) each."""

    user_ids: IndexArray
    item_ids: IndexArray
    stars: Float32Array
    timestamps: IndexArray

    @classmethod
    def of(
        cls,
        user_ids: npt.ArrayLike,
        item_ids: npt.ArrayLike,
        stars: npt.ArrayLike,
        timestamps: npt.ArrayLike | None,
    ) -> Self:
        raters = np.asarray(user_ids, dtype=np.int64)
        rated_items = np.asarray(item_ids, dtype=np.int64)
        values = np.asarray(stars, dtype=np.float32)
        times = as_timestamps(timestamps, length=len(raters))
        if not len(raters) == len(rated_items) == len(values) == len(times):
            raise InvalidInteractionsError("ratings: arrays differ in length")
        check_stars(values)
        return cls(user_ids=raters, item_ids=rated_items, stars=values, timestamps=times)


def _build_matrix(
    rows: _RatingArrays, *, user_ids: IndexArray, items: ItemIndex
) -> tuple[CsrMatrix, IndexArray, IndexArray]:
    """Return the CSR matrix of known items, and time and sequence of each of its entries."""
    item_indices, is_known = items.find(rows.item_ids)
    item_indices = item_indices[is_known]
    user_indices = np.searchsorted(user_ids, rows.user_ids[is_known])
    timestamps = rows.timestamps[is_known]
    order = np.lexsort((item_indices, user_indices))
    users, columns = user_indices[order], item_indices[order]
    is_repeated = (users[1:] == users[:-1]) & (columns[1:] == columns[:-1])
    if is_repeated.any():
        raise InvalidInteractionsError(
            f"{int(is_repeated.sum())} ratings repeat a pair of user and item"
        )
    counts = np.bincount(user_indices, minlength=len(user_ids))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    by_time = np.lexsort((timestamps, user_indices))
    places = np.empty(len(order), dtype=np.int64)
    places[by_time] = np.arange(len(order)) - indptr[user_indices[by_time]]
    cells = (rows.stars[is_known][order], columns, indptr)
    matrix = sparse.csr_array(cells, shape=(len(user_ids), len(items)))
    return cast("CsrMatrix", matrix), timestamps[order], places[order]


def _index_events(
    *, events: UserEvents | None, items: ItemIndex, user_ids: IndexArray
) -> tuple[Events, IndexArray]:
    """Return the events about known items in order of time, and the user index of each."""
    if events is None:
        return Events.none(), np.zeros(0, dtype=np.int64)
    item_indices, is_known = items.find(events.item_ids)
    times = np.asarray(events.timestamps, dtype=np.int64)
    order = np.flatnonzero(is_known)[np.argsort(times[is_known], kind="stable")]
    codes = encode_kinds(events.kinds)
    kept = Events(item_indices=item_indices[order], codes=codes[order], timestamps=times[order])
    users = np.searchsorted(user_ids, np.asarray(events.user_ids, dtype=np.int64)[order])
    return kept, users
