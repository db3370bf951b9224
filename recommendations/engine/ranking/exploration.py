"""A guess or two outside of what is known: Thompson sampling from the posterior of a fold-in.

Thompson, "On the likelihood that one unknown probability exceeds another in view of the evidence
of two samples", Biometrika 25, 1933; with linear rewards Agrawal and Goyal, "Thompson sampling for
contextual bandits with linear payoffs", ICML 2013. A taste is drawn as likely as it is, and the
best item by that taste gets a place: what nobody knows of a person is tried, what is known is not.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.history import History, weigh_stars

_REWARD_OF_STARS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """What is known of a taste: `mean` of shape (d,) and `covariance` of shape (d, d)."""

    mean: FloatArray
    covariance: FloatArray

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return one taste, as likely as the posterior has it, shape (d,)."""
        return np.asarray(self.mean + self._root @ rng.standard_normal(len(self.mean)))

    @cached_property
    def _root(self) -> FloatArray:
        """Return a matrix that gives the covariance when multiplied by its own transpose.

        A covariance that rounding made singular, or a little negative, is taken as what it is
        nearest to: its negative eigenvalues count as 0.
        """
        covariance = (self.covariance + self.covariance.T) / 2
        try:
            return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
        except np.linalg.LinAlgError:
            values, axes = np.linalg.eigh(covariance)
            return np.asarray(axes * np.sqrt(np.maximum(values, 0.0)))


def fold_in_posterior(
    history: History,
    item_vectors: Float32Array,
    *,
    prior_variance: float = 1.0,
    noise_variance: float = 0.5,
) -> Posterior:
    """Return what a history says of a taste that item vectors, shape (n_items, d), are liked by.

    Bayesian linear regression of likings (−1 to 1 by stars; events by their weight) on the
    vectors, with a prior of mean 0: an empty history leaves the prior.
    """
    liked = weigh_stars(history.values, _REWARD_OF_STARS)
    rewards = np.concatenate([liked, history.event_weights])
    rows = item_vectors[history.entry_items].astype(np.float64)
    precision = rows.T @ rows / noise_variance
    precision[np.diag_indices_from(precision)] += 1.0 / prior_variance
    covariance = np.linalg.inv(precision)
    return Posterior(
        mean=np.asarray(covariance @ (rows.T @ rewards) / noise_variance, dtype=np.float64),
        covariance=np.asarray(covariance, dtype=np.float64),
    )


def seed_of(*words: object) -> int:
    """Return the seed of (person, revision, day) or any words: the same in every process.

    Python's own hash differs from process to process, and a page must stay still.
    """
    digest = hashlib.sha256("\x1f".join(str(word) for word in words).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def open_slots(
    places: Sequence[int], *, n_entries: int, half_length: float, rng: np.random.Generator
) -> list[int]:
    """Return at which of the places to explore: each with a chance that fades with the history.

    The chance is 1 for an empty history and a half after `half_length` ratings and events.
    """
    chance = half_length / (half_length + n_entries)
    return [place for place in places if rng.random() < chance]


def explore(
    pool: IndexArray,
    *,
    posterior: Posterior,
    item_vectors: Float32Array,
    offsets: FloatArray | None = None,
    n_items: int,
    rng: np.random.Generator,
) -> IndexArray:
    """Return `n_items` of the pool at most, each the best by a taste drawn for it.

    `pool` holds item indices, shape (n,), without those already in the head of the list or
    filtered out; `item_vectors`, shape (n, d), and `offsets`, shape (n,), added to every drawn
    score, belong to the pool. Ties go to the earlier in the pool; no item is returned twice.
    """
    is_left = np.ones(len(pool), dtype=np.bool_)
    found: list[int] = []
    for _ in range(min(n_items, len(pool))):
        taste = posterior.draw(rng)
        drawn = np.asarray(item_vectors @ taste.astype(item_vectors.dtype), dtype=np.float64)
        if offsets is not None:
            drawn += offsets
        best = int(np.argmax(np.where(is_left, drawn, -np.inf)))
        is_left[best] = False
        found.append(best)
    return pool[np.array(found, dtype=np.int64)]


def insert_at(ranking: IndexArray, items: IndexArray, places: Sequence[int]) -> IndexArray:
    """Return the ranking with each item at its place, the others closing up behind.

    Places count from 0 in the resulting list and ascend; one beyond the end appends. Items that
    were in the ranking already are moved.
    """
    result = ranking[~np.isin(ranking, items)].tolist()
    for place, item in zip(places, items.tolist(), strict=True):
        result.insert(place, item)
    return np.array(result, dtype=np.int64)
