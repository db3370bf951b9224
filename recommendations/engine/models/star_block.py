"""Many histories folded into the star model at once, as far as expected stars need it.

The formulas are those of `star_members` and `star_person`. Sums over a person's ratings are sparse
products here, so that no array has a row of second moments for each rating.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.models.bayesian_factors import precision_weights
from recommendations.engine.models.residual_neighbours import left_out_factors
from recommendations.engine.models.star_loops import (
    Evidence,
    Inputs,
    add_ratings,
    add_rows,
    invert_all,
    leave_out,
    rows_of,
    solve,
)
from recommendations.engine.models.star_members import (
    HALF_INFLATED,
    ROUNDS,
    FoldInSettings,
    StarMember,
    entry_weights,
)
from recommendations.engine.models.symmetric import unpack


@dataclass(frozen=True, kw_only=True, eq=False)
class StarBlock:
    """Histories end to end: `items` and `centred` (stars minus the mean) of all their ratings.

    The ratings of history h are those from `ends[h]` to `ends[h + 1]`.
    """

    histories: Sequence[History]
    items: IndexArray
    centred: FloatArray
    ends: IndexArray

    @classmethod
    def of(cls, histories: Sequence[History], *, mean: float) -> Self:
        """Return the block of these histories, one at least."""
        ends = ends_of([history.n_ratings for history in histories])
        values = np.concatenate([history.values for history in histories])
        return cls(
            histories=histories,
            items=np.concatenate([history.item_indices for history in histories], dtype=np.int64),
            centred=values.astype(np.float64) - mean,
            ends=ends,
        )

    @property
    def _inputs(self) -> Inputs:
        return self.centred, self.items, self.ends

    @cached_property
    def counts(self) -> IndexArray:
        """Return the number of ratings of each history, shape (n_histories,)."""
        return np.diff(self.ends)

    def fold_in(
        self, member: StarMember, settings: FoldInSettings
    ) -> tuple[FloatArray, FloatArray]:
        """Return the means, shape (n_histories, D), and the error of each rating left out."""
        prior, evidence = self._prior(member, settings), self._evidence(member)
        means, gains = _solve(prior, evidence, member, self.counts)
        rest, pulls = np.empty_like(self.centred), np.empty_like(self.centred)
        leave_out(rows_of(member.item_vectors), self._inputs, (gains, means), (rest, pulls))
        return means, rest * left_out_factors(member.item_weights[self.items] * pulls)

    def _prior(self, member: StarMember, settings: FoldInSettings) -> tuple[FloatArray, FloatArray]:
        """Return what is believed before any stars: precision, (n, D, D), and precision · mean."""
        weights = [entry_weights(history) for history in self.histories]
        totals = np.array([own.sum() for own in weights])
        trusts = np.sqrt(totals / (totals + settings.set_damping))
        scales = trusts / np.sqrt(np.where(totals > 0, totals, 1.0))
        scaled = [own * scale for own, scale in zip(weights, scales.tolist(), strict=True)]
        taken_up = _sum_rows(
            member.set_map,
            np.concatenate(scaled),
            np.concatenate([history.entry_items for history in self.histories], dtype=np.int64),
            ends=ends_of([len(own) for own in weights]),
        )
        base = member.user_base + (1 - trusts)[:, np.newaxis] * member.set_mean
        long = self.counts / (self.counts + HALF_INFLATED)
        widened = (1 + settings.inflation * long)[:, np.newaxis, np.newaxis]
        doubted = (1 - trusts**2)[:, np.newaxis, np.newaxis]
        spreads = member.user_covariance * widened + doubted * member.set_covariance
        invert_all(spreads)
        return spreads, _times(spreads, base + taken_up)

    def _evidence(self, member: StarMember) -> Evidence:
        """Return ΣE[φφᵀ], Σ φ · rest − E[effect · φ] and ΣE[rest²] of each history.

        Items count by their weights; the rest is stars above the mean and the item's effect.
        """
        n_histories, size = len(self.histories), member.item_vectors.shape[1]
        moments = np.zeros((n_histories, size, size))
        gains, squares = np.zeros((n_histories, size)), np.zeros(n_histories)
        evidence = moments, gains, squares
        vectors = rows_of(member.item_vectors)
        add_ratings(vectors, member.item_weights, self._inputs, evidence)
        weights = member.item_weights[self.items]
        spread = _sum_rows(member.item_covariances, weights, self.items, ends=self.ends)
        squares += spread[:, 0]
        gains[:, 1:] -= spread[:, 1:size]
        spread[:, :size] = 0.0  # of the effect with φ
        moments += unpack(spread)
        return evidence


def _solve(
    prior: tuple[FloatArray, FloatArray],
    evidence: Evidence,
    member: StarMember,
    counts: IndexArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the means, (n, D), and the gains of the pulls, (n, D, D)."""
    noise, scale, doubt = member.scales
    covariances, means, errors = (np.zeros_like(each) for each in evidence)
    known = np.zeros_like(counts)
    for _ in range(ROUNDS):
        weights = scale / noise * precision_weights(errors, known, noise=noise, doubt=doubt)
        solve(prior, evidence, weights, (covariances, means, errors))
        known = counts
    return means, weights[:, np.newaxis, np.newaxis] * covariances


def ends_of(lengths: Sequence[int] | IndexArray) -> IndexArray:
    """Return where what is so long lies end to end, from 0: shape (n + 1,)."""
    return np.cumsum([0, *lengths], dtype=np.int64)


def _sum_rows(
    rows: Float32Array, weights: FloatArray, items: IndexArray, *, ends: IndexArray
) -> FloatArray:
    """Return the weighted sum of the rows of each history's items."""
    totals = np.zeros((len(ends) - 1, rows.shape[1]), dtype=np.float64)
    add_rows(rows_of(rows), (weights, items, ends), totals)
    return totals


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    return np.asarray((matrices @ vectors[:, :, np.newaxis])[:, :, 0])
