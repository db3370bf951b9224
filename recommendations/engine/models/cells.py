"""Cells of learned weights where the rows of some entries cross some columns.

Those of a sparse matrix are found by column: each has a few hundred weights, where rows of
well-known items have thousands, and columns of what is recommended often are still in the
processor's cache.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import FLOATS, INDICES, array_of, compiled, tuple_of

Columns = tuple[Float32Array, NDArray[np.unsignedinteger], NDArray[np.int32]]
"""A sparse matrix by column: its weights, their rows, and where each column begins."""
OwnedEntries = tuple[FloatArray, IndexArray, IndexArray]
"""The input of every entry, its row, and whose it is."""
Wanted = tuple[IndexArray, FloatArray]
"""Columns, of which −1 is none, and by what the cells in each are multiplied."""

COLUMNS = [
    tuple_of(array_of(types.float32), array_of(short), array_of(types.int32))
    for short in (types.uint16, types.uint32)
]
_ENTRIES, _WANTED = tuple_of(FLOATS, INDICES, INDICES), tuple_of(INDICES, FLOATS)
_DENSE = array_of(types.float32, ndim=2)
_TOTALS = array_of(types.float64, ndim=2, is_written=True)


def by_column(weights: CsrMatrix) -> Columns:
    """Return the weights by column; rows are numbered in two bytes where that is enough."""
    turned = sparse.csc_array(weights)
    short = np.uint16 if weights.shape[0] <= np.iinfo(np.uint16).max else np.uint32
    return turned.data, turned.indices.astype(short), turned.indptr.astype(np.int32)


@compiled(types.void(_DENSE, _ENTRIES, _WANTED, _TOTALS))
def add_cells(
    weights: Float32Array, entries: OwnedEntries, wanted: Wanted, totals: FloatArray
) -> None:
    """Add inputs_i · weights[rows_i, columns_j] · scales_j to totals[owners_i, j]."""
    inputs, rows, owners = entries
    columns, scales = wanted
    for entry in range(len(inputs)):
        for place in range(len(columns)):
            if columns[place] >= 0:
                weight = weights[rows[entry], columns[place]]
                totals[owners[entry], place] += inputs[entry] * weight * scales[place]


@compiled(*(types.void(each, types.int64, _ENTRIES, _WANTED, _TOTALS) for each in COLUMNS))
def add_sparse_cells(
    weights: Columns, n_rows: int, entries: OwnedEntries, wanted: Wanted, totals: FloatArray
) -> None:
    """Add what `add_cells` adds, for a sparse matrix of so many rows."""
    data, rows, starts = weights
    inputs, own_rows, owners = entries
    columns, scales = wanted
    latest = np.full(n_rows, -1, dtype=np.int32)  # the last entry of each row
    earlier = np.empty(len(inputs), dtype=np.int32)  # the entry before, of the same row
    for entry in range(len(inputs)):
        earlier[entry] = latest[own_rows[entry]]
        latest[own_rows[entry]] = entry
    for place in range(len(columns)):
        column = columns[place]
        if column >= 0:
            for cell in range(starts[column], starts[column + 1]):
                entry = latest[rows[cell]]
                while entry >= 0:
                    totals[owners[entry], place] += inputs[entry] * data[cell] * scales[place]
                    entry = earlier[entry]
