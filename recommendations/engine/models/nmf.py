"""Non-negative factors of likings: each person a sum of tastes, never a difference.

Lee and Seung, "Learning the parts of objects by non-negative matrix factorization", Nature 401,
1999, fitted by scikit-learn's coordinate descent: Cichocki and Phan, "Fast local algorithms for
large scale nonnegative matrix and tensor factorizations", IEICE Transactions E92-A(3), 2009.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import scipy
from scipy import linalg, sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.learners import decomposition, exceptions
from recommendations.engine.models.products import cosines_with, multiply
from recommendations.engine.threads import FIT_THREADS, blas_threads


@dataclass(kw_only=True, eq=False)
class Nmf(Recommender):
    """Score by the tastes a history is made of.

    With H ≥ 0 the item factors and w the likings, missing ones 0, a history is folded in by
    x ≥ 0 that minimises ‖w − Hx‖² + `ridge`·‖x‖², and score_j = h_j·x. Given which tastes came
    out above 0 the score is linear in the entries, so their shares are exact. `rating_weights`
    are w for 1 to 5 stars, 0 or more; in the fit a dismissal counts as nothing.
    """

    name: ClassVar[str] = "nmf"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "factors": (16, 32, 48, 64),
        "ridge": (0.01, 0.1, 1.0),
        "rating_weights": (
            (0.0, 0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.3, 1.0, 1.2),
            (0.2, 0.3, 0.5, 1.0, 1.2),
        ),
    }
    factors: int = 32
    ridge: float = 0.1
    iterations: int = 60
    rating_weights: tuple[float, ...] = (0.2, 0.3, 0.5, 1.0, 1.2)

    def _check_hyperparameters(self) -> None:
        if min(self.factors, self.iterations) < 1 or self.ridge <= 0:
            raise HyperparameterError("nmf: factors, iterations and ridge must be above 0")
        if len(self.rating_weights) != len(WHOLE_STARS) or min(self.rating_weights) < 0:
            raise HyperparameterError("nmf: rating_weights needs a weight of 0 or more a star")

    def _fit(self, interactions: Interactions) -> None:
        rated = interactions.user_items.copy()
        rated.data = self._weigh(rated.data).astype(np.float32)
        likings = cast("CsrMatrix", sparse.csr_array(rated + interactions.event_weights))
        likings.data = np.maximum(likings.data, np.float32(0))
        likings.eliminate_zeros()
        self.item_vectors_ = self._factorise(likings)
        exact = self.item_vectors_.astype(np.float64)
        self.gram_ = exact.T @ exact

    def _factorise(self, likings: CsrMatrix) -> Float32Array:
        factors = min(self.factors, *likings.shape)
        if not likings.nnz:
            return np.zeros((likings.shape[1], factors), dtype=np.float32)
        solver = decomposition.NMF(
            n_components=factors,
            init="nndsvda",
            max_iter=self.iterations,
            tol=0.0,
            random_state=self.seed,
        )
        with blas_threads(FIT_THREADS), warnings.catch_warnings():
            # Stopping after a number of rounds is meant.
            warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
            people = solver.fit_transform(likings)
        # Tastes are scaled so that people hold one of them at 1 in the mean square.
        scale = np.sqrt(np.mean(np.square(people, dtype=np.float64), axis=0))
        return np.ascontiguousarray(solver.components_.T * scale, dtype=np.float32)

    def _weigh(self, stars: Float32Array) -> FloatArray:
        return weigh_stars(stars, self.rating_weights)

    def _inputs(self, history: History) -> FloatArray:
        return np.concatenate([self._weigh(history.values), history.event_weights])

    @property
    def _matrix(self) -> FloatArray:
        return self.gram_ + self.ridge * np.eye(len(self.gram_))

    def _tastes(self, history: History) -> IndexArray:
        """Return which tastes the history holds, by non-negative least squares."""
        own = self.item_vectors_[history.entry_items].astype(np.float64)
        target = own.T @ self._inputs(history)
        upper = linalg.cholesky(self._matrix)
        rotated = linalg.solve_triangular(upper, target, trans="T")
        # Loaded at its first use: the optimizers cost every process a tenth of a second.
        held, _ = scipy.optimize.nnls(upper, rotated)
        return np.flatnonzero(held > 0)

    def _seen_by(self, tastes: IndexArray, vectors: FloatArray) -> FloatArray:
        """Return A⁻¹ times these columns, over the tastes only."""
        matrix = self._matrix[np.ix_(tastes, tastes)]
        if not len(tastes):
            return vectors
        return np.asarray(linalg.solve(matrix, vectors, assume_a="pos"))

    def _score(self, history: History) -> FloatArray:
        tastes = self._tastes(history)
        own = self.item_vectors_[history.entry_items][:, tastes].astype(np.float64)
        vector = np.zeros(len(self.gram_))
        vector[tastes] = self._seen_by(tastes, own.T @ self._inputs(history))
        return multiply(self.item_vectors_, vector)

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        tastes = self._tastes(history)
        own = self.item_vectors_[history.entry_items][:, tastes].astype(np.float64)
        wanted = self.item_vectors_[item_indices][:, tastes].astype(np.float64)
        shares = self._inputs(history)[:, np.newaxis] * (own @ self._seen_by(tastes, wanted.T))
        return [
            [Part(name="ratings", contributions=shares[:, place])]
            for place in range(len(item_indices))
        ]

    def _similarities(self, item_index: int) -> FloatArray:
        return cosines_with(self.item_vectors_, item_index)
