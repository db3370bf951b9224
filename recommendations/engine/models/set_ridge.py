"""Ridge regression of many targets at once on sets: who rated, what was rated, genres."""

import numpy as np
from scipy import linalg

from recommendations.engine.arrays import CsrMatrix, Float32Array

LARGEST_CHOLESKY = 8_000
_STEPS = 4


class SetRidge:
    """Predict targets, shape (n_rows, size), from the rows of `sets`, shape (n_rows, n_features).

    Up to `LARGEST_CHOLESKY` rows or features the smaller Gram matrix is factorised once for all
    calls; beyond that each call does a few steps of conjugate gradients from the last solution.
    """

    def __init__(self, *, sets: CsrMatrix, ridge: float, size: int) -> None:
        """Prepare for targets of this size."""
        self.sets, self.ridge = sets, ridge
        self._transposed = sets.T.tocsr()
        self.is_dual = sets.shape[0] <= sets.shape[1]
        smaller = min(sets.shape)
        self.coefficients = np.zeros((sets.shape[1], size), dtype=np.float32)
        self.fitted = np.zeros((sets.shape[0], size), dtype=np.float32)
        self._duals = np.zeros((sets.shape[0], size), dtype=np.float32)
        self._factor = self._factorise() if smaller <= LARGEST_CHOLESKY else None

    def _factorise(self) -> tuple[Float32Array, bool]:
        product = self.sets @ self._transposed if self.is_dual else self._transposed @ self.sets
        gram = product.toarray()
        gram[np.diag_indices_from(gram)] += self.ridge
        factor, is_lower = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
        return factor, is_lower

    def learn(self, targets: Float32Array) -> None:
        """Set `coefficients` (n_features, size) and `fitted` (n_rows, size) to the targets."""
        if self._factor is None:
            self._descend(targets)
        elif self.is_dual:
            self.coefficients = self._transposed @ linalg.cho_solve(
                self._factor, targets, check_finite=False
            )
        else:
            self.coefficients = linalg.cho_solve(
                self._factor, self._transposed @ targets, check_finite=False
            )
        self.fitted = self.sets @ self.coefficients

    def _apply(self, duals: Float32Array) -> Float32Array:
        return self.sets @ (self._transposed @ duals) + self.ridge * duals

    def _descend(self, targets: Float32Array) -> None:
        rest = targets - self._apply(self._duals)
        direction = rest
        length = np.sum(rest * rest, axis=0)
        for _ in range(_STEPS):
            applied = self._apply(direction)
            step = length / np.maximum(np.sum(direction * applied, axis=0), 1e-12)
            self._duals = self._duals + step * direction
            rest = rest - step * applied
            shorter = np.sum(rest * rest, axis=0)
            direction = rest + shorter / np.maximum(length, 1e-12) * direction
            length = shorter
        self.coefficients = self._transposed @ self._duals

    def gram(self) -> Float32Array:
        """Return coefficientsᵀ · coefficients, shape (size, size)."""
        return self.coefficients.T @ self.coefficients
