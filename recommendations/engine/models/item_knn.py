"""Items liked by whom liked this: neighbours of items, for lists and for stars.

Sarwar, Karypis, Konstan and Riedl, "Item-based collaborative filtering recommendation
algorithms", WWW 2001; stars with the baseline and shrunk correlations of Koren, "Factor in the
neighbors", ACM TKDD 4(1), 2010.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.neighbours import (
    COSINE,
    PEARSON_BASELINE,
    SIMILARITIES,
    nearest_columns,
)
from recommendations.engine.models.residual import ResidualPredictor


@dataclass(kw_only=True, eq=False)
class ItemKnn(ResidualPredictor):
    """Score by likeness to what the history holds; expect stars by the residuals of neighbours.

    Each item has its `neighbours` nearest by `similarity` and score_j = Σ_i w(r_i) s_ij. For
    stars it has `star_neighbours` by `star_similarity` t, and they are the bias +
    Σ_i t_ij^power e_i / (Σ_i t_ij^power + `damping`) over the ratings of the history, e_i their
    residuals. `rating_weights` are w for 1 to 5 stars, and what "cosine" compares;
    "pearson-baseline" compares residuals.
    """

    name: ClassVar[str] = "item_knn"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "shrinkage": (0.0, 10.0, 50.0, 100.0),
        "neighbours": (30, 50, 100, 200),
        "rating_weights": (
            (0.0, 0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.3, 1.0, 1.2),
            (0.2, 0.3, 0.5, 1.0, 1.2),
        ),
        "star_shrinkage": (50.0, 100.0, 200.0),
        "star_neighbours": (100, 200, 400, 800),
        "power": (1.0, 2.0, 3.0),
        "damping": (0.01, 0.03, 0.1),
    }
    similarity: str = COSINE
    shrinkage: float = 10.0
    neighbours: int = 100
    rating_weights: tuple[float, ...] = (0.2, 0.3, 0.5, 1.0, 1.2)
    star_similarity: str = PEARSON_BASELINE
    star_shrinkage: float = 100.0
    star_neighbours: int = 200
    power: float = 2.0
    damping: float = 0.03

    def _check_hyperparameters(self) -> None:
        super()._check_hyperparameters()
        if not {self.similarity, self.star_similarity} <= set(SIMILARITIES):
            raise HyperparameterError(
                f"item_knn: similarities must be among {', '.join(SIMILARITIES)}"
            )
        if min(self.shrinkage, self.star_shrinkage) < 0:
            raise HyperparameterError("item_knn: shrinkages must be 0 or more")
        if min(self.neighbours, self.star_neighbours) < 1:
            raise HyperparameterError("item_knn: neighbours must be 1 or more")
        if min(self.power, self.damping) <= 0:
            raise HyperparameterError("item_knn: power and damping must be above 0")
        if len(self.rating_weights) != len(WHOLE_STARS):
            raise HyperparameterError("item_knn: rating_weights needs a weight for each star")

    def _fit_residuals(self, interactions: Interactions, residuals: CsrMatrix) -> None:
        rated = interactions.user_items.copy()
        rated.data = self._weigh(rated.data).astype(np.float32)
        likings = cast("CsrMatrix", sparse.csr_array(rated + interactions.event_weights))
        compared = {COSINE: likings, PEARSON_BASELINE: residuals}
        self.similarities_ = nearest_columns(
            compared[self.similarity],
            similarity=self.similarity,
            shrinkage=self.shrinkage,
            neighbours=self.neighbours,
        )
        self.star_similarities_ = nearest_columns(
            compared[self.star_similarity],
            similarity=self.star_similarity,
            shrinkage=self.star_shrinkage,
            neighbours=self.star_neighbours,
        )

    def _weigh(self, stars: Float32Array) -> FloatArray:
        return weigh_stars(stars, self.rating_weights)

    def _inputs(self, history: History) -> FloatArray:
        return np.concatenate([self._weigh(history.values), history.event_weights])

    def _score(self, history: History) -> FloatArray:
        alike = self.similarities_[history.entry_items].astype(np.float64)
        return np.asarray(alike.T @ self._inputs(history))

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        alike = _block(self.similarities_, history.entry_items, np.array(item_indices))
        shares = self._inputs(history)[:, np.newaxis] * alike
        return [
            [Part(name="ratings", contributions=shares[:, place])]
            for place in range(len(item_indices))
        ]

    def _corrections(self, residuals: FloatArray, history: History) -> FloatArray:
        alike = self.star_similarities_[history.item_indices].astype(np.float64)
        alike.data **= self.power
        sums = np.asarray(alike.sum(axis=0), dtype=np.float64)
        return np.asarray(alike.T @ residuals, dtype=np.float64) / (sums + self.damping)

    def _correction_shares(
        self, residuals: FloatArray, history: History, item_indices: IndexArray
    ) -> FloatArray:
        alike = _block(self.star_similarities_, history.item_indices, item_indices) ** self.power
        shares = residuals[:, np.newaxis] * alike / (alike.sum(axis=0) + self.damping)
        return np.asarray(shares, dtype=np.float64)

    def _similarities(self, item_index: int) -> FloatArray:
        return np.asarray(self.similarities_[:, [item_index]].toarray()[:, 0], dtype=np.float64)


def _block(similarities: CsrMatrix, rows: IndexArray, columns: IndexArray) -> FloatArray:
    """Return these rows and columns, dense float64."""
    return np.asarray(similarities[rows][:, columns].toarray(), dtype=np.float64)
