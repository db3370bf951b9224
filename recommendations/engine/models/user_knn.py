"""What people of like taste liked: neighbours of the history among the people of the training.

Herlocker, Konstan, Borchers and Riedl, "An algorithmic framework for performing collaborative
filtering", SIGIR 1999. For comparison and offline use only: it keeps everybody's ratings, so
it refuses to be stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.neighbours import COSINE, PEARSON_BASELINE, SIMILARITIES
from recommendations.engine.models.residual import over_entries, training_residuals

USER_DAMPING = 5.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbourhood:
    """The people most like a history: their rows, and what turns products into likeness.

    The likeness of a person is Σ_i inputs_i · c_i · factor, over the entries i of the history and
    the person's compared values c; `factors` has shape (n_neighbours,).
    """

    rows: IndexArray
    factors: FloatArray
    inputs: FloatArray


@dataclass(kw_only=True, eq=False)
class UserKnn(Recommender):
    """Score by what the `neighbours` people most like the history rated.

    With x the history and c_u a person, both as weights ("cosine") or as residuals to the
    damped bias ("pearson-baseline"), s_u is their shrunk likeness and score_j = Σ_u s_u w_uj over
    the neighbours. s_u is linear in x given its norm and what is in common, so a rating's share
    is exact for the neighbourhood as it came out. `rating_weights` are w for 1 to 5 stars.
    """

    name: ClassVar[str] = "user_knn"
    is_servable: ClassVar[bool] = False
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "similarity": SIMILARITIES,
        "shrinkage": (0.0, 10.0, 50.0, 100.0),
        "neighbours": (50, 100, 200, 400),
        "rating_weights": (
            (0.0, 0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.3, 1.0, 1.2),
            (0.2, 0.3, 0.5, 1.0, 1.2),
        ),
    }
    similarity: str = COSINE
    shrinkage: float = 0.0
    neighbours: int = 100
    rating_weights: tuple[float, ...] = (0.0, 0.0, 0.3, 1.0, 1.2)

    def _check_hyperparameters(self) -> None:
        if self.similarity not in SIMILARITIES:
            raise HyperparameterError(
                f"user_knn: similarity must be one of {', '.join(SIMILARITIES)}"
            )
        if self.shrinkage < 0 or self.neighbours < 1:
            raise HyperparameterError("user_knn: shrinkage must be 0 or more, neighbours 1 or more")
        if len(self.rating_weights) != len(WHOLE_STARS):
            raise HyperparameterError("user_knn: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        rated = interactions.user_items.copy()
        rated.data = weigh_stars(rated.data, self.rating_weights).astype(np.float32)
        weights = cast("CsrMatrix", sparse.csr_array(rated + interactions.event_weights))
        weights.eliminate_zeros()
        bias = Bias(user_damping=USER_DAMPING).fit(interactions)
        self.mean_, self.item_effects_ = bias.mean_, bias.item_effects_
        is_pearson = self.similarity == PEARSON_BASELINE
        self.weights_ = weights.astype(np.float64)
        self.compared_ = (
            training_residuals(interactions, bias).astype(np.float64)
            if is_pearson
            else self.weights_
        )
        self.pattern_ = self.compared_.astype(np.bool_).astype(np.float64)
        self.squares_ = self.compared_.power(2)

    def _inputs(self, history: History) -> FloatArray:
        """Return what is compared of every entry, shape (n_entries,)."""
        if self.similarity == PEARSON_BASELINE:
            rest = history.values - self.mean_[0] - self.item_effects_[history.item_indices]
            effect = rest.sum() / (history.n_ratings + USER_DAMPING)
            return over_entries(rest - effect, history)
        weights = weigh_stars(history.values, self.rating_weights)
        return np.concatenate([weights, history.event_weights]).astype(np.float64)

    def _neighbourhood(self, history: History) -> Neighbourhood:
        inputs = self._inputs(history)
        profile = np.bincount(history.entry_items, weights=inputs, minlength=self.n_items)
        is_own = (profile != 0).astype(np.float64)
        common = self.pattern_ @ is_own
        if self.similarity == PEARSON_BASELINE:
            lengths = np.sqrt((self.squares_ @ is_own) * (self.pattern_ @ profile**2))
        else:
            lengths = np.sqrt(self.squares_.sum(axis=1) * (profile**2).sum())
        lengths *= 1.0 + self.shrinkage / np.maximum(common, 1.0)
        factors = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        likeness = factors * (self.compared_ @ profile)
        rows = np.argsort(-likeness, kind="stable")[: self.neighbours]
        rows = rows[likeness[rows] > 0]
        return Neighbourhood(rows=rows, factors=factors[rows], inputs=inputs)

    def _score(self, history: History) -> FloatArray:
        near = self._neighbourhood(history)
        compared = self.compared_[near.rows][:, history.entry_items]
        likeness = near.factors * (compared @ near.inputs)
        return np.asarray(self.weights_[near.rows].T @ likeness, dtype=np.float64)

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        near = self._neighbourhood(history)
        compared = self.compared_[near.rows][:, history.entry_items].toarray()
        wanted = self.weights_[near.rows][:, item_indices].toarray()
        spoken = near.factors[:, np.newaxis] * wanted
        shares = near.inputs[:, np.newaxis] * (compared.T @ spoken)
        return [
            [Part(name="ratings", contributions=shares[:, place])]
            for place in range(len(item_indices))
        ]
