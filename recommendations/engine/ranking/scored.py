"""What items score for one person: all of a catalogue, or those near the best."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.ranking.top import places_of, top_k


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """The best items by score, best first, and their scores: both of shape (k,)."""

    items: IndexArray
    scores: FloatArray

    def first(self, k: int) -> "Head":
        """Return the best `k` of them."""
        return Head(items=self.items[:k], scores=self.scores[:k])


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """A person's scores, and the deviation of those of all `n_items`.

    `values`, shape (n,), are those of `near`, which ascend; all others are far from the best.
    Where everything is scored `near` is None.
    """

    values: FloatArray
    n_items: int
    deviation: float
    near: IndexArray | None = None

    @classmethod
    def of_all(cls, scores: FloatArray) -> Self:
        """Return scores of all items, shape (n_items,)."""
        return cls(values=scores, n_items=len(scores), deviation=float(scores.std()))

    def of(self, items: IndexArray) -> FloatArray:
        """Return the scores of items that are not far from the best, shape (k,)."""
        return self.values[items if self.near is None else np.searchsorted(self.near, items)]

    def best(self, k: int, *, allowed: BoolArray) -> Head:
        """Return the `k` best items of a mask of shape (n_items,), ties by index."""
        places = top_k(self.values, k, candidates=allowed, items=self.near)
        items = places if self.near is None else self.near[places]
        return Head(items=items, scores=self.values[places])

    def places_of(self, items: IndexArray, *, allowed: BoolArray) -> IndexArray:
        """Return the place, from 0, of items that are not far from the best, shape (k,)."""
        if self.near is None:
            return places_of(self.values, items, allowed=allowed)
        own = np.searchsorted(self.near, items)
        return places_of(self.values, own, allowed=allowed[self.near])
