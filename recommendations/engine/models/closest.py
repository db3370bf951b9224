"""What is closest to an item, and the lists of it that a fit leaves for well-known items.

To find the closest of 87,000 items, 22 MB of topics are read. The movies that rows of close movies
are asked for are nearly always among the most rated, so theirs are worked out once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommendations.engine.arrays import BoolArray, Float32Array, IndexArray
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import blas_threads, map_blocks

# Enough to fill a rail for nearly everybody, whatever they have seen of it.
CLOSEST = 300
SHARE = 0.5  # of likeness is that of taste, and that of content
LARGE_CATALOGUE = 10_000  # of fewer items the closest are found in a tenth of a millisecond
MOST_SOURCES = 10_000
AT_ONCE = 32  # their likeness to 87,000 items fills 11 MB


@dataclass(frozen=True, slots=True)
class CloseItems:
    """Items like one, best first, and how like they are: both of shape (n,)."""

    indices: IndexArray
    similarities: Float32Array

    @classmethod
    def among(
        cls,
        similarities: Float32Array,
        *,
        candidates: BoolArray | None = None,
    ) -> Self:
        """Return the best by similarities to all items, shape (n_items,): those above 0.

        Only `candidates`, a mask of the same shape, are looked at if given. Ties go by index.
        """
        best = top_k(similarities, CLOSEST, candidates=candidates)
        best = best[similarities[best] > 0]
        return cls(best, similarities[best])

    def take(self, length: int, *, allowed: BoolArray) -> "CloseItems":
        """Return the first so many of those that are allowed, a mask of shape (n_items,)."""
        chosen = np.flatnonzero(allowed[self.indices])[:length]
        return CloseItems(self.indices[chosen], self.similarities[chosen])

    def with_others(self, similarities: Float32Array, *, first: int) -> "CloseItems":
        """Return these with items from index `first` on, of which none is here, put in."""
        if not len(similarities):
            return self
        indices = np.concatenate([self.indices, first + np.arange(len(similarities))])
        together = np.concatenate([self.similarities, similarities])
        order = np.argsort(-together, kind="stable")[:CLOSEST]
        order = order[together[order] > 0]
        return CloseItems(indices[order], together[order])


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosestItems:
    """Lists of the closest items of some items, the sources, as arrays.

    `places` (n_items,) is the row of each item, −1 without one. `indices`, −1 behind the last, and
    `similarities` have shape (n_sources, CLOSEST). `scales` (n_sources,) is what a cosine of
    content was multiplied by.
    """

    places: NDArray[np.int32]
    indices: NDArray[np.int32]
    similarities: Float32Array
    scales: Float32Array

    @classmethod
    def none(cls, *, n_items: int) -> Self:
        """Return no list at all."""
        return cls.room_for(np.zeros(0, dtype=np.int64), n_items=n_items)

    @classmethod
    def room_for(cls, sources: IndexArray, *, n_items: int) -> Self:
        """Return an empty list for each of these items, ascending."""
        places = np.full(n_items, -1, dtype=np.int32)
        places[sources] = np.arange(len(sources))
        shape = len(sources), CLOSEST
        return cls(
            places=places,
            indices=np.full(shape, -1, dtype=np.int32),
            similarities=np.zeros(shape, dtype=np.float32),
            scales=np.zeros(len(sources), dtype=np.float32),
        )

    def of(self, item_indices: IndexArray, *, newer: Float32Array) -> dict[int, CloseItems]:
        """Return the lists of those that have one, items newer than the lists put in.

        `newer`, shape (k, n_newer), are the cosines of those. A list is left out where one of them
        is more like its source than all others: that makes the others less like it.
        """
        found = {}
        is_listed = item_indices < len(self.places)
        rows = np.where(is_listed, self.places[np.where(is_listed, item_indices, 0)], -1)
        for item, row, cosines in zip(item_indices.tolist(), rows.tolist(), newer, strict=True):
            if row < 0:
                continue
            likeness = cosines * self.scales[row]
            if likeness.max(initial=0.0) <= SHARE:
                found[item] = self._list(row).with_others(likeness, first=len(self.places))
        return found

    def _list(self, row: int) -> CloseItems:
        length = int(np.count_nonzero(self.similarities[row]))
        indices = self.indices[row, :length].astype(np.int64)
        return CloseItems(indices, self.similarities[row, :length])

    def fill(
        self,
        sources: IndexArray,
        find: Callable[[IndexArray], Iterable[tuple[Float32Array, float]]],
    ) -> None:
        """Work the lists out, by what `find` says of some sources: likeness to all, and scale."""

        def work(block: slice) -> None:
            found = find(sources[block])
            for row, (similarities, scale) in enumerate(found, start=block.start):
                close = CloseItems.among(similarities)
                self.indices[row, : len(close.indices)] = close.indices
                self.similarities[row, : len(close.indices)] = close.similarities
                self.scales[row] = scale

        with blas_threads(1):
            map_blocks(work, len(sources), block=AT_ONCE)


def well_known(counts: IndexArray) -> IndexArray:
    """Return the items whose lists are worth keeping, ascending, by how often each was rated."""
    if len(counts) < LARGE_CATALOGUE:
        return np.zeros(0, dtype=np.int64)
    most_rated = np.argsort(-counts, kind="stable")[:MOST_SOURCES]
    return np.sort(most_rated[counts[most_rated] > 0])
