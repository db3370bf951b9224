"""A list with the genres of the person's history, in its proportions.

Steck, "Calibrated recommendations", RecSys 2018: (1 − λ) · Σ score − λ · KL(p ‖ q̃) is maximised
greedily, where p is the mix of the history, q that of the list, and q̃ = (1 − α) q + α p.
"""

from collections.abc import Sequence

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.history import History, weigh_stars
from recommendations.engine.ranking.diversity import LEAST_RELEVANCE, put_on_unit_scale
from recommendations.engine.ranking.greedy import choose
from recommendations.engine.ranking.moves import Why

SMOOTHING = 0.01
# A film that was disliked says little about the genres wanted.
_SHARE_OF_STARS = (0.0, 0.1, 0.4, 1.0, 1.2)
_SECONDS_A_DAY = 86_400


def genre_membership(genres: Sequence[Sequence[int]], *, n_genres: int) -> FloatArray:
    """Return the share of each genre in each item, shape (n_items, n_genres).

    Rows sum to 1, an item's genres having equal shares; an item without any has a row of zeros.
    """
    membership = np.zeros((len(genres), n_genres), dtype=np.float64)
    for item, numbers in enumerate(genres):
        distinct = sorted(set(numbers))
        membership[item, distinct] = 1.0 / max(len(distinct), 1)
    return membership


def genre_mix(
    history: History, entry_membership: FloatArray, *, half_life_days: float | None = None
) -> FloatArray | None:
    """Return the share of each genre in what a person likes, shape (n_genres,), summing to 1.

    `entry_membership`, shape (n_entries, n_genres), is that of `history.entry_items`. Ratings
    count by their stars, events by their weight where it is above 0; with `half_life_days` each
    loses half of its weight in that time. Returns None where nothing liked has a genre.
    """
    stars = weigh_stars(history.values, _SHARE_OF_STARS)
    weights = np.concatenate([stars, np.maximum(history.event_weights, 0.0)])
    if half_life_days is not None:
        times = np.concatenate([history.timestamps, history.events.timestamps])
        ages = np.maximum(history.as_of - times, 0) / _SECONDS_A_DAY
        weights = weights * np.exp2(-ages / half_life_days)
    mix = weights @ entry_membership
    total = float(mix.sum())
    return mix / total if total > 0 else None


def divergence(wanted: FloatArray, found: FloatArray, *, smoothing: float = SMOOTHING) -> float:
    """Return KL(p ‖ q̃) of the mix `wanted` and the mix `found`, both of shape (n_genres,).

    It is 0 where they agree and at most −log(smoothing); a list without genres has a mix of zeros.
    """
    is_wanted = wanted > 0
    p, q = wanted[is_wanted], found[is_wanted]
    return float((p * np.log(p / ((1 - smoothing) * q + smoothing * p))).sum())


class GenreFit:
    """A force towards the mix of genres that is wanted: −strength · KL(p ‖ q̃) of the list so far.

    `membership`, shape (n, n_genres), belongs to the candidates and `wanted`, shape (n_genres,),
    sums to 1. Only the genres a candidate has are looked at: for each the divergence is that of
    the list diluted by one item, less p · log(1 + share / diluted). Films have few genres, and few
    distinct shares of them, so a place costs a small table and a sum over it.
    """

    why: Why = "genre mix"

    def __init__(
        self,
        membership: FloatArray,
        wanted: FloatArray,
        *,
        strength: float,
        smoothing: float = SMOOTHING,
    ) -> None:
        """Start with an empty list."""
        self._membership = membership[:, wanted > 0]
        self._wanted = wanted[wanted > 0]
        self._strength = strength
        self._smoothing = smoothing
        self._has_genres = np.asarray(membership.any(axis=1))
        self._sum = np.zeros(len(self._wanted), dtype=np.float64)
        self._n_taken = 0
        self._entropy = float((self._wanted * np.log(self._wanted)).sum())
        self._tabulate()

    def _tabulate(self) -> None:
        rows, genres = np.nonzero(self._membership)
        shares = self._membership[rows, genres]
        # Shares are at most 1, so genre + share / 2 tells every pair apart.
        keys, self._cells = np.unique(genres + shares / 2, return_inverse=True)
        self._rows = rows
        self._cell_genres = keys.astype(np.int64)
        self._cell_shares = (keys - self._cell_genres) * 2 * (1 - self._smoothing)

    def pull(self) -> FloatArray:
        """Return −strength · KL(p ‖ q̃) with each candidate added, shape (n,)."""
        after = self._n_taken + 1
        smoothed = self._smoothing * self._wanted
        diluted = (1 - self._smoothing) * self._sum / after + smoothed
        floor = self._entropy - float(self._wanted @ np.log(diluted))
        lifts = self._cell_shares / (after * diluted[self._cell_genres])
        table = self._wanted[self._cell_genres] * np.log1p(lifts)
        gains = np.bincount(self._rows, weights=table[self._cells], minlength=len(self._has_genres))
        divergences = floor - gains
        if not self._has_genres.all():
            divergences = np.where(self._has_genres, divergences, self._now())
        return np.asarray(-self._strength * divergences)

    def take(self, position: int) -> None:
        """Count an item in; one without genres changes nothing."""
        if self._has_genres[position]:
            self._sum += self._membership[position]
            self._n_taken += 1

    def _now(self) -> float:
        found = self._sum / max(self._n_taken, 1)
        return divergence(self._wanted, found, smoothing=self._smoothing)


def calibrate(
    candidates: IndexArray,
    *,
    scores: FloatArray,
    membership: FloatArray,
    wanted: FloatArray | None,
    k: int,
    calibration: float,
) -> IndexArray:
    """Return `k` of the candidates whose genres come near the mix that is wanted.

    Candidates are in order of score; `scores`, shape (n,), and `membership`, shape (n, n_genres),
    belong to them, `wanted` is `genre_mix`: without one the order stays. Scores are put on 0..1;
    `calibration` is Steck's λ, 0 keeping the order and 1 asking for the genres alone.
    """
    relevance = put_on_unit_scale(scores) * max(1.0 - calibration, LEAST_RELEVANCE)
    if wanted is None or not calibration:
        return candidates[choose(relevance, k=k, forces=[]).positions]
    force = GenreFit(membership, wanted, strength=calibration)
    return candidates[choose(relevance, k=k, forces=[force]).positions]
