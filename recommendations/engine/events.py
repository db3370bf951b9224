"""Implicit feedback, and the one mapping from it to the weights models learn from.

A weight is on the scale on which a rating of four stars weighs 1. Only the last event of a kind
about an item counts, so that a page opened fifty times says no more than one opened once, and
an item that is rated takes nothing from its events: the rating says it better.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import Float32Array, IndexArray
from recommendations.engine.errors import InvalidInteractionsError


class EventKind(StrEnum):
    """Name what a person did with an item besides rating it."""

    VIEWED = "viewed"
    WATCHLISTED = "watchlisted"
    DISMISSED = "dismissed"


EVENT_KINDS = tuple(EventKind)
EVENT_WEIGHTS: Mapping[EventKind, float] = MappingProxyType(
    {EventKind.VIEWED: 0.1, EventKind.WATCHLISTED: 0.5, EventKind.DISMISSED: -0.5}
)
_WEIGHT_OF_CODE = np.array([EVENT_WEIGHTS[kind] for kind in EVENT_KINDS], dtype=np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Events in the order they happened: arrays of shape (n_events,).

    `codes` are positions in `EVENT_KINDS`; `timestamps` are seconds since 1970.
    """

    item_indices: IndexArray
    codes: npt.NDArray[np.int8]
    timestamps: IndexArray

    @classmethod
    def none(cls) -> Self:
        """Return no events."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(item_indices=empty, codes=np.zeros(0, dtype=np.int8), timestamps=empty)

    def __post_init__(self) -> None:
        """Raise `InvalidInteractionsError` if the arrays do not fit together."""
        if not len(self.item_indices) == len(self.codes) == len(self.timestamps):
            raise InvalidInteractionsError("events: arrays differ in length")

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.item_indices)

    def take(self, positions: IndexArray) -> "Events":
        """Return the events at these positions, in this order."""
        return Events(
            item_indices=self.item_indices[positions],
            codes=self.codes[positions],
            timestamps=self.timestamps[positions],
        )


def encode_kinds(kinds: Iterable[str]) -> npt.NDArray[np.int8]:
    """Return the code of each kind, or raise `InvalidInteractionsError` for a word not known."""
    code_of = {kind.value: code for code, kind in enumerate(EVENT_KINDS)}
    try:
        return np.array([code_of[kind] for kind in kinds], dtype=np.int8)
    except KeyError as error:
        known = ", ".join(code_of)
        raise InvalidInteractionsError(f"unknown event {error}, expected one of {known}") from None


def weigh_events(
    *, cells: IndexArray, codes: npt.NDArray[np.int8], rated_cells: IndexArray
) -> Float32Array:
    """Return the weight of each event, shape (n_events,); events are in order of time.

    A cell stands for what the event is about: the item, or the pair of user and item. Weight 0
    goes to events repeated later and to events about `rated_cells`.
    """
    if not len(codes):
        return np.zeros(0, dtype=np.float32)
    weights = _WEIGHT_OF_CODE[codes]
    keys = cells * len(EVENT_KINDS) + codes
    last_first = keys[::-1]
    _, first_positions = np.unique(last_first, return_index=True)
    is_last = np.zeros(len(keys), dtype=np.bool_)
    is_last[len(keys) - 1 - first_positions] = True
    return np.where(is_last & ~np.isin(cells, rated_cells), weights, np.float32(0))
