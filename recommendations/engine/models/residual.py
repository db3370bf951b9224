"""The damped bias, and what a person's ratings say beyond it."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import CsrMatrix, FloatArray, IndexArray
from recommendations.engine.base import StarPredictor
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bias import Bias


@dataclass(kw_only=True, eq=False)
class ResidualPredictor(StarPredictor):
    """Expect the damped bias plus a sum over the residuals of the history.

    A residual is a rating less the bias that the history gives the person.
    """

    item_damping: float = 5.0
    user_damping: float = 5.0
    rounds: int = 15

    def _fit(self, interactions: Interactions) -> None:
        bias = Bias(
            item_damping=self.item_damping, user_damping=self.user_damping, rounds=self.rounds
        ).fit(interactions)
        self.mean_ = bias.mean_
        self.item_effects_ = bias.item_effects_
        self._fit_residuals(interactions, training_residuals(interactions, bias))

    @abstractmethod
    def _fit_residuals(self, interactions: Interactions, residuals: CsrMatrix) -> None:
        """Learn from the residuals, CSR float32 of shape (n_users, n_items)."""

    @abstractmethod
    def _corrections(self, residuals: FloatArray, history: History) -> FloatArray:
        """Return what the residuals add to the bias of every item, shape (n_items,)."""

    @abstractmethod
    def _correction_shares(
        self, residuals: FloatArray, history: History, item_indices: IndexArray
    ) -> FloatArray:
        """Return what each rating adds to these items, shape (n_ratings, len(item_indices))."""

    def _check_hyperparameters(self) -> None:
        if min(self.item_damping, self.user_damping) <= 0 or self.rounds < 1:
            raise HyperparameterError(f"{self.name}: dampings must be above 0, rounds 1 or more")

    def _residuals(self, history: History) -> tuple[FloatArray, FloatArray]:
        """Return each rating's share of the user effect, and its residual: (n_ratings,) each."""
        rest = history.values - self.mean_[0] - self.item_effects_[history.item_indices]
        shares = rest / (history.n_ratings + self.user_damping)
        return shares, rest - shares.sum()

    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        shares, residuals = self._residuals(history)
        stars = self.mean_[0] + self.item_effects_ + shares.sum()
        return np.asarray((stars + self._corrections(residuals, history))[item_indices])

    def _predict_unknown(self, history: History) -> float:
        return float(self.mean_[0] + self._residuals(history)[0].sum())

    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        return self._all_star_parts(history, [item_index])[0]

    def _all_star_parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        effects, residuals = self._residuals(history)
        shares = self._correction_shares(residuals, history, np.array(item_indices))
        user_effect = Part(name="user-effect", contributions=over_entries(effects, history))
        return [
            [
                Part(name="overall-mean", constant=float(self.mean_[0])),
                Part(name="item-effect", constant=float(self.item_effects_[item])),
                user_effect,
                Part(name="ratings", contributions=over_entries(shares[:, place], history)),
            ]
            for place, item in enumerate(item_indices)
        ]


def training_residuals(interactions: Interactions, bias: Bias) -> CsrMatrix:
    """Return what a fitted bias leaves of each rating, CSR float32, shape (n_users, n_items)."""
    residuals = interactions.user_items.copy()
    users = interactions.rating_users
    rest = residuals.data - bias.mean_[0] - bias.item_effects_[residuals.indices]
    counts = np.diff(residuals.indptr)
    sums = np.bincount(users, weights=rest, minlength=len(counts))
    residuals.data = (rest - (sums / (counts + bias.user_damping))[users]).astype(np.float32)
    return residuals


def over_entries(shares: FloatArray, history: History) -> FloatArray:
    """Return the shares of ratings as shares of all entries: events add 0."""
    return np.concatenate([shares, np.zeros(len(history.events), dtype=np.float64)])
