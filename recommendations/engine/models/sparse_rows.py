"""Rows of a sparse matrix, added up or looked through where they lie, without a copy of them.

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
_PLACES = array_of(types.int32, is_written=True)

_columns: dict[int, Columns] = {}


def with_short_indices(weights: CsrMatrix) -> CsrMatrix:
    """Return the matrix with indices of four bytes instead of eight: it is kept and mapped so."""
    parts = weights.data, weights.indices.astype(np.int32), weights.indptr.astype(np.int32)
    return cast("CsrMatrix", sparse.csr_array(parts, shape=weights.shape))


def add_rows(totals: FloatArray, weights: CsrMatrix, entries: Entries) -> None:
    """Add Σ_i inputs_i · weights[rows_i] to totals of shape (n_columns,)."""
    _add_rows(_parts_of(weights), entries, totals)


def add_cells(
    totals: FloatArray,
    weights: CsrMatrix,
    entries: Entries,
    columns: IndexArray,
    *,
    owners: IndexArray,
    scales: FloatArray,
) -> None:
    """Add inputs_i · weights[rows_i, columns_j] · scales_j to totals[owners_i, j]; 0 at column −1.

    `totals` has shape (n_owners, n_columns).
    """
    places = np.full(weights.shape[1], -1, dtype=np.int32)
    _add_cells(_parts_of(weights), (*entries, owners), (columns, scales), places, totals)


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


@compiled(
    *(
        types.void(
            matrix,
            tuple_of(FLOATS, INDICES, INDICES),
            tuple_of(INDICES, FLOATS),
            _PLACES,
            array_of(types.float64, ndim=2, is_written=True),
        )
        for matrix in _MATRICES
    )
)
def _add_cells(
    parts: Parts,
    entries: tuple[FloatArray, IndexArray, IndexArray],
    wanted: tuple[IndexArray, FloatArray],
    places: NDArray[np.int32],
    totals: FloatArray,
) -> None:
    """Add the cells; `places` has a −1 for each column of the matrix."""
    data, indices, starts = parts
    inputs, rows, owners = entries
    columns, scales = wanted
    same = np.full(len(columns), -1, dtype=np.int32)  # the place before that wants this column too
    for place in range(len(columns)):
        column = columns[place]
        if column >= 0:
            same[place] = places[column]
            places[column] = place
    for entry in range(len(rows)):
        row, owner = rows[entry], owners[entry]
        for cell in range(starts[row], starts[row + 1]):
            place = places[indices[cell]]
            while place >= 0:
                totals[owner, place] += inputs[entry] * data[cell] * scales[place]
                place = same[place]
