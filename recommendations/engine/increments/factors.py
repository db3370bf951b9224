"""Implicit factors: people who changed are folded in anew, then the items they touched."""

from copy import copy

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import Float32Array, IndexArray
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.models.als import Als
from recommendations.engine.threads import blas_threads


def update_als(model: Als, state: TrainerState, world: World) -> Als:
    """Return the model with the vectors of touched items solved again; the others stay.

    So do the noise and the groups of like taste. Vectors of people are those that the fit found
    last, but for those who changed.
    """
    updated = copy(model)
    updated.__post_init__()  # what is remembered was folded in by the old vectors
    signed = model.confidences(world.after)
    changed = np.flatnonzero(np.isin(world.after.user_ids, world.changed))
    touched = _touched(model, world)
    with blas_threads(1):
        solver = model.solver(world.after)
        solver.item_factors = np.array(model.item_vectors_)
        people = _people(state.array("user_vectors"), world)
        if len(changed):
            rows = sparse.csr_matrix(signed[changed])
            people[changed] = solver.recalculate_user(changed, rows)
        solver.user_factors = people
        vectors = np.array(model.item_vectors_)
        if len(touched):
            rows = sparse.csr_matrix(sparse.csr_array(signed[:, touched].T))
            vectors[touched] = solver.recalculate_item(touched, rows)
            vectors[touched[np.diff(rows.indptr) == 0]] = 0.0
        exact = vectors.astype(np.float64)
        updated.item_vectors_, updated.gram_ = vectors, exact.T @ exact
    return updated


def _touched(model: Als, world: World) -> IndexArray:
    before, after = world.rows(np.zeros(0, dtype=np.int64))
    columns = [model.confidences(each).indices for each in (before, after)]
    return np.unique(np.concatenate(columns)).astype(np.int64)


def _people(known: Float32Array, world: World) -> Float32Array:
    """Return a row for everybody after; 0 for who was not there before."""
    people = np.zeros((world.after.n_users, known.shape[1]), dtype=np.float32)
    places = np.searchsorted(world.after.user_ids, world.before.user_ids)
    inside = np.minimum(places, world.after.n_users - 1)
    is_there = world.after.user_ids[inside] == world.before.user_ids
    people[inside[is_there]] = known[is_there]
    return people
