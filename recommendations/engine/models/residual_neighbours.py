"""Item-to-item ridge on what other models leave unexplained of the stars.

For every item, its raters' residuals are regressed on their residuals of all other items:
Bell and Koren, "Scalable Collaborative Filtering with Jointly Derived Neighborhood Interpolation
Weights", ICDM 2007, in the dual form, where missing residuals count as 0.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.threads import map_blocks

_STEPS = 6
_LEAST_LEFT = 0.1
_ITEM_BLOCK = 32
_PEOPLE_BLOCK = 256
_COLUMN_BLOCK = 256


@dataclass(frozen=True, kw_only=True)
class NeighbourSettings:
    """How the ridge is fitted, and its limits.

    A person of n ratings counts by 1 / (n + `damping`). At most `max_people` people take part;
    above `dense_items` items only the `strongest` weights of each column are kept.
    """

    ridge: float
    damping: float
    max_people: int
    dense_items: int
    strongest: int


def most_rated(counts: IndexArray, limit: int) -> IndexArray:
    """Return the indices of at most `limit` items that anybody rated, ascending."""
    order = np.argsort(-counts, kind="stable")[:limit]
    return np.sort(order[counts[order] > 0])


def learn_neighbours(
    residuals: CsrMatrix, settings: NeighbourSettings, *, seed: int
) -> CsrMatrix | Float32Array:
    """Return weights, shape (n_items, n_items): the column of an item predicts its residuals.

    `residuals` has shape (n_users, n_items). The inputs are residuals / √(n + damping), n the
    number of the person's ratings; the diagonal is 0.
    """
    chosen = _choose_people(residuals, limit=settings.max_people, seed=seed)
    targets = residuals[chosen]
    inputs = scaled_inputs(targets, damping=settings.damping)
    duals = _solve_all(inputs, targets, _kernel(inputs), ridge=settings.ridge)
    is_large = residuals.shape[1] > settings.dense_items
    return _weights(inputs, duals, strongest=settings.strongest if is_large else None)


def scaled_inputs(residuals: CsrMatrix, *, damping: float) -> CsrMatrix:
    """Return residuals / √(n + damping), n the number of residuals in the row."""
    counts = np.diff(residuals.indptr)
    inputs = residuals.copy()
    inputs.data = residuals.data * np.repeat(1 / np.sqrt(counts + damping), counts).astype(
        np.float32
    )
    return inputs


def _choose_people(residuals: CsrMatrix, *, limit: int, seed: int) -> IndexArray:
    raters = np.flatnonzero(np.diff(residuals.indptr))
    if len(raters) <= limit:
        return raters
    return np.sort(np.random.default_rng(seed).choice(raters, size=limit, replace=False))


def _kernel(inputs: CsrMatrix) -> Float32Array:
    """Return inputs · inputsᵀ, dense: (n_people, n_people)."""
    kernel = np.empty((inputs.shape[0], inputs.shape[0]), dtype=np.float32)

    def fill(rows: slice) -> None:
        kernel[rows] = (inputs @ inputs[rows].T.toarray()).T

    map_blocks(fill, len(kernel), block=_PEOPLE_BLOCK)
    return kernel


def _solve_all(
    inputs: CsrMatrix, targets: CsrMatrix, kernel: Float32Array, *, ridge: float
) -> CsrMatrix:
    """Return the dual solution of every item, shape (n_items, n_people), over its raters."""
    own, wanted = inputs.T.tocsr(), targets.T.tocsr()
    duals = wanted.copy()

    def solve(items: slice) -> None:
        for item in range(items.start, items.stop):
            span = slice(own.indptr[item], own.indptr[item + 1])
            raters = own.indices[span]
            gram = kernel[np.ix_(raters, raters)]
            duals.data[span] = _descend(gram, own.data[span], wanted.data[span], ridge)

    map_blocks(solve, own.shape[0], block=_ITEM_BLOCK)
    return duals


def _descend(
    gram: Float32Array, column: Float32Array, target: Float32Array, ridge: float
) -> Float32Array:
    """Solve (gram − column·columnᵀ + ridge) x = target by a few conjugate gradients.

    The ridge is larger than most eigenvalues, so a few steps are as good as a factorisation.
    """
    solution = target / np.float32(ridge)
    rest = target - _apply(gram, column, solution, ridge)
    direction, length = rest, float(rest @ rest)
    for _ in range(_STEPS):
        if length <= 1e-12 * float(target @ target):
            break
        applied = _apply(gram, column, direction, ridge)
        step = np.float32(length / float(direction @ applied))
        solution = solution + step * direction
        rest = rest - step * applied
        shorter = float(rest @ rest)
        direction = rest + np.float32(shorter / length) * direction
        length = shorter
    return solution


def _apply(
    gram: Float32Array, column: Float32Array, vector: Float32Array, ridge: float
) -> Float32Array:
    return gram @ vector - column * (column @ vector) + np.float32(ridge) * vector


def _weights(
    inputs: CsrMatrix, duals: CsrMatrix, *, strongest: int | None
) -> CsrMatrix | Float32Array:
    n_items = duals.shape[0]
    by_item = inputs.T.tocsr()
    dense = np.zeros((n_items if strongest is None else 0, n_items), dtype=np.float32)
    blocks: dict[int, CsrMatrix] = {}

    def fill(columns: slice) -> None:
        weights = by_item @ duals[columns].T.toarray()
        places = np.arange(columns.start, columns.stop)
        weights[places, places - columns.start] = 0.0
        if strongest is None:
            dense[:, columns] = weights
        else:
            blocks[columns.start] = _keep_strongest(weights, strongest)

    map_blocks(fill, n_items, block=_COLUMN_BLOCK)
    if strongest is None:
        return dense
    ordered = [blocks[start] for start in sorted(blocks)]
    return cast("CsrMatrix", sparse.csr_array(sparse.hstack(ordered, format="csr")))


def _keep_strongest(weights: Float32Array, strongest: int) -> CsrMatrix:
    if strongest < len(weights):
        sizes = np.abs(weights)
        least = np.partition(sizes, -strongest, axis=0)[-strongest]
        weights = np.where(sizes >= least, weights, np.float32(0))
    return cast("CsrMatrix", sparse.csr_array(weights))


def left_out_factors(leverages: FloatArray) -> FloatArray:
    """Return 1 / (1 − leverage), at most 10: what makes an error what it would be left out."""
    return np.asarray(1 / np.maximum(1 - leverages, _LEAST_LEFT))
