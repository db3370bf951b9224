"""Variety by maximal marginal relevance.

Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and
producing summaries", SIGIR 1998.
"""

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray


def diversify(
    candidates: IndexArray, *, scores: FloatArray, likeness: FloatArray, k: int, diversity: float
) -> IndexArray:
    """Return `k` of the candidates, each the best trade of its score against likeness.

    `scores` and `likeness` (between 0 and 1) belong to the candidates, shapes (n,) and (n, n).
    Scores are put on 0..1; `diversity` 0 keeps their order, 1 asks for unlikeness alone. The
    first is always the best one; ties go to the earlier candidate.
    """
    spread = float(np.ptp(scores)) if len(scores) else 0.0
    relevance = (scores - scores.min(initial=np.inf)) / spread if spread > 0 else 0.0 * scores
    nearest = np.zeros(len(candidates), dtype=np.float64)
    is_left = np.ones(len(candidates), dtype=np.bool_)
    chosen: list[int] = []
    for _ in range(min(k, len(candidates))):
        worth = (1.0 - diversity) * relevance - diversity * nearest if chosen else relevance
        best = int(np.argmax(np.where(is_left, worth, -np.inf)))
        chosen.append(best)
        is_left[best] = False
        nearest = np.maximum(nearest, likeness[best])
    return candidates[np.array(chosen, dtype=np.int64)]
