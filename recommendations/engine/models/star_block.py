"""Many histories folded into the star model at once, as far as expected stars need it.

The formulas are those of `star_members` and `star_person`. Sums over a person's ratings are sparse
products here, so that no array has a row of second moments for each rating.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.models.bayesian_factors import precision_weights
from recommendations.engine.models.residual_neighbours import left_out_factors
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

    `spans` says where the ratings of each history are.
    """

    histories: Sequence[History]
    items: IndexArray
    centred: FloatArray
    spans: Sequence[slice]

    @classmethod
    def of(cls, histories: Sequence[History], *, mean: float) -> Self:
        """Return the block of these histories, one at least."""
        ends = np.cumsum([0, *(history.n_ratings for history in histories)]).tolist()
        values = np.concatenate([history.values for history in histories])
        return cls(
            histories=histories,
            items=np.concatenate([history.item_indices for history in histories]),
            centred=values.astype(np.float64) - mean,
            spans=[slice(*span) for span in pairwise(ends)],
        )

    @cached_property
    def counts(self) -> IndexArray:
        """Return the number of ratings of each history, shape (n_histories,)."""
        return np.array([history.n_ratings for history in self.histories], dtype=np.int64)

    def fold_in(
        self, member: StarMember, settings: FoldInSettings
    ) -> tuple[FloatArray, FloatArray]:
        """Return the means, shape (n_histories, D), and the error of each rating left out."""
        evidence = _Evidence.of(self, member)
        means, gains = _solve(evidence, *self._priors(member, settings), member, self.counts)
        rest, leverages = np.empty_like(self.centred), np.empty_like(self.centred)
        for mean, gain, span in zip(means, gains, self.spans, strict=True):
            seen = evidence.features[span]
            rest[span] = evidence.above[span] - seen @ mean
            leverages[span] = np.sum((seen @ gain) * seen, axis=1)
        return means, rest * left_out_factors(evidence.weights * leverages)

    def _priors(
        self, member: StarMember, settings: FoldInSettings
    ) -> tuple[FloatArray, FloatArray]:
        """Return mean, (n_histories, D), and precision, (n_histories, D, D), before any stars."""
        weights = [entry_weights(history) for history in self.histories]
        totals = np.array([own.sum() for own in weights])
        trusts = np.sqrt(totals / (totals + settings.set_damping))
        scales = trusts / np.sqrt(np.where(totals > 0, totals, 1.0))
        scaled = [own * scale for own, scale in zip(weights, scales.tolist(), strict=True)]
        taken_up = self._sum_rows(
            member.set_map,
            np.concatenate(scaled),
            np.concatenate([history.entry_items for history in self.histories]),
            counts=np.array([len(own) for own in weights]),
        )
        base = member.user_base + (1 - trusts)[:, np.newaxis] * member.set_mean
        long = self.counts / (self.counts + HALF_INFLATED)
        widened = (1 + settings.inflation * long)[:, np.newaxis, np.newaxis]
        doubted = (1 - trusts**2)[:, np.newaxis, np.newaxis]
        spreads = member.user_covariance * widened + doubted * member.set_covariance
        precisions = np.asarray(np.linalg.inv(spreads), dtype=np.float64)
        return base + taken_up, precisions

    def sum_covariances(self, member: StarMember, weights: FloatArray) -> FloatArray:
        """Return the weighted sum of the rated items' covariances, packed, (n_histories, L)."""
        return self._sum_rows(member.item_covariances, weights, self.items, counts=self.counts)

    def _sum_rows(
        self, rows: Float32Array, weights: FloatArray, items: IndexArray, *, counts: IndexArray
    ) -> FloatArray:
        """Return the weighted sum of the rows of each history's items: so many each, in order."""
        used, places = np.unique(items, return_inverse=True)
        spans = np.concatenate([[0], np.cumsum(counts)])
        shape = len(self.histories), len(used)
        owned = sparse.csr_array((weights.astype(np.float32), places, spans), shape=shape)
        return np.asarray(owned @ rows[used], dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Evidence:
    """What ratings say: φ, weight and stars above mean and item effect of each rating.

    `moments` are ΣE[φφᵀ] of each history, `gains` Σ φ · stars − E[effect · φ], `squares` the
    squares of the rest.
    """

    features: FloatArray
    weights: FloatArray
    above: FloatArray
    moments: FloatArray
    gains: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, block: StarBlock, member: StarMember) -> Self:
        features = member.features(block.items)
        weights = member.item_weights[block.items]
        above = block.centred - member.effects(block.items)
        weighted = weights[:, np.newaxis] * np.column_stack([features, above])
        size = features.shape[1]
        sums = np.stack([weighted[span].T @ features[span] for span in block.spans])
        spread = block.sum_covariances(member, weights)
        near = spread[:, :size].copy()  # of the effect with φ
        spread[:, :size] = 0.0
        gains = sums[:, size]
        gains[:, 1:] -= near[:, 1:]
        owners = np.repeat(np.arange(len(block.spans)), block.counts)
        squares = np.bincount(owners, weights * above**2, minlength=len(block.spans))
        return cls(
            features=features,
            weights=weights,
            above=above,
            moments=sums[:, :size] + unpack(spread),
            gains=gains,
            squares=squares + near[:, 0],
        )


def _solve(
    evidence: _Evidence,
    bases: FloatArray,
    precisions: FloatArray,
    member: StarMember,
    counts: IndexArray,
) -> tuple[FloatArray, FloatArray]:
    """Return the means, (n, D), and the gains of the pulls, (n, D, D)."""
    noise, scale, doubt = member.scales
    pulls = _times(precisions, bases)
    errors, known = np.zeros(len(counts)), np.zeros_like(counts)
    for _ in range(ROUNDS):
        weights = scale / noise * precision_weights(errors, known, noise=noise, doubt=doubt)
        heavy = weights[:, np.newaxis]
        covariances = np.linalg.inv(precisions + heavy[:, np.newaxis] * evidence.moments)
        means = _times(covariances, pulls + heavy * evidence.gains)
        seconds = np.einsum("pij,pij->p", evidence.moments, covariances)
        seconds += np.einsum("pi,pi->p", means, _times(evidence.moments, means))
        crossed = np.einsum("pi,pi->p", means, evidence.gains)
        errors, known = evidence.squares - 2 * crossed + seconds, counts
    return means, heavy[:, np.newaxis] * covariances


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    return np.asarray((matrices @ vectors[:, :, np.newaxis])[:, :, 0])
