"""Rows of a sparse matrix, added up where they lie, without a copy of them.

But for the numbers of their columns: in two bytes, where that is enough, they are read in half of
the time or a quarter, and that is what sums wait for.
"""

from typing import cast
from weakref import finalize

import numpy as np
from numba import types
from numpy.typing import NDArray
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import FLOATS, INDICES, array_of, compiled, tuple_of

Columns = NDArray[np.uint16] | NDArray[np.int32]
Parts = tuple[Float32Array, Columns, IndexArray]
Entries = tuple[FloatArray, IndexArray]
"""The input of every entry of a history and its row, shape (n_entries,) each."""

_MATRICES = [
    tuple_of(array_of(types.float32), array_of(column), INDICES)
    for column in (types.uint16, types.int32)
]
_ENTRIES = tuple_of(FLOATS, INDICES)
_TOTALS = array_of(types.float64, is_written=True)

_columns: dict[int, Columns] = {}


def with_short_indices(weights: CsrMatrix) -> CsrMatrix:
    """Return the matrix with indices of four bytes instead of eight: it is kept and mapped so."""
    parts = weights.data, weights.indices.astype(np.int32), weights.indptr.astype(np.int32)
    return cast("CsrMatrix", sparse.csr_array(parts, shape=weights.shape))


def add_rows(totals: FloatArray, weights: CsrMatrix, entries: Entries) -> None:
    """Add Σ_i inputs_i · weights[rows_i] to totals of shape (n_columns,)."""
    _add_rows(_parts_of(weights), entries, totals)


def _parts_of(weights: CsrMatrix) -> Parts:
    """Return what the loops take of learned weights, which nobody writes to any more."""
    columns = _columns.get(id(weights.indices))
    if columns is None:
        columns = _shorten(weights)
    return weights.data, columns, weights.indptr.astype(np.int64, copy=False)


def _shorten(weights: CsrMatrix) -> Columns:
    """Keep the columns, as short as they can be, for as long as the matrix is there."""
    wide = weights.indices
    is_short = weights.shape[1] <= np.iinfo(np.uint16).max + 1
    columns: Columns = wide.astype(np.uint16) if is_short else wide.astype(np.int32)
    _columns[id(wide)] = columns
    finalize(wide, _columns.pop, id(wide), None).atexit = False
    return columns


@compiled(*(types.void(matrix, _ENTRIES, _TOTALS) for matrix in _MATRICES))
def _add_rows(parts: Parts, entries: Entries, totals: FloatArray) -> None:
    data, indices, starts = parts
    inputs, rows = entries
    for entry in range(len(rows)):
        row = rows[entry]
        for cell in range(starts[row], starts[row + 1]):
            totals[indices[cell]] += inputs[entry] * data[cell]
