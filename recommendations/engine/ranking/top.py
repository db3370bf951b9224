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
) -> IndexArray:
    """Return the positions of the `k` highest scores, best first, ties by position.

    `scores` and `candidates` (which positions may appear) have shape (n_items,). Fewer are
    returned where there are fewer candidates. Narrows down first, so the cost is that
    of a pass.
    """
    # One pass puts all others last: to pick the candidates' scores out would take three.
    values = scores if candidates is None else np.where(candidates, scores, -np.inf)
    positions: IndexArray = np.arange(len(values))
    if k > 0 and len(values) >= _LARGE:
        is_near = values >= _low_guess(values, k)
        if np.count_nonzero(is_near) >= k:  # else the sample misled: go on with all
            positions = np.flatnonzero(is_near)
            values = values[positions]
    if 0 < k < len(positions):
        threshold = np.partition(values, len(values) - k)[len(values) - k]
        is_near = values >= threshold
        positions, values = positions[is_near], values[is_near]
    if candidates is not None:
        is_candidate = candidates[positions]
        positions, values = positions[is_candidate], values[is_candidate]
    order = np.argsort(-values, kind="stable")[: max(k, 0)]  # positions ascend
    return positions[order].astype(np.int64)


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
