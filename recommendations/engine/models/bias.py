"""Damped bias: stars = overall mean + item effect + user effect.

Ricci, Rokach, Shapira and Kantor (eds.), Recommender Systems Handbook, 2011, chapter 5
(Koren and Bell), with the two effects fitted in turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.base import StarPredictor
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions


@dataclass(kw_only=True, eq=False)
class Bias(StarPredictor):
    """Expect the mean, shifted by how the film is liked and how the person rates.

    Scores are stars before clipping. A history is folded in: the user effect is the damped mean
    of what its ratings leave unexplained.
    """

    name: ClassVar[str] = "bias"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "item_damping": (2.0, 5.0, 10.0, 25.0),
        "user_damping": (2.0, 5.0, 10.0, 25.0),
        "rounds": (5, 15),
    }
    item_damping: float = 5.0
    user_damping: float = 5.0
    rounds: int = 15

    def _check_hyperparameters(self) -> None:
        if min(self.item_damping, self.user_damping) <= 0 or self.rounds < 1:
            raise HyperparameterError("bias: dampings must be above 0 and rounds at least 1")

    def _fit(self, interactions: Interactions) -> None:
        items, users = interactions.user_items.indices, interactions.rating_users
        values = interactions.user_items.data.astype(np.float64)
        mean = values.mean()
        item_counts = np.bincount(items, minlength=interactions.n_items)
        user_counts = np.bincount(users, minlength=interactions.n_users)
        item_effects = np.zeros(interactions.n_items)
        user_effects = np.zeros(interactions.n_users)
        for _ in range(self.rounds):
            rest = values - mean - user_effects[users]
            sums = np.bincount(items, weights=rest, minlength=interactions.n_items)
            item_effects = sums / (item_counts + self.item_damping)
            rest = values - mean - item_effects[items]
            sums = np.bincount(users, weights=rest, minlength=interactions.n_users)
            user_effects = sums / (user_counts + self.user_damping)
        rest = values - mean - item_effects[items] - user_effects[users]
        self.mean_ = np.array([mean])
        self.item_effects_ = item_effects
        self.variance_ = np.array([rest @ rest / len(rest)])
        self.item_variances_ = self.variance_ / (item_counts + self.item_damping)

    def _user_shares(self, history: History) -> FloatArray:
        """Return what each entry adds to the user effect, shape (n_entries,); events add 0."""
        shares = np.zeros(history.n_entries, dtype=np.float64)
        rest = history.values - self.mean_[0] - self.item_effects_[history.item_indices]
        shares[: history.n_ratings] = rest / (history.n_ratings + self.user_damping)
        return shares

    def _score(self, history: History) -> FloatArray:
        return np.asarray(self.mean_[0] + self.item_effects_ + self._user_shares(history).sum())

    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        return self._score(history)[item_indices]

    def _deviations(self, history: History, item_indices: IndexArray) -> FloatArray:
        variances = self._person_variance(history) + self.item_variances_[item_indices]
        return np.asarray(np.sqrt(variances))

    def _deviation_of_unknown(self, history: History) -> float:
        of_item = self.variance_[0] / self.item_damping
        return float(np.sqrt(self._person_variance(history) + of_item))

    def _person_variance(self, history: History) -> float:
        """Return the variance of a rating of an item whose effect is known."""
        of_person = self.variance_[0] / (history.n_ratings + self.user_damping)
        return float(self.variance_[0] + of_person)

    def _predict_unknown(self, history: History) -> float:
        return float(self.mean_[0] + self._user_shares(history).sum())

    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        return [
            Part(name="overall-mean", constant=float(self.mean_[0])),
            Part(name="item-effect", constant=float(self.item_effects_[item_index])),
            Part(name="user-effect", contributions=self._user_shares(history)),
        ]

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        return [self._star_parts(history, item) for item in item_indices]
