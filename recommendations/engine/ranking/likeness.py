"""How like one candidate all others are: worked out for the few that are chosen, not for all pairs.

500 candidates have 125,000 pairs; a list of twenty needs twenty rows of them.
"""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray

Likeness = Callable[[int], FloatArray]
"""From the position of a candidate to its likeness to all of them, 1 and below, shape (n,)."""


def by_vectors(vectors: Float32Array) -> Likeness:
    """Return the cosines of vectors, shape (n, d); a vector of zeros is like nothing."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    units = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return lambda position: cast("FloatArray", units @ units[position])


def by_terms(terms: CsrMatrix) -> Likeness:
    """Return the dot products of sparse rows, shape (n, n_terms), which should be of norm 1."""
    dense = np.zeros(terms.shape[1], dtype=np.float32)

    def likeness(position: int) -> FloatArray:
        span = slice(*terms.indptr[position : position + 2])
        own = terms.indices[span]
        dense[own] = terms.data[span]
        products = terms @ dense
        dense[own] = 0.0
        return cast("FloatArray", products)

    return likeness


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
