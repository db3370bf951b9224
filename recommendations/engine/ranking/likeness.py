"""How like each other the candidates for a list are, by content and by taste."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numba import types
from numpy.typing import NDArray

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import INDICES, array_of, compiled, tuple_of

Likeness = Callable[[int], FloatArray]
"""From the position of a candidate to its likeness to all of them, 1 and below, shape (n,)."""

Offsets = NDArray[np.int32] | IndexArray
Terms = tuple[Float32Array, Offsets, Offsets]

_PAIRS = array_of(types.float32, ndim=2, is_written=True)
_TERMS = [
    tuple_of(array_of(types.float32), array_of(index), array_of(index))
    for index in (types.int32, types.int64)
]


def likeness_of_pairs(
    terms: CsrMatrix, vectors: Float32Array | None, items: IndexArray, *, taste_share: float
) -> Float32Array:
    """Return how like each other these items are, shape (n, n).

    It is the mean of the dot products of `terms`, shape (n_items, n_terms), rows of norm 1, and
    of the cosines of `vectors`, (n_items, d), which count by `taste_share`; where there are none
    content counts alone. A vector of zeros is like nothing.
    """
    taste_share = 0.0 if vectors is None else taste_share
    pairs = np.zeros((len(items), len(items)), dtype=np.float32)
    if vectors is not None and taste_share:
        units = _on_unit_length(vectors[items])
        np.matmul(units, units.T * np.float32(taste_share), out=pairs)
    parts = terms.data, terms.indices, terms.indptr
    scatter = np.zeros(terms.shape[1], dtype=np.float32)
    _add_content(parts, items, 1.0 - taste_share, scatter, pairs)
    return pairs


def by_pairs(pairs: Float32Array) -> Likeness:
    """Return the likeness that rows of a matrix hold, shape (n, n)."""
    return lambda position: cast("FloatArray", pairs[position])


def _on_unit_length(vectors: Float32Array) -> Float32Array:
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))


@compiled(
    *(
        types.void(terms, INDICES, types.float64, array_of(types.float32, is_written=True), _PAIRS)
        for terms in _TERMS
    )
)
def _add_content(
    terms: Terms, items: IndexArray, share: float, scatter: Float32Array, pairs: Float32Array
) -> None:
    """Add share · the product of each two rows to their pair; `scatter` has a 0 for each term."""
    values, numbers, starts = terms
    for one in range(len(items)):
        own = range(starts[items[one]], starts[items[one] + 1])
        for cell in own:
            scatter[numbers[cell]] = values[cell] * share
        for other in range(one + 1):
            product = np.float32(0.0)
            for cell in range(starts[items[other]], starts[items[other] + 1]):
                product += values[cell] * scatter[numbers[cell]]
            pairs[one, other] += product
            if other != one:
                pairs[other, one] += product
        for cell in own:
            scatter[numbers[cell]] = 0.0
