"""How alike columns of a sparse matrix are, by blocks: the ground of the neighbourhood models.

Cosine, and the Pearson correlation of residuals to the baseline, both shrunk by n / (n + λ) where
n is how many rows two columns have in common: Koren, "Factor in the neighbors: scalable and
accurate collaborative filtering", ACM TKDD 4(1), 2010.
"""

from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import BoolArray, CsrMatrix, Float32Array

COSINE = "cosine"
PEARSON_BASELINE = "pearson-baseline"
SIMILARITIES = (COSINE, PEARSON_BASELINE)
_CELLS_A_BLOCK = 1 << 22


def nearest_columns(
    values: CsrMatrix, *, similarity: str, shrinkage: float, neighbours: int
) -> CsrMatrix:
    """Return how alike each column and its nearest are, CSR float32, shape (n, n).

    Entry (i, j) is kept where i is among the `neighbours` columns most like j, above 0, ties by
    index; a column is no neighbour of itself. `values` holds what is compared: weights for
    cosine, residuals for "pearson-baseline".
    """
    n_columns = values.shape[1]
    pairs = _Pairs(values)
    width = max(1, _CELLS_A_BLOCK // max(n_columns, 1))
    blocks = []
    for start in range(0, n_columns, width):
        stop = min(start + width, n_columns)
        alike = pairs.similarities(start, stop, similarity=similarity, shrinkage=shrinkage)
        alike[np.arange(stop - start), np.arange(start, stop)] = 0.0
        alike *= strongest(alike, neighbours)
        blocks.append(sparse.csr_array(np.maximum(alike, 0.0)))
    return cast("CsrMatrix", sparse.csr_array(sparse.vstack(blocks, format="csr").T.tocsr()))


def strongest(values: Float32Array, count: int) -> BoolArray:
    """Return where the `count` largest values of each row stand, ties by index."""
    if count >= values.shape[1]:
        return np.ones(values.shape, dtype=np.bool_)
    least = -np.partition(-values, count - 1, axis=1)[:, count - 1 : count]
    is_above, is_tied = values > least, values == least
    room = count - is_above.sum(axis=1, keepdims=True)
    return np.asarray(is_above | (is_tied & (np.cumsum(is_tied, axis=1) <= room)))


class _Pairs:
    """Sums over the rows that two columns have in common."""

    def __init__(self, values: CsrMatrix) -> None:
        self._values, self._squares, self._ones = values, values.power(2), _ones(values)
        self._lengths = np.asarray(self._squares.sum(axis=0), dtype=np.float32)
        self._columns = values.T.tocsr()

    def similarities(
        self, start: int, stop: int, *, similarity: str, shrinkage: float
    ) -> Float32Array:
        """Return how alike these columns are to all, dense, 0 where nothing is in common."""
        block = self._columns[start:stop]
        products = _dense(block @ self._values)
        common = _dense(_ones(block) @ self._ones)
        if similarity == COSINE:
            squares = np.outer(self._lengths[start:stop], self._lengths)
        else:
            squares = _dense(block.power(2) @ self._ones)
            squares *= _dense(_ones(block) @ self._squares)
        products *= common
        weights = np.sqrt(squares) * (common + np.float32(shrinkage))
        np.divide(products, weights, out=products, where=weights > 0)
        return products


def _ones(matrix: CsrMatrix) -> CsrMatrix:
    same = (np.ones_like(matrix.data), matrix.indices, matrix.indptr)
    return cast("CsrMatrix", sparse.csr_array(same, shape=matrix.shape))


def _dense(matrix: CsrMatrix) -> Float32Array:
    return np.asarray(matrix.toarray(), dtype=np.float32)
