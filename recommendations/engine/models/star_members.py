"""One fitted factor model as it serves: a history in, a distribution of the person's vector out.

The formulas are those of `bayesian_factors` for one person with the items held fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from recommendations.engine.arrays import (
    AnyArray,
    CsrMatrix,
    Float32Array,
    FloatArray,
    IndexArray,
)
from recommendations.engine.history import History
from recommendations.engine.models.bayesian_factors import FactorFit, precision_weights
from recommendations.engine.models.symmetric import pairing, unpack

ROUNDS = 3
HALF_INFLATED = 30.0


@dataclass(frozen=True, kw_only=True)
class FoldInSettings:
    """How far a history is trusted: see `Stars`."""

    set_damping: float
    inflation: float


@dataclass(frozen=True, kw_only=True, eq=False)
class FoldIn:
    """The posterior of one person, and how it came about, linear in ratings and films rated.

    mean = prior_gain @ (base + Σ set_shares) + gain @ Σ pulls, with covariance (D, D);
    `set_shares` has a row for each entry, `pulls` one for each rating. `noise` is the variance of
    the person's ratings.
    """

    mean: FloatArray
    covariance: FloatArray
    base: FloatArray
    set_shares: FloatArray
    pulls: FloatArray
    prior_gain: FloatArray
    gain: FloatArray
    noise: float

    def from_sets(self, direction: FloatArray) -> FloatArray:
        """Return what each entry adds to direction · mean as a film rated, shape (n_entries,)."""
        return np.asarray(self.set_shares @ (direction @ self.prior_gain))

    def from_ratings(self, direction: FloatArray) -> FloatArray:
        """Return what each entry adds to direction · mean by its stars; events add 0."""
        shares = np.zeros(len(self.set_shares))
        shares[: len(self.pulls)] = self.pulls @ (direction @ self.gain)
        return shares

    def constant(self, direction: FloatArray) -> float:
        """Return what direction · mean would be without any entry, all else as it is."""
        return float(direction @ self.prior_gain @ self.base)

    def leverages(self, features: FloatArray, weights: FloatArray) -> FloatArray:
        """Return how much each rating pulls its own expectation, 0 to 1, shape (n_ratings,)."""
        return np.asarray(weights * np.einsum("ni,ni->n", features @ self.gain, features))


@dataclass(frozen=True, kw_only=True, eq=False)
class StarMember:
    """Item vectors [effect, factors] of shape (n_items, D) and what folding in needs.

    `item_covariances` is packed, (n_items, D·(D+1)/2). `set_map` (n_items, D) and `user_base` make
    the prior mean of a person, `user_covariance` (D, D) its spread; `set_mean` and
    `set_covariance` are those of the map's output over people. `new_item` (D,) is the vector of
    an item nobody knows. `item_weights` (n_items,) is how precise an item's ratings are. `scales`
    holds the variance of noise, the scale of people's weights, and how many ratings the usual
    counts for.
    """

    item_vectors: Float32Array
    item_covariances: Float32Array
    set_map: Float32Array
    user_base: FloatArray
    user_covariance: FloatArray
    set_mean: FloatArray
    set_covariance: FloatArray
    new_item: FloatArray
    new_item_covariance: FloatArray
    item_weights: FloatArray
    scales: FloatArray

    @classmethod
    def of(cls, fit: FactorFit, *, rated: IndexArray, content: CsrMatrix, doubt: float) -> Self:
        """Return what serving keeps of a fit on `rated` items: nothing with a row for each person.

        An item without ratings gets what its row of `content` says, and the mean of the rest.
        """
        outputs = fit.user_set.fitted.astype(np.float64)
        n_items = content.shape[0]
        split = fit.item_set.coefficients.shape[0] - content.shape[1]
        of_content = content @ fit.item_set.coefficients[split:]
        of_raters = (fit.item_set.fitted - of_content[rated]).astype(np.float64)
        spread = np.linalg.inv(fit.item_precision.astype(np.float64)) + _covariance(of_raters)
        pairs = pairing(outputs.shape[1])
        vectors = (fit.item_base + of_raters.mean(axis=0) + of_content).astype(np.float32)
        covariances = np.tile(spread[pairs.rows, pairs.columns].astype(np.float32), (n_items, 1))
        vectors[rated], covariances[rated] = fit.items.means, fit.items.covariances
        item_weights = np.ones(n_items)
        item_weights[rated] = fit.item_weights
        return cls(
            item_vectors=vectors,
            item_covariances=covariances,
            set_map=np.ascontiguousarray(fit.user_set.coefficients, dtype=np.float32),
            user_base=fit.user_base.astype(np.float64),
            user_covariance=np.linalg.inv(fit.user_precision.astype(np.float64)),
            set_mean=outputs.mean(axis=0),
            set_covariance=_covariance(outputs),
            new_item=(fit.item_base + fit.item_set.fitted.mean(axis=0)).astype(np.float64),
            new_item_covariance=spread + _covariance(of_content.astype(np.float64)),
            item_weights=item_weights,
            scales=np.array([fit.noise, fit.weight_scale, doubt]),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        """Return the member of what `arrays` gave."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    def arrays(self) -> dict[str, AnyArray]:
        """Return the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def features(self, item_indices: IndexArray | slice) -> FloatArray:
        """Return φ = [1, factors] of items, float64, shape (n, D)."""
        features = self.item_vectors[item_indices].astype(np.float64)
        features[:, 0] = 1.0
        return features

    def effects(self, item_indices: IndexArray | slice) -> FloatArray:
        """Return the item effects in stars, shape (n,)."""
        return self.item_vectors[item_indices, 0].astype(np.float64)

    def fold_in(self, history: History, centred: FloatArray, settings: FoldInSettings) -> FoldIn:
        """Return the posterior after a history; `centred` is its stars minus the mean.

        The precision of the person's ratings is refined three times, starting from the usual.
        """
        shares, trust = self._set_shares(history, settings)
        base = self.user_base + (1 - trust) * self.set_mean
        widened = 1 + settings.inflation * history.n_ratings / (history.n_ratings + HALF_INFLATED)
        spread = self.user_covariance * widened + (1 - trust**2) * self.set_covariance
        precision = np.linalg.inv(spread)
        pulls, moments, squares = self._evidence(history, centred)
        pull, gains = precision @ (base + shares.sum(axis=0)), pulls.sum(axis=0)
        weight = self._weight(0.0, n_ratings=0)
        for _ in range(ROUNDS):
            covariance = np.linalg.inv(precision + weight * moments)
            mean = covariance @ (pull + weight * gains)
            seconds = np.sum(moments * (covariance + np.outer(mean, mean)))
            used = weight
            weight = self._weight(squares - 2 * mean @ gains + seconds, history.n_ratings)
        return FoldIn(
            mean=mean,
            covariance=np.asarray(covariance, dtype=np.float64),
            base=base,
            set_shares=shares,
            pulls=pulls,
            prior_gain=covariance @ precision,
            gain=np.asarray(used * covariance, dtype=np.float64),
            noise=1 / used,
        )

    def _set_shares(self, history: History, settings: FoldInSettings) -> tuple[FloatArray, float]:
        """Return what each entry adds to the prior mean, and how far the set is trusted."""
        weights = entry_weights(history)
        total = float(weights.sum())
        if total == 0:
            return np.zeros((history.n_entries, len(self.user_base))), 0.0
        trust = float(np.sqrt(total / (total + settings.set_damping)))
        scaled = weights * (trust / np.sqrt(total))
        return self.set_map[history.entry_items] * scaled[:, np.newaxis], trust

    def _evidence(
        self, history: History, centred: FloatArray
    ) -> tuple[FloatArray, FloatArray, float]:
        """Return φ · stars − E[effect · φ] of each rating, ΣE[φφᵀ], and the squares of the rest.

        They are the sums of `Vectors.expectations`, without a packed product for each rating.
        """
        items = history.item_indices
        weights = self.item_weights[items]
        features = self.features(items)
        effects = self.effects(items)
        covariances = self.item_covariances[items]
        near = covariances[:, : features.shape[1]].astype(np.float64)  # of the effect with φ
        crossed = effects[:, np.newaxis] * features
        crossed[:, 1:] += near[:, 1:]
        weighted = weights[:, np.newaxis] * features
        pulls = weighted * centred[:, np.newaxis] - weights[:, np.newaxis] * crossed
        spread = (weights.astype(np.float32) @ covariances).astype(np.float64)
        spread[: features.shape[1]] = 0.0
        moments = weighted.T @ features + unpack(spread[np.newaxis])[0]
        squares = (centred - effects) ** 2 + near[:, 0]
        return pulls, moments, float(weights @ squares)

    def _weight(self, error: float, n_ratings: int) -> float:
        """Return the precision of one rating of a person with these squared errors."""
        noise, scale, doubt = self.scales
        errors, counts = np.array([error]), np.array([n_ratings])
        weights = precision_weights(errors, counts, noise=noise, doubt=doubt)
        return float(scale / noise * weights[0])

    def variances(self, person: FoldIn, item_indices: IndexArray) -> FloatArray:
        """Return the variance of stars still to be given, noise included, shape (n,)."""
        features = self.features(item_indices)
        packed = self.item_covariances[item_indices].astype(np.float64)
        pairs = pairing(features.shape[1])
        shifted = person.mean.copy()
        shifted[0] = 1.0
        both = person.covariance.copy()
        both[0] = both[:, 0] = 0.0
        seen = (np.outer(shifted, shifted) + both)[pairs.rows, pairs.columns] * pairs.counts
        own = np.einsum("ni,ij,nj->n", features, person.covariance, features)
        return np.asarray(own + packed @ seen + person.noise / self.item_weights[item_indices])

    def variance_of_new(self, person: FoldIn) -> float:
        """Return the variance of stars for an item nobody knows."""
        features, shifted = self.new_item.copy(), person.mean.copy()
        features[0] = shifted[0] = 1.0
        own = features @ person.covariance @ features
        return float(own + shifted @ self.new_item_covariance @ shifted + person.noise)


def entry_weights(history: History) -> FloatArray:
    """Return how much each entry belongs to the set of films taken up: 1 for any rating.

    A positive event counts by its weight, any other not at all.
    """
    events = np.maximum(history.event_weights, 0)
    return np.concatenate([np.ones(history.n_ratings), events]).astype(np.float64)


def _covariance(rows: FloatArray) -> FloatArray:
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred.T @ centred / len(rows))
