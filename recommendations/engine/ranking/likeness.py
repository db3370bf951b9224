"""How like one candidate all others are: worked out for the few that are chosen, not for all pairs.

500 candidates have 125,000 pairs; a list of twenty needs twenty rows of them.
"""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray

_CELLS_REMEMBERED = 8_000_000  # 32 MB

Likeness = Callable[[int], FloatArray]
"""From the position of a candidate to its likeness to all of them, 1 and below, shape (n,)."""


def by_vectors(vectors: Float32Array) -> Likeness:
    """Return the cosines of vectors, shape (n, d); a vector of zeros is like nothing."""
    units = _on_unit_length(vectors)
    return lambda position: cast("FloatArray", units @ units[position])


def by_terms(terms: CsrMatrix) -> Likeness:
    """Return the dot products of sparse rows, shape (n, n_terms), which should be of norm 1."""
    dense = np.zeros(terms.shape[1], dtype=np.float32)
    has_terms = np.diff(terms.indptr) > 0
    starts = terms.indptr[:-1][has_terms]
    products = np.zeros(terms.shape[0], dtype=np.float32)

    def likeness(position: int) -> FloatArray:
        span = slice(*terms.indptr[position : position + 2])
        own = terms.indices[span]
        dense[own] = terms.data[span]
        # A product of scipy's spends twice this on finding out what it multiplies.
        if len(starts):
            products[has_terms] = np.add.reduceat(terms.data * dense[terms.indices], starts)
        dense[own] = 0.0
        return cast("FloatArray", products.copy())

    return likeness


def among_few(terms: CsrMatrix, vectors: Float32Array | None, *, taste_share: float) -> Likeness:
    """Return the likeness of all pairs at once: for some fifty that takes less than row by row.

    `terms`, shape (n, n_terms), are rows of norm 1 and `vectors`, (n, d), those of taste.
    """
    used, places = np.unique(terms.indices, return_inverse=True)
    dense = np.zeros((terms.shape[0], len(used)), dtype=np.float32)
    dense[np.repeat(np.arange(terms.shape[0]), np.diff(terms.indptr)), places] = terms.data
    pairs = dense @ dense.T
    if vectors is not None and taste_share:
        units = _on_unit_length(vectors)
        pairs = pairs * np.float32(1.0 - taste_share)
        pairs += np.float32(taste_share) * (units @ units.T)
    return lambda position: cast("FloatArray", pairs[position])


def mean_likeness(weighed: Sequence[tuple[Likeness, float]]) -> Likeness:
    """Return the mean of several kinds of likeness by weight, content and taste for instance."""
    total = sum(weight for _, weight in weighed)
    shares = [(likeness, weight / total) for likeness, weight in weighed if weight > 0]

    def mean(position: int) -> FloatArray:
        first, *others = shares
        result = first[0](position) * first[1]
        for likeness, share in others:
            result = result + likeness(position) * share
        return result

    return mean


class LikenessRows:
    """Rows of likeness between all items of a catalogue, the latest remembered.

    `terms` has shape (n_items, n_terms), rows of norm 1; `vectors` (n_items, d), None for content
    alone. What stands in one person's list stands in many others', so most rows are met again.
    Threads may share it.
    """

    def __init__(self, terms: CsrMatrix, vectors: Float32Array | None) -> None:
        """Start with nothing remembered."""
        self._terms = terms
        self._units = None if vectors is None else _on_unit_length(vectors)
        self._rows: dict[tuple[int, float], Float32Array] = {}
        self._most_rows = max(_CELLS_REMEMBERED // max(terms.shape[0], 1), 1)

    def row(self, item: int, taste_share: float) -> Float32Array:
        """Return how like an item all items are, taste counting by its share, (n_items,)."""
        row = self._rows.get((item, taste_share))
        if row is None:
            row = self._compare(item, taste_share)
            if len(self._rows) >= self._most_rows:
                self._rows = {}  # in one step: another thread may be reading
            self._rows[item, taste_share] = row
        return row

    def _compare(self, item: int, taste_share: float) -> Float32Array:
        dense = np.zeros(self._terms.shape[1], dtype=np.float32)
        span = slice(*self._terms.indptr[item : item + 2])
        dense[self._terms.indices[span]] = self._terms.data[span]
        content = np.asarray(self._terms @ dense, dtype=np.float32)
        if self._units is None or not taste_share:
            return content
        taste = self._units @ self._units[item]
        mixed = content * np.float32(1.0 - taste_share) + taste * np.float32(taste_share)
        return np.asarray(mixed, dtype=np.float32)


def _on_unit_length(vectors: Float32Array) -> Float32Array:
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))
