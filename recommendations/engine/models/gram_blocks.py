"""Gram matrices of very many people.

A person of n ratings meets in n² cells. A dense product costs as much for everybody, a sparse one
by n²: whoever rated a tenth of the items is cheaper dense, all others sparse. The sparse product is
done some rows at a time in two threads, so that no more than these rows are held twice.
"""

from collections.abc import Iterator
from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.threads import blas_threads, map_blocks

_DENSE_FROM = 0.1  # share of the items rated
_ROWS = 256
_PEOPLE = 1024
_ROW_BLOCK = 512


def blocks(length: int) -> Iterator[slice]:
    """Yield slices from 0 to `length`: of so many rows at a time a matrix is held twice."""
    for start in range(0, length, _ROW_BLOCK):
        yield slice(start, min(start + _ROW_BLOCK, length))


def weighted_grams(
    inputs: CsrMatrix, targets: CsrMatrix, *, user_weights: FloatArray
) -> tuple[Float32Array, Float32Array]:
    """Return XᵀΩX and XᵀΩY, dense float32, of X and Y of shape (n_users, n_items)."""
    n_items = inputs.shape[1]
    gram, cross = (np.zeros((n_items, n_items), dtype=np.float32) for _ in range(2))
    add_grams(gram, cross, inputs, targets, user_weights=user_weights)
    return gram, cross


def add_grams(
    gram: Float32Array,
    cross: Float32Array,
    inputs: CsrMatrix,
    targets: CsrMatrix,
    *,
    user_weights: FloatArray,
) -> None:
    """Add XᵀΩX to one and XᵀΩY to the other matrix; weights may be negative."""
    targets = targets.copy()
    targets.eliminate_zeros()
    is_long = np.diff(inputs.indptr) >= _DENSE_FROM * inputs.shape[1]
    weights = user_weights.astype(np.float32)
    short = np.flatnonzero(~is_long)
    _add_sparse(gram, cross, inputs[short], targets[short], weights[short])
    _add_dense(gram, cross, inputs, targets, weights, people=np.flatnonzero(is_long))


def _add_sparse(
    gram: Float32Array,
    cross: Float32Array,
    inputs: CsrMatrix,
    targets: CsrMatrix,
    weights: Float32Array,
) -> None:
    weighted = cast("CsrMatrix", sparse.csr_array((sparse.diags_array(weights) @ inputs).T))
    add_products(gram, cross, weighted, inputs, targets)


def add_products(
    gram: Float32Array,
    cross: Float32Array,
    weighted: CsrMatrix,
    inputs: CsrMatrix,
    targets: CsrMatrix,
) -> None:
    """Add `weighted` @ `inputs` to one and `weighted` @ `targets` to the other matrix.

    `weighted` has shape (n_items, n_people), the others (n_people, n_items).
    """

    def fill(rows: slice) -> None:
        own = weighted[rows]
        if own.nnz:
            gram[rows] += (own @ inputs).toarray()
            cross[rows] += (own @ targets).toarray()

    with blas_threads(1):
        map_blocks(fill, len(gram), block=_ROWS)


def _add_dense(
    gram: Float32Array,
    cross: Float32Array,
    inputs: CsrMatrix,
    targets: CsrMatrix,
    weights: Float32Array,
    *,
    people: IndexArray,
) -> None:
    for start in range(0, len(people), _PEOPLE):
        few = people[start : start + _PEOPLE]
        dense = inputs[few].toarray()
        weighted = (dense * weights[few, np.newaxis]).T
        liked = targets[few].toarray()
        for rows in blocks(len(gram)):
            gram[rows] += weighted[rows] @ dense
            cross[rows] += weighted[rows] @ liked
