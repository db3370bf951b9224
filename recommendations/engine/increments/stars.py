"""Stars: the vectors of touched items follow from their sums, changed by what some people said.

The overall mean, the priors, the noise and the neighbours stay those of the fit.
"""

from copy import copy
from dataclasses import replace

import numpy as np

from recommendations.engine.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.models.bayesian_factors import Prior, posterior
from recommendations.engine.models.star_members import StarMember
from recommendations.engine.models.star_sums import ItemSums, messages_of, sum_people
from recommendations.engine.models.stars import Stars
from recommendations.engine.models.symmetric import unpack
from recommendations.engine.threads import blas_threads, map_blocks

_BLOCK = 512


def update_stars(model: Stars, state: TrainerState, world: World) -> Stars:
    """Return the model with the vectors of touched items solved again."""
    updated = copy(model)
    mean = float(model.mean_[0])
    with blas_threads(1):
        updated.members_ = [
            _update_member(member, state.part(f"member-{place}"), world, mean=mean)
            for place, member in enumerate(model.members_)
        ]
    return updated


def _update_member(
    member: StarMember, state: TrainerState, world: World, *, mean: float
) -> StarMember:
    before, after = world.rows(np.zeros(0, dtype=np.int64))
    touched = np.union1d(before.user_items.indices, after.user_items.indices).astype(np.int64)
    rated: IndexArray = state.array("rated")
    places = np.minimum(np.searchsorted(rated, touched), len(rated) - 1)
    is_known = rated[places] == touched
    sums = _known_sums(state, places, is_known)
    messages = messages_of(member, touched)
    for rows, sign in ((before, np.float32(-1)), (after, np.float32(1))):
        if rows.n_ratings:
            own = sum_people(rows, member, mean=mean, items=touched, messages=messages)
            sums.moments[:] += sign * own.moments
            sums.gains[:] += sign * own.gains
    vectors, covariances = np.array(member.item_vectors), np.array(member.item_covariances)
    priors = vectors[touched]  # of items that nobody had rated: what content says
    priors[is_known] = state.array("prior_means")[places[is_known]]
    for chosen, precision in (
        (np.flatnonzero(is_known), state.array("prior_precision")),
        (np.flatnonzero(~is_known), _precision_of_unrated(covariances, touched[~is_known])),
    ):
        own_items = touched[chosen]
        vectors[own_items], covariances[own_items] = _solve(
            ItemSums(moments=sums.moments[chosen], gains=sums.gains[chosen]),
            Prior(means=priors[chosen], precision=precision),
            scales=member.item_weights[own_items] / member.scales[0],
        )
    return replace(member, item_vectors=vectors, item_covariances=covariances)


def _known_sums(state: TrainerState, places: IndexArray, is_known: BoolArray) -> ItemSums:
    """Return the sums of the fit, 0 for items that nobody had rated."""
    moments, gains = state.array("moments"), state.array("gains")
    sums = ItemSums(
        moments=np.zeros((len(places), moments.shape[1]), dtype=np.float32),
        gains=np.zeros((len(places), gains.shape[1]), dtype=np.float32),
    )
    sums.moments[is_known] = moments[places[is_known]]
    sums.gains[is_known] = gains[places[is_known]]
    return sums


def _precision_of_unrated(covariances: Float32Array, unrated: IndexArray) -> Float32Array:
    """Return the precision that all unrated items share."""
    if not len(unrated):
        return np.zeros((0, 0), dtype=np.float32)
    spread = unpack(covariances[unrated[:1]].astype(np.float64))[0]
    return np.linalg.inv(spread).astype(np.float32)


def _solve(
    sums: ItemSums, prior: Prior, *, scales: FloatArray
) -> tuple[Float32Array, Float32Array]:
    """Return vectors (n, D) and packed covariances of items."""
    vectors, covariances = np.empty_like(sums.gains), np.empty_like(sums.moments)

    def solve(rows: slice) -> None:
        own = Prior(means=prior.means[rows], precision=prior.precision)
        scale = scales[rows, np.newaxis].astype(np.float32)
        vectors[rows], covariances[rows] = posterior(
            sums.moments[rows], sums.gains[rows], own, scale=scale
        )

    if len(vectors):
        map_blocks(solve, len(vectors), block=_BLOCK)
    return vectors, covariances
