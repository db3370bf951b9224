"""How much more than others people of a demographic group rate each item.

Only counts of whole groups are kept, and of none with fewer than `FEWEST_PEOPLE`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommendations.engine.arrays import Float32Array, FloatArray
from recommendations.engine.interactions import Interactions

FEWEST_PEOPLE = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupLifts:
    """A row of log lifts for each label, such as "gender:F": shape (n_labels, n_items)."""

    labels: tuple[str, ...]
    lifts: Float32Array

    @classmethod
    def learn(cls, interactions: Interactions, *, damping: float) -> Self:
        """Return log((count + damping) / (expected count + damping)) for each group and item.

        Expected is the item's count among all people, times the group's share of all ratings.
        """
        members: dict[str, list[int]] = {}
        for user_index, labels in enumerate(interactions.groups):
            for label in labels:
                members.setdefault(label, []).append(user_index)
        known = sorted(label for label, users in members.items() if len(users) >= FEWEST_PEOPLE)
        counts = _count_ratings(interactions)
        lifts = np.zeros((len(known), interactions.n_items), dtype=np.float32)
        for row, label in enumerate(known):
            own = _count_ratings(interactions.keep_users(np.array(members[label])))
            expected = counts * (own.sum() / counts.sum())
            lifts[row] = np.log((own + damping) / (expected + damping))
        return cls(labels=tuple(known), lifts=lifts)

    def of(self, group: tuple[str, ...]) -> FloatArray:
        """Return the mean lift over the labels that are known, 0 where none is."""
        rows = [self.labels.index(label) for label in group if label in self.labels]
        if not rows:
            return np.zeros(self.lifts.shape[1], dtype=np.float64)
        return np.asarray(self.lifts[rows].mean(axis=0, dtype=np.float64))


def _count_ratings(interactions: Interactions) -> FloatArray:
    counts = np.bincount(interactions.user_items.indices, minlength=interactions.n_items)
    return counts.astype(np.float64)
