"""What people like when they come back: likes after a break, beyond what popularity foretells.

Whoever has rated a hundred films finds few of the best known among them when they return weeks
later; they come with what was released or found since. For each return r, the first rating after
a break, with p_j the number of likes of item j and U the items that the person had not rated yet,

    lift_j = Σ_r v_r ([j was liked after r] / likes after r  −  p_j [j ∈ U_r] / Σ_{i ∈ U_r} p_i).

The votes v of one person's returns sum to 1, but for what they have lost with age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.evidence import LIKED_STARS
from recommendations.engine.score_sums import PartialScores

_SECONDS_AN_HOUR = 3_600
_LIKES_OF_NONE = 0.5  # an item that nobody liked yet could have been liked


@dataclass(kw_only=True, eq=False)
class Returns(Recommender):
    """Rank items by how much more they are liked after a break than their popularity says.

    A break lasts `break_hours` or more; a return loses half its vote in `half_life_days`. Ratings
    of the history play no role. Without timestamps all items score 0.
    """

    name: ClassVar[str] = "returns"
    has_contributions: ClassVar[bool] = False
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "break_hours": (3.0, 24.0, 72.0, 168.0),
        "half_life_days": (60.0, 365.0, 1500.0),
    }
    break_hours: float = 24.0
    half_life_days: float = 365.0

    def _check_hyperparameters(self) -> None:
        if min(self.break_hours, self.half_life_days) <= 0:
            raise HyperparameterError("returns: break_hours and half_life_days must be above 0")

    def _fit(self, interactions: Interactions) -> None:
        trail = _Trail.of(interactions)
        likes = np.bincount(trail.items[trail.is_liked], minlength=interactions.n_items)
        returns = self._find_returns(trail)
        popularity = likes.astype(np.float64) + _LIKES_OF_NONE
        foretold = _share_foretold(trail, returns, popularity=popularity)
        self.lifts_ = _share_liked(trail, returns, n_items=interactions.n_items) - foretold

    def _find_returns(self, trail: "_Trail") -> "_Returns":
        pauses = np.diff(trail.timestamps, prepend=trail.timestamps[:1])
        is_return = (trail.starts != np.arange(len(pauses))) & (
            pauses >= self.break_hours * _SECONDS_AN_HOUR
        )
        positions = np.flatnonzero(is_return)
        likes_before = np.concatenate([[0], np.cumsum(trail.is_liked)])
        likes_after = likes_before[trail.stops[positions]] - likes_before[positions]
        positions, likes_after = positions[likes_after > 0], likes_after[likes_after > 0]
        starts = trail.starts[positions]
        n_returns = np.bincount(starts, minlength=len(pauses))[starts]
        ages = trail.timestamps.max(initial=0) - trail.timestamps[positions]
        votes = np.exp2(-ages / (24 * _SECONDS_AN_HOUR * self.half_life_days)) / n_returns
        return _Returns(positions=positions, likes_after=likes_after, votes=votes)

    def _score(self, history: History) -> FloatArray:
        del history
        return self.lifts_.copy()

    def _partial_scores(self, histories: Sequence[History]) -> PartialScores:
        return PartialScores.of_everybody(self.lifts_, n_histories=len(histories))

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        del history
        return [[Part(name="lift", constant=float(self.lifts_[item]))] for item in item_indices]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Trail:
    """All ratings, person by person, oldest first: arrays of shape (n_ratings,).

    `starts` and `stops` are where the ratings of the same person begin and end.
    """

    items: IndexArray
    timestamps: IndexArray
    is_liked: BoolArray
    starts: IndexArray
    stops: IndexArray

    @classmethod
    def of(cls, interactions: Interactions) -> Self:
        order = np.lexsort((interactions.sequence, interactions.rating_users))
        matrix, users = interactions.user_items, interactions.rating_users
        indptr = matrix.indptr.astype(np.int64)
        return cls(
            items=matrix.indices[order].astype(np.int64),
            timestamps=interactions.timestamps[order],
            is_liked=matrix.data[order] >= LIKED_STARS,
            starts=indptr[users],
            stops=indptr[users + 1],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Returns:
    """Returns with a like to come: arrays of shape (n_returns,), `positions` in the trail."""

    positions: IndexArray
    likes_after: IndexArray
    votes: FloatArray


def _share_liked(trail: _Trail, returns: _Returns, *, n_items: int) -> FloatArray:
    """Return Σ_r v_r [j was liked after r] / likes after r, shape (n_items,)."""
    shares = returns.votes / returns.likes_after
    reached = _spread(returns.positions, trail.stops[returns.positions], shares, len(trail.items))
    liked = np.bincount(trail.items, weights=reached * trail.is_liked, minlength=n_items)
    return liked.astype(np.float64)


def _share_foretold(trail: _Trail, returns: _Returns, *, popularity: FloatArray) -> FloatArray:
    """Return Σ_r v_r p_j [j ∈ U_r] / Σ_{i ∈ U_r} p_i, shape (n_items,)."""
    starts = trail.starts[returns.positions]
    rated = np.concatenate([[0.0], np.cumsum(popularity[trail.items])])
    unrated = popularity.sum() - (rated[returns.positions] - rated[starts])
    shares = returns.votes / unrated
    taken = _spread(starts, returns.positions, shares, len(trail.items))
    taken_of = np.bincount(trail.items, weights=taken, minlength=len(popularity))
    return np.asarray(popularity * (shares.sum() - taken_of))


def _spread(starts: IndexArray, stops: IndexArray, values: FloatArray, length: int) -> FloatArray:
    """Return for each place the sum of the values whose span from start to stop holds it."""
    begun = np.bincount(starts, weights=values, minlength=length + 1)
    ended = np.bincount(stops, weights=values, minlength=length + 1)
    return np.cumsum(begun - ended, dtype=np.float64)[:length]
