"""How XᵀΩX and XᵀΩY change when some people's rows do.

With x, y, ω of a person before and x', y', ω' after, d = x' − x and e = y' − y, it is

    Σ ω'(d x'ᵀ + x dᵀ) + (ω' − ω) x xᵀ   and   Σ ω'(d y'ᵀ + x eᵀ) + (ω' − ω) x yᵀ.

Most of d and e is empty, so the first part costs next to nothing; the second is needed of those
whose weight changed.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.models.dropout_ridge import Regression

_PEOPLE_BLOCK = 2048


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """The change of both matrices among the touched items: (n_touched, n_touched) each."""

    touched: IndexArray
    gram: Float32Array
    cross: Float32Array


@dataclass(frozen=True, kw_only=True, eq=False)
class PeopleRows:
    """Some people before or after: inputs and targets, (n_people, n_items), and their weights.

    Who was not there has an empty row and weight NaN.
    """

    inputs: CsrMatrix
    targets: CsrMatrix
    user_weights: FloatArray

    @classmethod
    def of(
        cls, problem: Regression, *, rows: IndexArray, places: IndexArray, shape: tuple[int, int]
    ) -> Self:
        """Return the people of a problem at these rows, its items at these places, −1 nowhere."""
        weights = np.full(shape[0], np.nan)
        weights[rows] = problem.user_weights
        return cls(
            inputs=_placed(problem.inputs, rows, places, shape),
            targets=_placed(problem.targets, rows, places, shape),
            user_weights=weights,
        )

    def among(self, items: IndexArray) -> "PeopleRows":
        """Return what these people did with these items."""
        return replace(self, inputs=self.inputs[:, items], targets=self.targets[:, items])


def change_between(before: PeopleRows, after: PeopleRows) -> Change:
    """Return the change of both matrices; the same people stand in the same rows."""
    columns = [rows.indices for each in (before, after) for rows in (each.inputs, each.targets)]
    touched = np.unique(np.concatenate(columns)).astype(np.int64)
    if not len(touched):
        nothing = np.zeros((0, 0), dtype=np.float32)
        return Change(touched=touched, gram=nothing, cross=nothing)
    old, new = before.among(touched), after.among(touched)
    weights = np.where(np.isnan(new.user_weights), old.user_weights, new.user_weights)
    inputs = _without_zeros(new.inputs - old.inputs)
    targets = _without_zeros(new.targets - old.targets)
    left, right = (_weighted(each, weights).T for each in (inputs, old.inputs))
    gram = np.asarray((left @ new.inputs + right @ inputs).toarray(), dtype=np.float32)
    cross = np.asarray((left @ new.targets + right @ targets).toarray(), dtype=np.float32)
    _add_heavier(gram, cross, old, np.nan_to_num(weights - old.user_weights))
    return Change(touched=touched, gram=gram, cross=cross)


def _add_heavier(
    gram: Float32Array, cross: Float32Array, old: PeopleRows, grown: FloatArray
) -> None:
    """Add what people's rows before weigh more, or less, after."""
    heavier = np.flatnonzero(grown)
    for start in range(0, len(heavier), _PEOPLE_BLOCK):
        people = heavier[start : start + _PEOPLE_BLOCK]
        dense = old.inputs[people].toarray()
        weighted = (dense * grown[people, np.newaxis].astype(np.float32)).T
        gram += weighted @ dense
        cross += weighted @ old.targets[people].toarray()


def _weighted(matrix: CsrMatrix, weights: FloatArray) -> CsrMatrix:
    weighted = matrix.copy()
    weighted.data *= np.repeat(weights, np.diff(matrix.indptr)).astype(np.float32)
    return weighted


def _without_zeros(matrix: CsrMatrix) -> CsrMatrix:
    matrix.eliminate_zeros()
    return matrix


def _placed(
    matrix: CsrMatrix, rows: IndexArray, places: IndexArray, shape: tuple[int, int]
) -> CsrMatrix:
    entries = matrix.tocoo()
    columns = places[entries.col]
    kept = columns >= 0
    cells = (entries.data[kept], (rows[entries.row[kept]], columns[kept]))
    return sparse.coo_array(cells, shape=shape).tocsr()
