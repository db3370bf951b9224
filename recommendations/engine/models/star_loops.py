"""What the star model adds up for many histories at once.

What belongs to the histories lies end to end: of history h from `ends[h]` to `ends[h + 1]`.
"""

from typing import cast

import numpy as np
from numba import types

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import FLOATS, INDICES, array_of, compiled, tuple_of
from recommendations.engine.increments.joined_rows import parts_of
from recommendations.engine.models.cells import COLUMNS, Columns

Rows = tuple[Float32Array, Float32Array]
"""Rows of the items that the fit knew, and of those that came since, (n, n_columns) each."""
Inputs = tuple[FloatArray, IndexArray, IndexArray]
"""The input of each rating, its row, and the ends of the histories."""
Wanted = tuple[IndexArray, IndexArray]
"""Columns that each history asks for, and their ends."""
Evidence = tuple[FloatArray, FloatArray, FloatArray]
"""A matrix, a vector and a number of each history: (n, D, D), (n, D) and (n,).

Of symmetric matrices only what is on and below the diagonal is read.
"""

_DENSE = array_of(types.float32, ndim=2)
_ROWS = tuple_of(_DENSE, _DENSE)
_INPUTS, _WANTED = tuple_of(FLOATS, INDICES, INDICES), tuple_of(INDICES, INDICES)
_MATRIX = array_of(types.float64, ndim=2, is_written=True)
_MATRICES = array_of(types.float64, ndim=3, is_written=True)
_TOTALS = array_of(types.float64, is_written=True)
_EVIDENCE = tuple_of(_MATRICES, _MATRIX, _TOTALS)


def rows_of(values: Float32Array) -> Rows:
    """Return the rows of an array as the loops take them."""
    return cast("Rows", parts_of(values))


@compiled(*(types.void(each, types.int64, _INPUTS, _WANTED, _TOTALS) for each in COLUMNS))
def add_columns(
    weights: Columns, n_rows: int, inputs: Inputs, wanted: Wanted, totals: FloatArray
) -> None:
    """Add Σ input · weights[row, column] of its history for each column wanted; none is −1."""
    data, rows, starts = weights
    values, own_rows, ends = inputs
    columns, wanted_ends = wanted
    dense = np.zeros(n_rows)
    for history in range(len(ends) - 1):
        for rating in range(ends[history], ends[history + 1]):
            dense[own_rows[rating]] += values[rating]
        for place in range(wanted_ends[history], wanted_ends[history + 1]):
            column, total = columns[place], 0.0
            if column >= 0:
                for cell in range(starts[column], starts[column + 1]):
                    total += dense[rows[cell]] * data[cell]
                totals[place] += total
        for rating in range(ends[history], ends[history + 1]):
            dense[own_rows[rating]] = 0.0


@compiled(types.void(_DENSE, _INPUTS, _WANTED, _TOTALS))
def add_cells(weights: Float32Array, inputs: Inputs, wanted: Wanted, totals: FloatArray) -> None:
    """Add what `add_columns` adds to `totals`, for a dense matrix."""
    values, own_rows, ends = inputs
    columns, wanted_ends = wanted
    for history in range(len(ends) - 1):
        for rating in range(ends[history], ends[history + 1]):
            row, value = weights[own_rows[rating]], values[rating]
            for place in range(wanted_ends[history], wanted_ends[history + 1]):
                if columns[place] >= 0:
                    totals[place] += value * row[columns[place]]


@compiled(array_of(types.float32)(_DENSE, _DENSE, types.int64))
def _row(known: Float32Array, newer: Float32Array, item: int) -> Float32Array:
    row: Float32Array = known[item] if item < len(known) else newer[item - len(known)]
    return row


@compiled(types.void(_ROWS, _INPUTS, _MATRIX))
def add_rows(rows: Rows, inputs: Inputs, totals: FloatArray) -> None:
    """Add input · row of each rating to the total of its history, (n_histories, n_columns)."""
    known, newer = rows
    values, own_rows, ends = inputs
    for history in range(len(ends) - 1):
        total = totals[history]
        for rating in range(ends[history], ends[history + 1]):
            row, value = _row(known, newer, own_rows[rating]), values[rating]
            for column in range(len(total)):
                total[column] += value * row[column]


@compiled(types.void(_ROWS, _WANTED, array_of(types.float64, ndim=2), _TOTALS))
def add_expected(vectors: Rows, wanted: Wanted, means: FloatArray, totals: FloatArray) -> None:
    """Add effect + φ · mean of each item that is wanted, to the last bit as it would be alone.

    `means` are of the histories, (n_histories, D).
    """
    known, newer = vectors
    items, ends = wanted
    for history in range(len(ends) - 1):
        mean = means[history]
        for place in range(ends[history], ends[history + 1]):
            vector = _row(known, newer, items[place])
            expected = vector[0] + mean[0]
            for factor in range(1, len(mean)):
                expected += vector[factor] * mean[factor]
            totals[place] += expected


