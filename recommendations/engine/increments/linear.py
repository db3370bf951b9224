"""EASE from the Gram matrices of the fit, changed by what some people did.

The matrices are sums over people, so they follow exactly. The solution follows by inverting them
anew; or, where few items were touched, by Woodbury's identity from the old inverse P and the old
PR. The change of A is then zero but for the rows and columns of the touched items and for the
centring, A' = A + W K Wᵀ with W = [E_touched, c'x, cx], so

    P' = P − PW (I + K WᵀPW)⁻¹ K WᵀP.

Both ways take people in units of the weight that was usual at the fit (`normaliser`).
"""

from collections.abc import Iterator
from copy import copy

import numpy as np

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.increments.gram_change import Change, PeopleRows, change_between
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.models.dropout_ridge import (
    Regression,
    keep_strongest,
    solve,
    solve_grams,
)
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.gram_blocks import blocks

# From this share of the items on an inverse is the faster way (benchmarks/woodbury.py).
WOODBURY_BELOW = 0.38


def update_layer(layer: EaseLayer, state: TrainerState, world: World) -> EaseLayer:
    """Return the layer as it would be, had it been fitted after, with the ridge chosen before.

    A layer with `side_weight` is returned as it is: the content of all items is not at hand.
    """
    if layer.side_weight:
        return layer
    updated = copy(layer)
    updated.choose_active(world.after)
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    problem = updated.regression(world.after, ridge=ridge, normaliser=normaliser)
    if "gram" not in state or problem.n_rows < problem.inputs.shape[1]:
        updated.learn_weights(problem, solve)
        return updated
    change = _change_of(layer, updated, world, ridge=ridge, normaliser=normaliser)
    places = updated.places_[layer.active_items_].astype(np.int64)
    n_items = len(updated.active_items_)
    is_same = len(places) == n_items and bool((places >= 0).all())
    by_woodbury = is_same and len(change.touched) < WOODBURY_BELOW * n_items

    def solver(problem: Regression, *, neighbours: int | None) -> CsrMatrix | Float32Array:
        if by_woodbury:
            return solve_by_woodbury(problem, change, state, neighbours=neighbours)
        return solve_again(problem, change, state, places=places, neighbours=neighbours)

    updated.learn_weights(problem, solver)
    return updated


def _change_of(
    layer: EaseLayer, updated: EaseLayer, world: World, *, ridge: float, normaliser: float
) -> Change:
    """Return how the Gram matrices change, over the items that are active after."""
    old, new = layer.active_items_, updated.active_items_
    before, after = world.rows(np.setxor1d(old, new))
    people = np.union1d(before.user_ids, after.user_ids)
    shape = (len(people), len(new))
    return change_between(
        PeopleRows.of(
            layer.regression(before, ridge=ridge, normaliser=normaliser),
            rows=np.searchsorted(people, before.user_ids),
            places=updated.places_[old].astype(np.int64),
            shape=shape,
        ),
        PeopleRows.of(
            updated.regression(after, ridge=ridge, normaliser=normaliser),
            rows=np.searchsorted(people, after.user_ids),
            places=np.arange(len(new)),
            shape=shape,
        ),
    )


def spread(state: TrainerState, name: str, places: IndexArray, n_items: int) -> Float32Array:
    """Return a matrix of the fit with its rows and columns at their places, else 0, as a new one.

    `places` ascend, but for −1 where there is no place any more.
    """
    total = np.zeros((n_items, n_items), dtype=np.float32)
    columns = list(_runs(places))
    for rows, block in state.rows(name):
        taken = np.flatnonzero(places[rows] >= 0)
        targets = places[rows][taken]
        for run in columns:
            total[targets, places[run.start] : places[run.stop - 1] + 1] = block[taken, run]
    return total


def _runs(places: IndexArray) -> Iterator[slice]:
    """Yield where places follow each other without a gap."""
    kept = np.flatnonzero(places >= 0)
    gaps = np.flatnonzero((np.diff(kept) != 1) | (np.diff(places[kept]) != 1)) + 1
    for run in np.split(kept, gaps):
        if len(run):
            yield slice(int(run[0]), int(run[-1]) + 1)


def solve_again(
    problem: Regression,
    change: Change,
    state: TrainerState,
    *,
    places: IndexArray,
    neighbours: int | None,
) -> CsrMatrix | Float32Array:
    """Return B by inverting the changed matrices."""
    n_items = problem.inputs.shape[1]
    gram = spread(state, "gram", places, n_items)
    cross = spread(state, "cross", places, n_items)
    change.add_to(gram, cross)
    return solve_grams(problem, gram, cross, neighbours=neighbours)


def solve_by_woodbury(
    problem: Regression, change: Change, state: TrainerState, *, neighbours: int | None
) -> CsrMatrix | Float32Array:
    """Return B from the old P and PR; the items are the same."""
    keep, touched = np.float32(problem.keep), change.touched
    gram, cross = change.among_touched()
    inverse = state.array("inverse")
    sums = [problem.input_sums, np.asarray(state.array("input_sums"), dtype=np.float64)]
    totals = [problem.total, state.number("total")]
    targets = [problem.target_sums, np.asarray(state.array("target_sums"), dtype=np.float64)]
    reached = np.column_stack(
        [inverse[:, touched], *(inverse @ each.astype(np.float32) for each in sums)]
    )
    core = np.zeros((reached.shape[1], reached.shape[1]), dtype=np.float64)
    core[:-2, :-2] = keep * keep * gram
    grown = problem.diagonal[touched] - state.array("diagonal")[touched]
    core[np.arange(len(touched)), np.arange(len(touched))] += grown
    signs = (-1.0, 1.0)
    core[[-2, -1], [-2, -1]] = [
        float(keep) ** 2 * sign / total for sign, total in zip(signs, totals, strict=True)
    ]
    product = spread(state, "product", np.arange(len(inverse)), len(inverse))
    product[:, touched] += keep * (reached[:, :-2] @ cross)
    for place, sign in enumerate(signs):
        means = ((sign * float(keep) / totals[place]) * targets[place]).astype(np.float32)
        for rows in blocks(len(product)):
            product[rows] += np.outer(reached[rows, place - 2], means)
    middle = np.linalg.solve(np.eye(len(core)) + core @ _looked_at(reached, touched, sums), core)
    _finish(
        product, inverse, reached, [middle @ _looked_at(product, touched, sums), middle @ reached.T]
    )
    return keep_strongest(
        lambda start, stop: product[:, start:stop], len(product), neighbours=neighbours
    )


def _finish(
    product: Float32Array, inverse: Float32Array, reached: Float32Array, lost: list[FloatArray]
) -> None:
    """Turn PR' into B, without writing P'R' = PR' − PW · lost[0] and P' = P − PW · lost[1] down."""
    of_product, of_inverse = (each.astype(np.float32) for each in lost)
    own = np.diag(product) - np.einsum("ir,ri->i", reached, of_product)
    shares = own / (np.diag(inverse) - np.einsum("ir,ri->i", reached, of_inverse))
    of_product -= of_inverse * shares
    for rows in blocks(len(product)):
        product[rows] -= inverse[rows] * shares
        product[rows] -= reached[rows] @ of_product
    np.fill_diagonal(product, 0.0)


def _looked_at(matrix: Float32Array, touched: IndexArray, sums: list[FloatArray]) -> FloatArray:
    """Return Wᵀ · matrix, float64."""
    rows = [matrix[touched], *(each.astype(np.float32)[np.newaxis] @ matrix for each in sums)]
    return np.asarray(np.concatenate(rows), dtype=np.float64)
