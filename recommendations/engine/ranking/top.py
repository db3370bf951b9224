"""The best of many scores."""

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray


def top_k(scores: FloatArray, k: int, *, candidates: BoolArray | None = None) -> IndexArray:
    """Return the positions of the `k` highest scores, best first, ties by position.

    `scores` and `candidates` (which positions may appear) have shape (n_items,). Fewer are
    returned where there are fewer candidates. Partitions first, so the cost is that of one pass.
    """
    positions = np.arange(len(scores)) if candidates is None else np.flatnonzero(candidates)
    values = scores[positions]
    if 0 < k < len(positions):
        threshold = np.partition(values, len(values) - k)[len(values) - k]
        is_near = values >= threshold
        positions, values = positions[is_near], values[is_near]
    order = np.lexsort((positions, -values))[: max(k, 0)]
    return positions[order].astype(np.int64)
