"""How XᵀΩX and XᵀΩY change when some people's rows do.

With x, y, ω of a person before and x', y', ω' after, d = x' − x and e = y' − y, it is

    Σ ω'(d x'ᵀ + x dᵀ) + (ω' − ω) x xᵀ   and   Σ ω'(d y'ᵀ + x eᵀ) + (ω' − ω) x yᵀ.

Most of d and e is empty, so the first part costs next to nothing; the second is needed of those
whose weight changed. Among 10,000 items each change would take 400 MB, so it is kept as people's
rows and added some items at a time.
"""

from dataclasses import dataclass, replace
from typing import Self, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.models.dropout_ridge import Regression
from recommendations.engine.models.gram_blocks import add_grams, add_products


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Product:
    """Rows weighted, (n_items, n_people), times inputs and targets, (n_people, n_items) each."""

    weighted: CsrMatrix
    inputs: CsrMatrix
    targets: CsrMatrix

    def among(self, items: IndexArray) -> "Product":
        """Return what the product comes to among these items."""
        return Product(
            weighted=self.weighted[items],
            inputs=self.inputs[:, items],
            targets=self.targets[:, items],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """The change of both matrices: the sum of `products`, and what `heavier` people add.

    There is none but among the `touched` items.
    """

    touched: IndexArray
    products: tuple[Product, ...] = ()
    heavier: PeopleRows | None = None

    def among_touched(self) -> tuple[Float32Array, Float32Array]:
        """Return the change of both, shape (n_touched, n_touched) each."""
        gram, cross = (np.zeros((len(self.touched),) * 2, dtype=np.float32) for _ in range(2))
        few = replace(
            self,
            products=tuple(each.among(self.touched) for each in self.products),
            heavier=None if self.heavier is None else self.heavier.among(self.touched),
        )
        few.add_to(gram, cross)
        return gram, cross

    def add_to(self, gram: Float32Array, cross: Float32Array) -> None:
        """Add the change to both matrices."""
        for each in self.products:
            add_products(gram, cross, each.weighted, each.inputs, each.targets)
        if self.heavier is not None:
            add_grams(
                gram,
                cross,
                self.heavier.inputs,
                self.heavier.targets,
                user_weights=self.heavier.user_weights,
            )


def change_between(before: PeopleRows, after: PeopleRows) -> Change:
    """Return the change of both matrices; the same people stand in the same rows."""
    columns = [rows.indices for each in (before, after) for rows in (each.inputs, each.targets)]
    weights = np.where(np.isnan(after.user_weights), before.user_weights, after.user_weights)
    inputs = _without_zeros(after.inputs - before.inputs)
    targets = _without_zeros(after.targets - before.targets)
    left, right = (_weighted(each, weights) for each in (inputs, before.inputs))
    return Change(
        touched=np.unique(np.concatenate(columns)).astype(np.int64),
        products=(
            Product(weighted=left, inputs=after.inputs, targets=after.targets),
            Product(weighted=right, inputs=inputs, targets=targets),
        ),
        heavier=_heavier(before, np.nan_to_num(weights - before.user_weights)),
    )


def _heavier(old: PeopleRows, grown: FloatArray) -> PeopleRows | None:
    """Return people's rows before with what they weigh more, or less, after."""
    people = np.flatnonzero(grown)
    if not len(people):
        return None
    return PeopleRows(
        inputs=old.inputs[people], targets=old.targets[people], user_weights=grown[people]
    )


def _weighted(matrix: CsrMatrix, weights: FloatArray) -> CsrMatrix:
    """Return the transpose of the rows, each by its weight."""
    weighted = matrix.copy()
    weighted.data *= np.repeat(weights, np.diff(matrix.indptr)).astype(np.float32)
    return cast("CsrMatrix", sparse.csr_array(weighted.T))


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
