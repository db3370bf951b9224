"""Popularity: widely rated and well rated, and by people like this one.

The score is log of (damped mean) · (damped count): as a sum of logarithms, so that its parts add
up. The damped mean is the Bayesian one with `mean_damping` ratings of the overall mean added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommendations.engine.arrays import FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.evidence import LIKED_STARS
from recommendations.engine.models.groups import GroupLifts
from recommendations.engine.models.terms import Vocabulary
from recommendations.engine.score_sums import PartialScores

SECONDS_A_DAY = 86_400


@dataclass(kw_only=True, eq=False)
class Popularity(Recommender):
    """Rank items by how many rated them and how well; ratings of the history play no role.

    `mean_weight` and `count_weight` are the powers of the mean and of the count. `liked_weight`
    adds the number of people who liked the item, over its deviation among items: by itself it
    gives nearly the same order, but sets the few that most people like far apart from the rest,
    which matters in a sum with other models. `recent_weight` adds the count of
    ratings in which each loses half its weight in `half_life_days`; without timestamps it is 0.
    `group_weight` adds what the person's demographic groups rate more than others do; it fades
    with every entry of the history and is nothing from `first_entries` on.
    """

    name: ClassVar[str] = "popularity"
    has_contributions: ClassVar[bool] = False
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "mean_weight": (0.0, 1.0, 3.0, 5.0),
        "mean_damping": (5.0, 20.0, 80.0),
        "recent_weight": (0.0, 0.3, 1.0),
        "half_life_days": (30.0, 60.0, 180.0),
        "group_weight": (0.0, 1.0, 2.0, 4.0),
    }
    mean_damping: float = 20.0
    count_damping: float = 10.0
    mean_weight: float = 3.0
    count_weight: float = 1.0
    liked_weight: float = 0.0
    recent_weight: float = 0.0
    half_life_days: float = 60.0
    group_weight: float = 2.0
    group_damping: float = 30.0
    first_entries: int = 10

    def __post_init__(self) -> None:
        """Start with nothing added up."""
        self._added_up: tuple[tuple[FloatArray, ...], FloatArray] = (), np.zeros(0)

    def _forget(self) -> None:
        super()._forget()
        self._added_up = (), np.zeros(0)

    def _check_hyperparameters(self) -> None:
        dampings = (self.mean_damping, self.count_damping, self.group_damping)
        if min(*dampings, self.half_life_days, self.first_entries) <= 0:
            raise HyperparameterError(
                "popularity: dampings, half-life and first_entries must be above 0"
            )

    def _fit(self, interactions: Interactions) -> None:
        item_indices = interactions.user_items.indices
        values = interactions.user_items.data.astype(np.float64)
        counts = np.bincount(item_indices, minlength=interactions.n_items).astype(np.float64)
        sums = np.bincount(item_indices, weights=values, minlength=interactions.n_items)
        means = (sums + self.mean_damping * values.mean()) / (counts + self.mean_damping)
        self.mean_part_ = self.mean_weight * np.log(means)
        self.count_part_ = self.count_weight * np.log(counts + self.count_damping)
        likes = np.bincount(item_indices[values >= LIKED_STARS], minlength=interactions.n_items)
        self.liked_part_ = self.liked_weight * _in_deviations(likes.astype(np.float64))
        self.recent_part_ = self.recent_weight * np.log(
            self._recent_counts(interactions) + self.count_damping
        )
        learned = GroupLifts.learn(interactions, damping=self.group_damping)
        labels = Vocabulary.of(learned.labels)
        self.group_letters_, self.group_ends_ = labels.letters, labels.ends
        self.group_lifts_ = learned.lifts

    def _recent_counts(self, interactions: Interactions) -> FloatArray:
        if not interactions.newest_timestamp:
            return np.zeros(interactions.n_items, dtype=np.float64)
        ages = interactions.newest_timestamp - interactions.timestamps
        weights = np.exp2(-ages / (SECONDS_A_DAY * self.half_life_days))
        indices = interactions.user_items.indices
        counts = np.bincount(indices, weights=weights, minlength=interactions.n_items)
        return counts.astype(np.float64)

    def _fading(self, history: History) -> float:
        """Return how much of what its groups rate more counts for a history, 0 to 1."""
        has_groups = bool(history.group) and bool(self.group_weight)
        return max(0.0, 1.0 - history.n_entries / self.first_entries) if has_groups else 0.0

    def _group_part(self, history: History) -> FloatArray:
        fading = self._fading(history)
        if not fading:
            return np.zeros(self.n_items, dtype=np.float64)
        vocabulary = Vocabulary(letters=self.group_letters_, ends=self.group_ends_)
        labels = tuple(vocabulary.term(number) for number in range(len(self.group_ends_)))
        lift = GroupLifts(labels=labels, lifts=self.group_lifts_).of(history.group)
        return np.asarray(self.group_weight * fading * lift)

    def _everybody(self) -> FloatArray:
        """Return the sum of the parts, added up once for as long as they are the same."""
        parts = (self.mean_part_, self.count_part_, self.liked_part_, self.recent_part_)
        known, total = self._added_up
        if len(known) != len(parts) or any(
            old is not new for old, new in zip(known, parts, strict=True)
        ):
            total = np.asarray(sum(parts), dtype=np.float64)
            self._added_up = parts, total
        return total

    def _score(self, history: History) -> FloatArray:
        return np.asarray(self._everybody() + self._group_part(history))

    def _score_many(self, histories: Sequence[History]) -> FloatArray:
        scores = np.tile(self._everybody(), (len(histories), 1))
        for row, history in enumerate(histories):
            if self._fading(history):
                scores[row] += self._group_part(history)
        return scores

    def _partial_scores(self, histories: Sequence[History]) -> PartialScores | None:
        if any(self._fading(history) for history in histories):
            return None
        return PartialScores.of_everybody(self._everybody(), n_histories=len(histories))

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        group_part = self._group_part(history)
        return [
            [
                Part(name="well-rated", constant=float(self.mean_part_[item])),
                Part(name="widely-rated", constant=float(self.count_part_[item])),
                Part(name="widely-liked", constant=float(self.liked_part_[item])),
                Part(name="recent", constant=float(self.recent_part_[item])),
                Part(name="group", constant=float(group_part[item])),
            ]
            for item in item_indices
        ]


def _in_deviations(values: FloatArray) -> FloatArray:
    deviation = float(values.std())
    return values / deviation if deviation > 0 else np.zeros_like(values)
