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
Vectors = tuple[Float32Array, Float32Array, Float32Array]
"""Vectors that are mapped, those that came since, and the lengths of all."""
Traits = tuple[Terms, Vectors, float, Float32Array]
"""What loops compare items by: terms, vectors of taste, the share of taste, a 0 for each term."""

_LIKENESSES = array_of(types.float64, is_written=True)
_SCATTER = array_of(types.float32, is_written=True)
_ROWS = array_of(types.float32, ndim=2)
_VECTORS = tuple_of(_ROWS, _ROWS, array_of(types.float32))
_TERMS = [
    tuple_of(array_of(types.float32), array_of(index), array_of(index))
    for index in (types.int32, types.int64)
]
TRAITS = [tuple_of(terms, _VECTORS, types.float64, _SCATTER) for terms in _TERMS]


def measured(vectors: Float32Array) -> Vectors:
    """Return vectors, shape (n_items, d), with their lengths."""
    known, newer = (cast("Float32Array", part) for part in parts_of(vectors))
    lengths = [np.sqrt(np.einsum("ij,ij->i", part, part)) for part in (known, newer)]
    return known, newer, np.concatenate(lengths)


def traits_of(terms: CsrMatrix, vectors: Vectors | None, *, taste_share: float) -> Traits:
    """Return what items are compared by, for one list: rows of norm 1, and vectors if any."""
    parts = terms.data, terms.indices, terms.indptr
    scatter = np.zeros(terms.shape[1], dtype=np.float32)
    if vectors is None:
        return parts, measured(np.zeros((0, 0), dtype=np.float32)), 0.0, scatter
    return parts, vectors, taste_share, scatter


_NO_TERMS = cast("CsrMatrix", sparse.csr_array((0, 0), dtype=np.float32))
NO_TRAITS = traits_of(_NO_TERMS, None, taste_share=0.0)


def by_traits(traits: Traits, items: IndexArray) -> Likeness:
    """Return the likeness between items by their traits.

    It is the mean of the dot products of their terms and of the cosines of their vectors, which
    count by the share of taste. A vector of zeros is like nothing.
    """

    def likeness(position: int) -> FloatArray:
        found = np.empty(len(items), dtype=np.float64)
        compare(traits, int(items[position]), items, found)
        return found

    return likeness


@compiled(
    *(types.void(traits, types.int64, INDICES, _LIKENESSES) for traits in TRAITS),
    in_any_order=True,
)
def compare(traits: Traits, item: int, others: IndexArray, found: FloatArray) -> None:
    """Write how like an item each of the others is."""
    (values, numbers, starts), (known, newer, lengths), taste_share, scatter = traits
    own = range(starts[item], starts[item + 1])
    for cell in own:
        scatter[numbers[cell]] = values[cell]
    vector = np.empty(known.shape[1], dtype=np.float32)
    for column in range(len(vector)):
        vector[column] = (
            known[item, column] if item < len(known) else newer[item - len(known), column]
        )
    for place in range(len(others)):
        other = others[place]
        content = taste = np.float32(0.0)
        for cell in range(starts[other], starts[other + 1]):
            content += values[cell] * scatter[numbers[cell]]
        found[place] = (1.0 - taste_share) * content
        if taste_share and lengths[item] * lengths[other] > 0:
            # Picking the row out as an array takes several times as long as the product.
            if other < len(known):
                for column in range(len(vector)):
                    taste += vector[column] * known[other, column]
            else:
                for column in range(len(vector)):
                    taste += vector[column] * newer[other - len(known), column]
            found[place] += taste_share * (taste / (lengths[item] * lengths[other]))
    for cell in own:
        scatter[numbers[cell]] = 0.0
