"""Sparse weights by column as well: for the cells where few columns cross the rows of a history.

The rows of well-known items are many times as long as the columns, of which only the strongest
weights were kept, so what is cited as a reason is found in a third of the time. It takes the
memory of the weights once more, so it is done only for as long as lists of many are made.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, IndexArray


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightColumns:
    """Weights of shape (n_rows, n_columns), column after column, each as long as the longest.

    `rows` and `values` have shape (n_columns, longest); row n_rows, of weight 0, fills up.
    """

    weights: CsrMatrix
    rows: NDArray[np.unsignedinteger]
    values: Float32Array

    @classmethod
    def of(cls, weights: CsrMatrix) -> Self:
        """Turn the weights round; rows are numbered in two bytes where that is enough."""
        n_rows, n_columns = weights.shape
        columns = sparse.csc_array(weights)
        counts = np.diff(columns.indptr)
        short = np.uint16 if n_rows <= np.iinfo(np.uint16).max else np.uint32
        rows = np.full((n_columns, counts.max(initial=0)), n_rows, dtype=short)
        values = np.zeros(rows.shape, dtype=np.float32)
        is_filled = np.arange(rows.shape[1]) < counts[:, np.newaxis]
        rows[is_filled], values[is_filled] = columns.indices, columns.data
        return cls(weights=weights, rows=rows, values=values)

    def take(self, rows: IndexArray, columns: IndexArray) -> Float32Array:
        """Return the cells where these rows and columns cross, dense."""
        wanted, places = np.unique(rows, return_inverse=True)
        is_wanted = np.zeros(self.weights.shape[0] + 1, dtype=np.bool_)
        is_wanted[wanted] = True
        found = self.rows[columns]
        hits = np.flatnonzero(is_wanted[found])
        owners, depths = np.divmod(hits, max(found.shape[1], 1))
        own = np.zeros((len(wanted), len(columns)), dtype=np.float32)
        row_places = np.searchsorted(wanted, found[owners, depths])
        own[row_places, owners] = self.values[columns[owners], depths]
        return own[places]


# By the identity of the weights, which each holds on to.
_TURNED: dict[int, WeightColumns] = {}


@contextmanager
def turned(matrices: Iterable[CsrMatrix]) -> Iterator[None]:
    """Keep these weights by column too, in this process and in those forked from it meanwhile."""
    made = {id(weights): WeightColumns.of(weights) for weights in matrices}
    _TURNED.update(made)
    try:
        yield
    finally:
        for key in made:
            _TURNED.pop(key, None)


def columns_of(weights: CsrMatrix) -> WeightColumns | None:
    """Return the weights by column if they are kept so at the moment."""
    return _TURNED.get(id(weights))
