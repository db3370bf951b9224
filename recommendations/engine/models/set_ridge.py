"""Ridge regression of many targets at once on sets: who rated, what was rated, genres."""

import logging
from typing import Any, Self, cast

import numpy as np
from scipy import linalg

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.threads import map_blocks

LARGEST_CHOLESKY = 8_000
logger = logging.getLogger(__name__)

_LEFT = 0.3  # of the length of the targets: with a tenth of that the vectors come out alike
_LEAST_STEPS, _MOST_STEPS = 2, 40
_TINY = 1e-12
_ROWS = 256
_MANY_ROWS = 8_192


class SetRidge:
    """Predict targets, shape (n_rows, size), from the rows of `sets`, shape (n_rows, n_features).

    Up to `LARGEST_CHOLESKY` rows or features the smaller Gram matrix is factorised once for all
    calls; beyond that each call takes steps of conjugate gradients from the last solution until
    little is left of the targets. A fixed few are not enough: what is fitted becomes the prior of
    the next targets, and what is wrong in it grows from call to call.
    """

    def __init__(self, *, sets: CsrMatrix, ridge: float) -> None:
        """Prepare for any targets."""
        self.sets, self.ridge = sets, ridge
        self._transposed = sets.T.tocsr()
        self.is_dual = sets.shape[0] <= sets.shape[1]
        is_small = min(sets.shape) <= LARGEST_CHOLESKY
        self._factor = self._factorise() if is_small else None
        self.fresh(1)

    def fresh(self, size: int) -> Self:
        """Forget the targets and await others of this size; return self."""
        n_rows, n_features = self.sets.shape
        self.coefficients = np.zeros((n_features, size), dtype=np.float32)
        self.fitted = np.zeros((n_rows, size), dtype=np.float32)
        self._duals = np.zeros((n_rows, size), dtype=np.float32)
        return self

    def _factorise(self) -> Float32Array:
        left = self.sets if self.is_dual else self._transposed
        gram = np.empty((left.shape[0], left.shape[0]), dtype=np.float32)

        def fill(rows: slice) -> None:
            gram[rows] = (left @ left[rows].T.toarray()).T

        map_blocks(fill, len(gram), block=_ROWS)
        gram[np.diag_indices_from(gram)] += self.ridge
        factor = linalg.cholesky(gram, lower=True, overwrite_a=True, check_finite=False)
        return cast("Float32Array", factor)

    def learn(self, targets: Float32Array) -> None:
        """Set `coefficients` (n_features, size) and `fitted` (n_rows, size) to the targets."""
        if self._factor is None:
            self._descend(targets)
        elif self.is_dual:
            self.coefficients = self._transposed @ self._solve(targets)
        else:
            self.coefficients = self._solve(self._transposed @ targets)
        self.fitted = _product(self.sets, self.coefficients)

    def go_on_with_features(self, other: "SetRidge", *, rows: IndexArray) -> Self:
        """Start from what another learned of the same features; its rows are these of ours."""
        self.coefficients = other.coefficients
        self.fitted = _product(self.sets, self.coefficients)
        self._duals = np.zeros_like(self.fitted)
        self._duals[rows] = other._duals  # noqa: SLF001 - of our own kind
        return self

    def go_on_with_rows(self, other: "SetRidge") -> Self:
        """Start from what another learned of the same rows by other features."""
        self.fitted, self._duals = other.fitted, other._duals  # noqa: SLF001 - of our own kind
        return self

    def _solve(self, targets: Float32Array) -> Float32Array:
        factor: Any = (self._factor, True)
        return cast("Float32Array", linalg.cho_solve(factor, targets, check_finite=False))

    def _apply(self, duals: Float32Array) -> Float32Array:
        return _product(self.sets, _product(self._transposed, duals)) + self.ridge * duals

    def _descend(self, targets: Float32Array) -> None:
        rest = targets - self._apply(self._duals)
        direction = rest
        length, enough = _squares(rest), _LEFT**2 * _squares(targets)
        for taken in range(_MOST_STEPS):
            if taken >= _LEAST_STEPS and (length <= enough).all():
                break
            applied = self._apply(direction)
            along = np.sum(direction * applied, axis=0, dtype=np.float64)
            step = (length / np.maximum(along, _TINY)).astype(np.float32)
            self._duals = self._duals + step * direction
            rest = rest - step * applied
            shorter = _squares(rest)
            turn = (shorter / np.maximum(length, _TINY)).astype(np.float32)
            direction = rest + turn * direction
            length = shorter
        else:
            logger.info("%s steps left more of the targets than %s", _MOST_STEPS, _LEFT)
        self.coefficients = _product(self._transposed, self._duals)

    def gram(self) -> Float32Array:
        """Return coefficientsᵀ · coefficients, shape (size, size)."""
        return self.coefficients.T @ self.coefficients


def _squares(columns: Float32Array) -> FloatArray:
    """Return the squared length of each column."""
    return np.asarray(np.sum(columns * columns, axis=0, dtype=np.float64))


def _product(sets: CsrMatrix, vectors: Float32Array) -> Float32Array:
    """Return sets @ vectors; rows are shared among threads, which changes no sum."""
    product = np.empty((sets.shape[0], vectors.shape[1]), dtype=np.float32)

    def fill(rows: slice) -> None:
        product[rows] = sets[rows] @ vectors

    map_blocks(fill, len(product), block=_MANY_ROWS)
    return product
