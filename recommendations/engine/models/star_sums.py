"""What people's ratings say of each item, given the people: the sums behind the items' vectors.

A person is solved from the ratings and a fitted member alone, so that what somebody said can be
taken out of the sums again, without keeping a row for each person.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, IndexArray
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bayesian_factors import (
    FactorFit,
    Messages,
    Prior,
    Ratings,
    Vectors,
    precision_weights,
    update,
)
from recommendations.engine.models.star_members import StarMember
from recommendations.engine.models.star_sets import user_sets
from recommendations.engine.recording import record

_ROUNDS = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemSums:
    """Σ E[φφᵀ], packed (n, D·(D+1)/2), and Σ E[φ] · (stars − mean) − Σ E[effect·φ], (n, D)."""

    moments: Float32Array
    gains: Float32Array


def messages_of(member: StarMember, items: IndexArray) -> Messages:
    """Return what these items tell the people who rated them."""
    vectors = Vectors(
        means=np.asarray(member.item_vectors[items]),
        covariances=np.asarray(member.item_covariances[items]),
    )
    return Messages.of(vectors, member.item_weights[items])


def sum_people(
    people: Interactions, member: StarMember, *, mean: float, items: IndexArray, messages: Messages
) -> ItemSums:
    """Return what these people say of these items, each by the precision of their ratings.

    They have rated no others; `messages` are those of the items.
    """
    rated = people.keep_users(np.flatnonzero(np.diff(people.user_items.indptr)))
    stars = rated.user_items[:, items]
    by_user = Ratings.of(stars, mean)
    prior = Prior(
        means=(member.user_base + user_sets(rated) @ member.set_map).astype(np.float32),
        precision=np.linalg.inv(member.user_covariance).astype(np.float32),
    )
    noise, scale, doubt = member.scales
    weights = np.full(rated.n_users, scale)
    for _ in range(_ROUNDS):
        found, errors = update(by_user, messages, prior, row_weights=weights / noise)
        weights = scale * precision_weights(errors, by_user.counts, noise=noise, doubt=doubt)
    weighting = weights[:, np.newaxis].astype(np.float32)
    by_item = Ratings.of(cast("CsrMatrix", sparse.csr_array(stars.T)), mean)
    sums, centred = by_item.sums(
        slice(None),
        expectations=found.expectations() * weighting,
        features=found.features() * weighting,
    )
    split = member.item_covariances.shape[1]
    return ItemSums(moments=sums[:, :split], gains=centred - sums[:, split:-1])


def record_sums(
    fit: FactorFit, member: StarMember, people: Interactions, *, rated: IndexArray
) -> None:
    """Record what `posterior` needs to solve the rated items of a fitted member again."""
    prior = fit.item_prior()
    messages = messages_of(member, rated)
    sums = sum_people(people, member, mean=fit.mean, items=rated, messages=messages)
    record("rated", rated)
    record("prior_means", prior.means)
    record("prior_precision", prior.precision)
    record("moments", sums.moments)
    record("gains", sums.gains)