@compiled(types.void(_ROWS, FLOATS, _INPUTS, _EVIDENCE))
def add_ratings(
    vectors: Rows, item_weights: FloatArray, inputs: Inputs, evidence: Evidence
) -> None:
    """Add Σ φφᵀ, Σ φ · rest and Σ rest² of each history, by the weights of its items.

    The rest of a rating, which is the input, is what it is above the effect of its item.
    """
    known, newer = vectors
    values, items, ends = inputs
    outers, gains, squares = evidence
    features = np.ones(known.shape[1])
    for history in range(len(ends) - 1):
        outer, gain = outers[history], gains[history]
        for rating in range(ends[history], ends[history + 1]):
            vector, weight = _row(known, newer, items[rating]), item_weights[items[rating]]
            rest = values[rating] - vector[0]
            squares[history] += weight * rest * rest
            for factor in range(1, len(features)):
                features[factor] = vector[factor]
            for row in range(len(features)):
                weighted, sums = weight * features[row], outer[row]
                gain[row] += weighted * rest
                for column in range(row + 1):
                    sums[column] += weighted * features[column]


@compiled(
    types.void(
        _ROWS,
        _INPUTS,
        tuple_of(array_of(types.float64, ndim=3), array_of(types.float64, ndim=2)),
        tuple_of(_TOTALS, _TOTALS),
    )
)
def leave_out(
    vectors: Rows,
    inputs: Inputs,
    posterior: tuple[FloatArray, FloatArray],
    found: tuple[FloatArray, FloatArray],
) -> None:
    """Write what is left of each rating, and φᵀ · gain · φ: by how much it pulled.

    The posterior of a history is its gain and its mean.
    """
    known, newer = vectors
    values, items, ends = inputs
    gains, means = posterior
    rest, pulls = found
    features, products = np.ones(known.shape[1]), np.empty(known.shape[1])
    for history in range(len(ends) - 1):
        gain, mean = gains[history], means[history]
        for rating in range(ends[history], ends[history + 1]):
            vector = _row(known, newer, items[rating])
            for factor in range(1, len(features)):
                features[factor] = vector[factor]
            products[:] = 0.0
            left, pull = values[rating] - vector[0], 0.0
            for row in range(len(features)):
                # Below the diagonal alone, twice: gains are symmetric.
                double = 2 * features[row]
                own, feature = gain[row], features[row]
                for column in range(row):
                    products[column] += double * own[column]
                products[row] += feature * own[row]
            for row in range(len(features)):
                left -= features[row] * mean[row]
                pull += features[row] * products[row]
            rest[rating], pulls[rating] = left, pull


@compiled(types.void(_MATRIX))
def invert(matrix: FloatArray) -> None:
    """Turn a symmetric positive definite matrix into its inverse; read up to the diagonal.

    Pivots are swept one after the other (Goodnight, "A tutorial on the SWEEP operator", The
    American Statistician 33(3), 1979), which leaves the inverse times −1.
    """
    size = len(matrix)
    swept = np.empty(size)
    for pivot in range(size):
        for other in range(size):
            swept[other] = matrix[max(pivot, other), min(pivot, other)]
        scale = 1.0 / swept[pivot]
        for row in range(size):
            factor, own = -scale * swept[row], matrix[row]
            for column in range(row + 1):
                own[column] += factor * swept[column]
        for other in range(size):
            matrix[max(pivot, other), min(pivot, other)] = scale * swept[other]
        matrix[pivot, pivot] = -scale
    for row in range(size):
        for column in range(row + 1):
            matrix[row, column] = matrix[column, row] = -matrix[row, column]


@compiled(types.void(_MATRICES))
def invert_all(matrices: FloatArray) -> None:
    """Turn symmetric positive definite matrices, (n, D, D), into their inverses."""
    for place in range(len(matrices)):
        invert(matrices[place])


@compiled(
    types.void(
        tuple_of(array_of(types.float64, ndim=3), array_of(types.float64, ndim=2)),
        _EVIDENCE,
        FLOATS,
        _EVIDENCE,
    )
)
def solve(
    prior: tuple[FloatArray, FloatArray], evidence: Evidence, weights: FloatArray, found: Evidence
) -> None:
    """Write covariance, mean and expected squared error of each history.

    The prior is precision and pull; ratings are as precise as `weights` of the histories say.
    """
    precisions, pulls = prior
    moments, gains, squares = evidence
    covariances, means, errors = found
    for history in range(len(weights)):
        covariance, moment = covariances[history], moments[history]
        mean, gain, weight = means[history], gains[history], weights[history]
        for row in range(len(mean)):
            for column in range(row + 1):
                prior_cell = precisions[history, row, column]
                covariance[row, column] = prior_cell + weight * moment[row, column]
        invert(covariance)
        mean[:] = 0.0
        for row in range(len(mean)):
            pull = pulls[history, row] + weight * gain[row]
            for column in range(len(mean)):
                mean[column] += pull * covariance[row, column]
        error = squares[history]
        for row in range(len(mean)):
            error -= 2 * mean[row] * gain[row]
            for column in range(row + 1):
                times = 1.0 if column == row else 2.0
                second = covariance[row, column] + mean[row] * mean[column]
                error += times * moment[row, column] * second
        errors[history] = error
