"""Places for what somebody in particular might like: scores far above what an item usually gets.

By score alone the same well-known films stand in the lists of many. An item's score, less its mean
over people and over its deviation, says for whom it stands out, whether many know it or few.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.ranking.moves import Why
from recommendations.engine.threads import side_by_side

# An item whose score hardly differs from person to person stands out for nobody.
_LEAST_DEVIATION = 0.02
_BLOCK = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class UsualScores:
    """What each item gets from people in general, in deviations of a person's scores.

    `means` and `deviations` have shape (n_items,).
    """

    means: FloatArray
    deviations: FloatArray

    def stand_out(self, scores: FloatArray, items: IndexArray, *, deviation: float) -> FloatArray:
        """Return how far scores of these items are above the usual, in the item's deviations.

        `scores` and `items` have shape (k,); `deviation` is that of all scores of the person.
        """
        standard = in_deviations(scores, deviation)
        usual = self.deviations[items] + _LEAST_DEVIATION
        return np.asarray((standard - self.means[items]) / usual)


def learn_usual_scores(
    score_many: Callable[[Sequence[History]], FloatArray],
    histories: Sequence[History],
    *,
    n_items: int,
) -> UsualScores:
    """Return mean and deviation of each item's scores over histories that do not hold it.

    `score_many` returns the scores of histories, shape (n_histories, n_items). Where all of them
    hold an item, or there is no history, both are 0.
    """
    counts, sums, squares = np.zeros((3, n_items), dtype=np.float64)
    blocks = [histories[start : start + _BLOCK] for start in range(0, len(histories), _BLOCK)]
    scored = side_by_side([partial(score_many, block) for block in blocks])
    for block, all_scores in zip(blocks, scored, strict=True):
        for history, scores in zip(block, all_scores, strict=True):
            standard = in_deviations(scores, float(scores.std()))
            standard[history.item_indices] = 0.0
            counts += 1.0
            counts[history.item_indices] -= 1.0
            sums += standard
            squares += standard**2
    means = sums / np.maximum(counts, 1)
    variances = np.maximum(squares / np.maximum(counts, 1) - means**2, 0.0)
    return UsualScores(means=means, deviations=np.sqrt(variances))


def in_deviations(scores: FloatArray, deviation: float) -> FloatArray:
    """Return scores over the deviation of all of a person's; all 0 where these do not differ."""
    return np.asarray(scores / deviation) if deviation > 0 else np.zeros_like(scores)


class StandOut:
    """A force towards what stands out, stronger at some places than at others.

    `stand_out`, shape (n,), belongs to the candidates and is on the scale of their values.
    `shares` say for each place, over and over, how much standing out counts against the value:
    0 not at all, .5 as much, and below 1.
    """

    why: Why = "stands out"

    def __init__(self, stand_out: FloatArray, *, shares: Sequence[float]) -> None:
        """Start at the first place."""
        self._stand_out = stand_out
        self._shares = tuple(shares)
        self._place = 0

    def pull(self) -> FloatArray:
        """Return share / (1 − share) · stand_out for the next place, shape (n,)."""
        return self._stand_out * _weight(self._shares[self._place % len(self._shares)])

    def by_kind(self, k: int) -> tuple[FloatArray, IndexArray]:
        """Return the pull at each kind of place, (n_kinds, n), and the kinds of `k` places."""
        weights, kinds = _kinds_of(self._shares, k)
        return weights[:, np.newaxis] * self._stand_out, kinds

    def take(self, position: int) -> None:
        """Go on to the next place."""
        del position
        self._place += 1


def _weight(share: float) -> float:
    return share / (1.0 - share)


@cache
def _kinds_of(shares: tuple[float, ...], k: int) -> tuple[FloatArray, IndexArray]:
    """Return the weights there are, and the place of that of each of the first `k` places."""
    weights, kinds = np.unique([_weight(share) for share in shares], return_inverse=True)
    return weights, np.resize(kinds, k).astype(np.int64)
