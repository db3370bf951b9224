"""The best of many scores."""

import numpy as np

from recommendations.engine.arrays import BoolArray, Float32Array, FloatArray, IndexArray

_LARGE = 10_000  # below, a partition of everything is as fast
_STRIDE = 32
_SPARE = 8


def top_k(
    scores: FloatArray | Float32Array,
    k: int,
    *,
    candidates: BoolArray | None = None,
    items: IndexArray | None = None,
    least: float | None = None,
) -> IndexArray:
    """Return the positions of the `k` highest scores, best first, ties by position.

    `scores` has shape (n,) and `candidates`, which may appear, too; with `items`, shape (n,), that
    is a mask of items, and ties go by item. Fewer are returned where there are fewer candidates.
    Narrows down first, so the cost is that of a pass: to what is at least `least`, a score that
    as many as are wanted and those that may not appear are known to have.
    """
    if least is None and k > 0 and len(scores) >= _LARGE:
        n_closed = 0 if candidates is None else len(candidates) - int(np.count_nonzero(candidates))
        least = _low_guess(scores, k + n_closed)
    positions: IndexArray = np.arange(len(scores))
    if least is not None:
        positions = _open(np.flatnonzero(scores >= least), candidates, items)
    if not k <= len(positions) < len(scores):  # the sample misled, or there was none
        positions = _open(np.arange(len(scores)), candidates, items)
    values = scores[positions]
    if 0 < k < len(positions):
        threshold = np.partition(values, len(values) - k)[len(values) - k]
        is_near = values >= threshold
        positions, values = positions[is_near], values[is_near]
    numbers = positions if items is None else items[positions]
    return positions[_best_first(values, numbers)[: max(k, 0)]]


def kth_best(scores: FloatArray, k: int) -> float:
    """Return the `k`-th highest of the scores, of which there are as many."""
    if len(scores) >= _LARGE:
        near = scores[scores >= _low_guess(scores, k)]
        scores = near if len(near) >= k else scores
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


def _open(
    positions: IndexArray, candidates: BoolArray | None, items: IndexArray | None
) -> IndexArray:
    """Return those of the positions that are candidates."""
    if candidates is None:
        return positions
    return positions[candidates[positions if items is None else items[positions]]]


def _best_first(values: FloatArray | Float32Array, numbers: IndexArray) -> IndexArray:
    """Return the order of values, the greatest first, equal ones by their numbers."""
    order: IndexArray = np.argsort(-values)
    ordered = values[order]
    if (ordered[1:] == ordered[:-1]).any():  # hardly ever, and this takes thrice as long
        order = np.lexsort((numbers, -values))
    return order


def _low_guess(values: FloatArray | Float32Array, k: int) -> float:
    """Return what about twice `k` of the values reach, by every so many-th of them."""
    sample = values[::_STRIDE]
    rank = min(2 * k // _STRIDE + _SPARE, len(sample))
    return float(np.partition(sample, len(sample) - rank)[len(sample) - rank])


def places_of(scores: FloatArray, items: IndexArray, *, allowed: BoolArray) -> IndexArray:
    """Return the place, from 0, that each item has in one person's own list, shape (k,).

    `scores` and `allowed` have shape (n_items,). Ties go by index. It is one pass over the scores
    for each item.
    """
    return np.array(
        [
            np.count_nonzero(allowed & (scores > scores[item]))
            + np.count_nonzero(allowed[:item] & (scores[:item] == scores[item]))
            for item in items.tolist()
        ],
        dtype=np.int64,
    )
