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

    `values`, shape (n,), are those of `near`, in any order; all others are far from the best.
    As many as are near have `least` or more, who may not be shown included. Where everything is
    scored both are None.
    """

    values: FloatArray
    n_items: int
    deviation: float
    near: IndexArray | None = None
    least: float | None = None

    @classmethod
    def of_all(cls, scores: FloatArray) -> Self:
        """Return scores of all items, shape (n_items,)."""
        return cls(values=scores, n_items=len(scores), deviation=float(scores.std()))

    def of(self, items: IndexArray) -> FloatArray:
        """Return the scores of items that are not far from the best, shape (k,)."""
        if self.near is None:
            return self.values[items]
        order = np.argsort(self.near)
        return self.values[order[np.searchsorted(self.near, items, sorter=order)]]

    def best(self, k: int, *, allowed: BoolArray) -> Head:
        """Return the `k` best items of a mask of shape (n_items,), ties by index."""
        places = top_k(self.values, k, candidates=allowed, items=self.near, least=self.least)
        items = places if self.near is None else self.near[places]
        return Head(items=items, scores=self.values[places])

    def places_of(self, items: IndexArray, *, allowed: BoolArray) -> IndexArray:
        """Return the place, from 0, of items that are not far from the best, shape (k,)."""
        if self.near is None:
            return places_of(self.values, items, allowed=allowed)
        order = np.argsort(self.near)
        ascending = self.near[order]
        own = np.searchsorted(ascending, items)
        return places_of(self.values[order], own, allowed=allowed[ascending])
