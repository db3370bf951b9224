"""How like each other the candidates for a list are, by content and by taste."""

from collections.abc import Callable
from typing import cast

import numpy as np
from numba import types
from numpy.typing import NDArray
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import INDICES, array_of, compiled, tuple_of
from recommendations.engine.increments.joined_rows import parts_of

Likeness = Callable[[int], FloatArray]
"""From the position of a candidate to its likeness to all of them, 1 and below, shape (n,)."""

Offsets = NDArray[np.int32] | IndexArray
Terms = tuple[Float32Array, Offsets, Offsets]
Rows = tuple[Float32Array, Float32Array]
Traits = tuple[Terms, Rows, float, Float32Array]
"""What loops compare items by: terms, vectors of taste, the share of taste, a 0 for each term."""

_PAIRS = array_of(types.float32, ndim=2, is_written=True)
_SCATTER = array_of(types.float32, is_written=True)
_ROWS = tuple_of(array_of(types.float32, ndim=2), array_of(types.float32, ndim=2))
_TERMS = [
    tuple_of(array_of(types.float32), array_of(index), array_of(index))
    for index in (types.int32, types.int64)
]
TRAITS = [tuple_of(terms, _ROWS, types.float64, _SCATTER) for terms in _TERMS]


def traits_of(terms: CsrMatrix, vectors: Float32Array | None, *, taste_share: float) -> Traits:
    """Return what items are compared by, for one list: rows of norm 1, and vectors if any."""
    rows = np.zeros((0, 0), dtype=np.float32) if vectors is None else vectors
    parts = terms.data, terms.indices, terms.indptr
    scatter = np.zeros(terms.shape[1], dtype=np.float32)
    return parts, cast("Rows", parts_of(rows)), 0.0 if vectors is None else taste_share, scatter


_NO_TERMS = cast("CsrMatrix", sparse.csr_array((0, 0), dtype=np.float32))
NO_TRAITS = traits_of(_NO_TERMS, None, taste_share=0.0)


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


@compiled(types.float32(_ROWS, types.int64, types.int64), in_any_order=True)
def _cosine(rows: Rows, one: int, other: int) -> np.float32:
    """Return the cosine of two vectors, 0 where one is of zeros."""
    known, newer = rows
    first = known[one] if one < len(known) else newer[one - len(known)]
    second = known[other] if other < len(known) else newer[other - len(known)]
    product = first_square = second_square = np.float32(0.0)
    for column in range(len(first)):
        product += first[column] * second[column]
        first_square += first[column] * first[column]
        second_square += second[column] * second[column]
    length = np.sqrt(first_square * second_square)
    return np.float32(product / length if length > 0 else 0.0)


@compiled(*(types.float64(traits, types.int64, INDICES) for traits in TRAITS))
def greatest_likeness(traits: Traits, item: int, others: IndexArray) -> float:
    """Return how like an item the one of these is that is most like it, 0 or above."""
    (values, numbers, starts), rows, taste_share, scatter = traits
    own = range(starts[item], starts[item + 1])
    for cell in own:
        scatter[numbers[cell]] = values[cell]
    greatest = 0.0
    for other in others:
        product = np.float32(0.0)
        for cell in range(starts[other], starts[other + 1]):
            product += values[cell] * scatter[numbers[cell]]
        likeness = (1.0 - taste_share) * product
        if taste_share:
            likeness += taste_share * _cosine(rows, item, other)
        greatest = max(greatest, float(likeness))
    for cell in own:
        scatter[numbers[cell]] = 0.0
    return greatest
