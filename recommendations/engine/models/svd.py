"""Truncated singular value decompositions: of likings for lists, of residuals for stars.

Cremonesi, Koren and Turrin, "Performance of recommender algorithms on top-N recommendation
tasks", RecSys 2010 (PureSVD), by scikit-learn's randomised decomposition: Halko, Martinsson and
Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from scipy import linalg, sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.learners import extmath
from recommendations.engine.models.products import cosines_with, multiply
from recommendations.engine.models.residual import ResidualPredictor
from recommendations.engine.threads import FIT_THREADS, blas_threads


@dataclass(kw_only=True, eq=False)
class Svd(ResidualPredictor):
    """Score by projecting the likings of a history; expect stars by ridge on its residuals.

    With V the first `factors` right singular vectors of the likings w(r), missing ones 0,
    score_j = Σ_i w(r_i) v_i·v_j. With Q those of the residuals to the damped bias
    (`star_factors` of them), scaled so that QQᵀ is their covariance, stars are the bias +
    q_jᵀ (Q_hᵀQ_h + `ridge` I)⁻¹ Q_hᵀ e over the ratings h of the history. `rating_weights` are w
    for 1 to 5 stars.
    """

    name: ClassVar[str] = "svd"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "factors": (16, 32, 48, 64, 96),
        "star_factors": (10, 20, 40),
        "ridge": (0.1, 0.2, 0.4, 0.8),
        "rating_weights": (
            (0.0, 0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.3, 1.0, 1.2),
            (0.2, 0.3, 0.5, 1.0, 1.2),
        ),
    }
    factors: int = 48
    star_factors: int = 20
    ridge: float = 0.4
    iterations: int = 7
    rating_weights: tuple[float, ...] = (0.2, 0.3, 0.5, 1.0, 1.2)

    def _check_hyperparameters(self) -> None:
        super()._check_hyperparameters()
        if min(self.factors, self.star_factors, self.iterations) < 1:
            raise HyperparameterError("svd: factors and iterations must be 1 or more")
        if self.ridge <= 0:
            raise HyperparameterError("svd: ridge must be above 0")
        if len(self.rating_weights) != len(WHOLE_STARS):
            raise HyperparameterError("svd: rating_weights needs a weight for each star")

    def _fit_residuals(self, interactions: Interactions, residuals: CsrMatrix) -> None:
        rated = interactions.user_items.copy()
        rated.data = self._weigh(rated.data).astype(np.float32)
        likings = cast("CsrMatrix", sparse.csr_array(rated + interactions.event_weights))
        self.axes_, _ = self._decompose(likings, factors=self.factors)
        axes, lengths = self._decompose(residuals, factors=self.star_factors)
        scale = lengths / np.sqrt(interactions.n_users)
        self.star_vectors_ = np.asarray(axes * scale, dtype=np.float32)

    def _decompose(self, matrix: CsrMatrix, *, factors: int) -> tuple[Float32Array, FloatArray]:
        """Return the right singular vectors, shape (n_items, factors), and singular values."""
        with blas_threads(FIT_THREADS):
            _, lengths, axes = extmath.randomized_svd(
                matrix,
                n_components=min(factors, *matrix.shape),
                n_iter=self.iterations,
                random_state=self.seed,
            )
        return np.ascontiguousarray(axes.T, dtype=np.float32), lengths.astype(np.float64)

    def _weigh(self, stars: Float32Array) -> FloatArray:
        return weigh_stars(stars, self.rating_weights)

    def _inputs(self, history: History) -> FloatArray:
        return np.concatenate([self._weigh(history.values), history.event_weights])

    def _score(self, history: History) -> FloatArray:
        own = self.axes_[history.entry_items].astype(np.float64)
        return multiply(self.axes_, own.T @ self._inputs(history))

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        own = self.axes_[history.entry_items].astype(np.float64)
        wanted = self.axes_[item_indices].astype(np.float64)
        shares = self._inputs(history)[:, np.newaxis] * (own @ wanted.T)
        return [
            [Part(name="ratings", contributions=shares[:, place])]
            for place in range(len(item_indices))
        ]

    def _solve(self, history: History, targets: FloatArray) -> FloatArray:
        """Return (Q_hᵀQ_h + λI)⁻¹ times these columns."""
        own = self.star_vectors_[history.item_indices].astype(np.float64)
        matrix = own.T @ own + self.ridge * np.eye(own.shape[1])
        return np.asarray(linalg.solve(matrix, targets, assume_a="pos"))

    def _corrections(self, residuals: FloatArray, history: History) -> FloatArray:
        own = self.star_vectors_[history.item_indices].astype(np.float64)
        return multiply(self.star_vectors_, self._solve(history, own.T @ residuals))

    def _correction_shares(
        self, residuals: FloatArray, history: History, item_indices: IndexArray
    ) -> FloatArray:
        own = self.star_vectors_[history.item_indices].astype(np.float64)
        wanted = self.star_vectors_[item_indices].astype(np.float64)
        return np.asarray(residuals[:, np.newaxis] * (own @ self._solve(history, wanted.T)))

    def _similarities(self, item_index: int) -> FloatArray:
        """Return the cosine of the items' places on the axes of the likings."""
        return cosines_with(self.axes_, item_index)
