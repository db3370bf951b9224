"""One person's interactions: what every model serves from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.events import Events, weigh_events
from recommendations.engine.items import ItemIndex

LOWEST_STARS = 0.5
HIGHEST_STARS = 5.0
WHOLE_STARS = (1.0, 2.0, 3.0, 4.0, 5.0)


def _no_indices() -> IndexArray:
    return np.zeros(0, dtype=np.int64)


def _no_values() -> Float32Array:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """A person's ratings and events, oldest first; both may be empty.

    `item_indices`, `values` (stars, float32) and `timestamps` (seconds since 1970, int64) have
    shape (n_ratings,), each item at most once. `as_of` is the moment the list is for. `group`
    holds demographic labels such as "gender:F", empty where nothing is known.

    An *entry* is a rating or an event: ratings come first, then events, and contributions in
    explanations follow this order.
    """

    item_indices: IndexArray = field(default_factory=_no_indices)
    values: Float32Array = field(default_factory=_no_values)
    timestamps: IndexArray = field(default_factory=_no_indices)
    as_of: int = 0
    events: Events = field(default_factory=Events.none)
    group: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `InvalidInteractionsError` if the arrays break what the class promises."""
        if not len(self.item_indices) == len(self.values) == len(self.timestamps):
            raise InvalidInteractionsError("history: arrays differ in length")
        check_stars(self.values)
        if len(np.unique(self.item_indices)) != len(self.item_indices):
            raise InvalidInteractionsError("history: an item is rated twice")

    @classmethod
    def from_ids(
        cls,
        *,
        items: ItemIndex,
        item_ids: npt.ArrayLike,
        stars: npt.ArrayLike,
        timestamps: npt.ArrayLike | None = None,
        as_of: int | None = None,
        events: Events | None = None,
        group: Sequence[str] = (),
    ) -> tuple[Self, IndexArray]:
        """Return the history of these outer ids, and the ids that are not known.

        Ratings are put in order of time, equal times in the order given. `as_of` is the newest
        time unless given.
        """
        indices, is_known = items.find(item_ids)
        values = np.asarray(stars, dtype=np.float32)
        times = as_timestamps(timestamps, length=len(indices))
        if not len(indices) == len(values) == len(times):
            raise InvalidInteractionsError("history: arrays differ in length")
        order = np.flatnonzero(is_known)[np.argsort(times[is_known], kind="stable")]
        history = cls(
            item_indices=indices[order],
            values=values[order],
            timestamps=times[order],
            as_of=int(times.max(initial=0)) if as_of is None else as_of,
            events=Events.none() if events is None else events,
            group=tuple(group),
        )
        return history, np.asarray(item_ids, dtype=np.int64)[~is_known]

    @property
    def n_ratings(self) -> int:
        """Return the number of ratings."""
        return len(self.item_indices)

    @property
    def n_entries(self) -> int:
        """Return the number of ratings and events together."""
        return len(self.item_indices) + len(self.events)

    @cached_property
    def entry_items(self) -> IndexArray:
        """Return the item index of every entry, shape (n_entries,)."""
        return np.concatenate([self.item_indices, self.events.item_indices])

    @cached_property
    def event_weights(self) -> Float32Array:
        """Return the weight of every event by `EVENT_WEIGHTS`, shape (n_events,)."""
        return weigh_events(
            cells=self.events.item_indices,
            codes=self.events.codes,
            rated_cells=self.item_indices,
        )

    def take(self, positions: IndexArray) -> "History":
        """Return the history with only the ratings at these positions; events stay."""
        return History(
            item_indices=self.item_indices[positions],
            values=self.values[positions],
            timestamps=self.timestamps[positions],
            as_of=self.as_of,
            events=self.events,
            group=self.group,
        )

    def without_item(self, item_index: int) -> "History":
        """Return the history as it would be without the rating of this item."""
        return self.take(np.flatnonzero(self.item_indices != item_index))

    def with_rating(
        self, item_index: int, stars: float, *, timestamp: int | None = None
    ) -> "History":
        """Return the history as it would be with this rating, in place of one of the same item.

        A changed rating keeps its time unless one is given; a new one is given at `as_of` unless
        a time is. Raises `InvalidInteractionsError` for stars out of range.
        """
        earlier = np.flatnonzero(self.item_indices == item_index)
        if timestamp is None:
            timestamp = int(self.timestamps[earlier[0]]) if len(earlier) else self.as_of
        kept = np.flatnonzero(self.item_indices != item_index)
        # A changed rating keeps its place among equal times; a new one comes after them.
        is_later = self.timestamps[kept] > timestamp
        if len(earlier):
            is_later |= (self.timestamps[kept] == timestamp) & (kept > earlier[0])
        place = int(np.count_nonzero(~is_later))
        return History(
            item_indices=np.insert(self.item_indices[kept], place, item_index),
            values=np.insert(self.values[kept], place, np.float32(stars)),
            timestamps=np.insert(self.timestamps[kept], place, timestamp),
            as_of=self.as_of,
            events=self.events,
            group=self.group,
        )


def as_timestamps(timestamps: npt.ArrayLike | None, *, length: int) -> IndexArray:
    """Return the times as int64, all 0 where none are given."""
    if timestamps is None:
        return np.zeros(length, dtype=np.int64)
    return np.asarray(timestamps, dtype=np.int64)


def weigh_stars(values: Float32Array, weights: Sequence[float]) -> FloatArray:
    """Return the weight of each rating, shape of `values`, given those of 1 to 5 stars.

    Between two whole stars it runs straight; half a star weighs as much as one.
    """
    return np.interp(values, WHOLE_STARS, weights).astype(np.float64)


def check_stars(values: Float32Array) -> None:
    """Raise `InvalidInteractionsError` unless every value is between 0.5 and 5 stars."""
    is_wrong = ~((values >= LOWEST_STARS) & (values <= HIGHEST_STARS))
    if is_wrong.any():
        first = values[is_wrong][0]
        raise InvalidInteractionsError(f"a rating must be between 0.5 and 5 stars, got {first}")
