"""Scores of many histories, standardised one by one and added up: what a stack spends its time on.

Over a large catalogue most components say something of their own for a history about some items
only, or nothing at all. What is the same for everybody is then multiplied out once, at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import types
from scipy.linalg import blas

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import FLOATS, INDICES, array_of, compiled

_NO_DEVIATION = 1e-12
_CACHED_HISTORIES = 16  # standardised in the processor's cache

_SCORES = array_of(types.float64, ndim=2)
_TOTALS = array_of(types.float64, ndim=2, is_written=True)
_WRITTEN = array_of(types.float64, is_written=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialScores:
    """Scores that differ between histories by a number, and on some items.

    score = `shared`[item] + `elsewhere`[history], and + `values`[history, place] for the item at
    that place of `columns`. Shapes are (n_items,), None for zeros, (n_histories,), (n_columns,)
    and (n_histories, n_columns).
    """

    n_items: int
    shared: FloatArray | None
    elsewhere: FloatArray
    columns: IndexArray
    values: FloatArray

    @classmethod
    def of_everybody(cls, shared: FloatArray, *, n_histories: int) -> "PartialScores":
        """Return scores that are the same for all histories."""
        return cls(
            n_items=len(shared),
            shared=shared,
            elsewhere=np.zeros(n_histories),
            columns=np.zeros(0, dtype=np.int64),
            values=np.zeros((n_histories, 0)),
        )

    def dense(self) -> FloatArray:
        """Return all scores, shape (n_histories, n_items)."""
        scores = np.empty((len(self.elsewhere), self.n_items), dtype=np.float64)
        scores[:] = self.elsewhere[:, np.newaxis]
        if self.shared is not None:
            scores += self.shared
        scores[:, self.columns] += self.values
        return scores

    def spread(self, shared: "SharedSpread | None" = None) -> tuple[FloatArray, FloatArray]:
        """Return mean and deviation of each history's scores, shape (n_histories,) each.

        `shared` is what is known of the shared scores beforehand.
        """
        n_columns = len(self.columns)
        known = shared
        if known is None and self.shared is not None:
            known = SharedSpread.of(self.shared, self.columns)
        own_means, squares = np.empty((2, len(self.values)))
        on_columns = np.zeros(n_columns) if known is None else known.on_columns
        _spread(self.values, on_columns, self.n_items, own_means, squares)
        means = own_means + self.elsewhere
        squares += own_means**2 * (self.n_items - n_columns)  # of the other items
        if known is not None:
            means += known.mean
            squares += known.squares_elsewhere - 2 * own_means * known.sum_elsewhere
        return means, unless_flat(np.sqrt(np.maximum(squares, 0) / self.n_items), means)


@compiled(types.void(_SCORES, FLOATS, types.int64, _WRITTEN, _WRITTEN), in_any_order=True)
def _spread(
    values: FloatArray,
    on_columns: FloatArray,
    n_items: int,
    means: FloatArray,
    squares: FloatArray,
) -> None:
    """Write the mean of each row over all items, and the sum of squares of what differs from it.

    One row after the other, as each stays in the processor's cache.
    """
    for row in range(len(values)):
        total = 0.0
        for place in range(len(on_columns)):
            total += values[row, place]
        mean = total / n_items
        total = 0.0
        for place in range(len(on_columns)):
            here = values[row, place] - mean + on_columns[place]
            total += here * here
        means[row], squares[row] = mean, total


@compiled(types.void(_SCORES, FLOATS, INDICES, _TOTALS))
def _add_scaled(
    values: FloatArray, factors: FloatArray, rows: IndexArray, totals: FloatArray
) -> None:
    """Add each row of values, times its factor, to a row of the totals."""
    for place in range(len(rows)):
        row, factor = rows[place], factors[place]
        for column in range(values.shape[1]):
            totals[row, column] += factor * values[place, column]


@dataclass(frozen=True, kw_only=True, eq=False)
class SharedSpread:
    """The mean of shared scores, and how far off it they are: on some columns, and elsewhere."""

    mean: float
    on_columns: FloatArray
    sum_elsewhere: float
    squares_elsewhere: float

    @classmethod
    def of(cls, shared: FloatArray, columns: IndexArray) -> Self:
        """Go through the scores, shape (n_items,)."""
        mean = float(shared.mean())
        rest = shared - mean
        on_columns = rest[columns]
        rest[columns] = 0.0
        return cls(
            mean=mean,
            on_columns=on_columns,
            sum_elsewhere=float(rest.sum()),
            squares_elsewhere=float(rest @ rest),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductScores:
    """Scores that are products of item vectors, (n_items, d), and people's, (n_histories, d).

    `groups` are runs of columns whose products are bounded one by one.
    """

    vectors: Float32Array
    people: FloatArray
    groups: tuple[slice, ...]


class ScoreSum:
    """Add components up for `n_histories`, each standardised over all items and weighted."""

    def __init__(self, *, n_histories: int, n_items: int) -> None:
        """Start with nothing added."""
        self._shape = n_histories, n_items
        self._shared: list[tuple[str, FloatArray, FloatArray]] = []
        self._elsewhere = np.zeros(n_histories, dtype=np.float64)
        self._on_columns: list[tuple[IndexArray, FloatArray]] = []
        self._totals: FloatArray | None = None

    def add(
        self,
        rows: IndexArray,
        scores: FloatArray,
        *,
        weights: FloatArray,
        emphasis: FloatArray | None,
    ) -> FloatArray:
        """Add emphasis · weight · (score − mean) / deviation to these rows; overwrite the scores.

        Return weight / deviation of each row, 0 where the deviation is.
        """
        if self._totals is None:
            self._totals = np.zeros(self._shape, dtype=np.float64)
        factors = np.zeros(len(rows), dtype=np.float64)
        for first in range(0, len(rows), _CACHED_HISTORIES):
            few = slice(first, first + _CACHED_HISTORIES)
            standard = scores[few]
            means = standard.mean(axis=1)
            standard -= means[:, np.newaxis]
            squares = np.einsum("ij,ij->i", standard, standard)
            deviations = unless_flat(np.sqrt(squares / standard.shape[1]), means)
            np.divide(weights[few], deviations, out=factors[few], where=deviations > 0)
            if emphasis is not None:
                standard *= emphasis
            for row, factor, values in zip(rows[few], factors[few], standard, strict=True):
                blas.daxpy(values, self._totals[row], a=factor)  # adds in place, in one pass
        return factors

    def add_partial(
        self,
        name: str,
        rows: IndexArray,
        scores: PartialScores,
        *,
        weights: FloatArray,
        shared: SharedSpread | None = None,
    ) -> FloatArray:
        """Add weight · (score − mean) / deviation to these rows.

        Return weight / deviation of each row, 0 where the deviation is. `shared` is what is
        known of the shared scores beforehand.
        """
        means, deviations = scores.spread(shared)
        factors = np.zeros(len(rows), dtype=np.float64)
        np.divide(weights, deviations, out=factors, where=deviations > 0)
        self._elsewhere[rows] += factors * (scores.elsewhere - means)
        if scores.shared is not None:
            of_all = np.zeros(self._shape[0], dtype=np.float64)
            of_all[rows] = factors
            self._shared.append((name, of_all, scores.shared))
        if len(scores.columns):
            _add_scaled(scores.values, factors, rows, self._place(scores.columns))
        return factors

    def _place(self, columns: IndexArray) -> FloatArray:
        """Return where what is said of these items adds up, shape (n_histories, n_columns)."""
        for known, values in self._on_columns:
            if known is columns or np.array_equal(known, columns):
                return values
        values = np.zeros((self._shape[0], len(columns)), dtype=np.float64)
        self._on_columns.append((columns, values))
        return values

    def partial(self) -> PartialScores | None:
        """Return the sum if it is about the same items for all; None if it is not."""
        if self._totals is not None or self._shared or len(self._on_columns) != 1:
            return None
        columns, values = self._on_columns[0]
        return PartialScores(
            n_items=self._shape[1],
            shared=None,
            elsewhere=self._elsewhere,
            columns=columns,
            values=values,
        )

    def shares(self, names: Sequence[str]) -> FloatArray:
        """Return by what a 1 for all, and what is shared by these names, is multiplied.

        Shape (n_histories, 1 + len(names)). `names` are those of all that is shared.
        """
        shares = np.zeros((self._shape[0], 1 + len(names)), dtype=np.float64)
        shares[:, 0] = self._elsewhere
        for name, of_all, _ in self._shared:  # a name comes up once for each block of histories
            shares[:, 1 + names.index(name)] += of_all
        return shares

    def on(self, columns: IndexArray) -> FloatArray | None:
        """Return what was said of these items alone, shape (n_histories, n_columns).

        Returns None if something was said of others.
        """
        values = self._place(columns)
        return values if len(self._on_columns) == 1 else None

    def dense(self) -> FloatArray:
        """Return the sum, shape (n_histories, n_items)."""
        # One product for all that is shared; what stands elsewhere is shared by all items.
        factors = np.stack([self._elsewhere, *(of_all for _, of_all, _ in self._shared)], axis=1)
        ones = np.ones(self._shape[1], dtype=np.float64)
        totals = factors @ np.stack([ones, *(shared for _, _, shared in self._shared)])
        if self._totals is not None:
            totals += self._totals
        for columns, values in self._on_columns:
            totals[:, columns] += values
        return np.asarray(totals, dtype=np.float64)


def unless_flat(deviations: FloatArray | float, means: FloatArray | float) -> FloatArray:
    """Return the deviations, 0 where they are nothing but rounding."""
    is_flat = deviations <= _NO_DEVIATION * np.maximum(1.0, np.abs(means))
    return np.where(is_flat, 0.0, deviations)
