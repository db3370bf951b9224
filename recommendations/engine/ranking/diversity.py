"""Variety by maximal marginal relevance.

Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and
producing summaries", SIGIR 1998.
"""

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.ranking.greedy import Force, choose
from recommendations.engine.ranking.likeness import Likeness
from recommendations.engine.ranking.moves import Why

# With relevance weighing nothing at all the first place would go to anybody.
LEAST_RELEVANCE = 1e-9


class Sameness:
    """A force against what is like anything already chosen: −strength · the greatest likeness."""

    why: Why = "variety"

    def __init__(self, likeness: Likeness, *, n_candidates: int, strength: float) -> None:
        """Start with nothing chosen."""
        self._likeness = likeness
        self._strength = strength
        self._pull = np.zeros(n_candidates, dtype=np.float64)

    def pull(self) -> FloatArray:
        """Return what is taken off each candidate, shape (n,); being unlike counts as 0."""
        return self._pull

    def take(self, position: int) -> None:
        """Compare all candidates to one more."""
        taken_off = np.multiply(self._likeness(position), -self._strength, dtype=np.float64)
        np.minimum(self._pull, taken_off, out=self._pull)


def put_on_unit_scale(values: FloatArray) -> FloatArray:
    """Return the values moved and stretched to 0..1; all 0 where they are equal."""
    spread = float(np.ptp(values)) if len(values) else 0.0
    if spread <= 0:
        return np.zeros(len(values), dtype=np.float64)
    return np.asarray((values - values.min()) / spread, dtype=np.float64)


def diversify(
    candidates: IndexArray, *, scores: FloatArray, likeness: Likeness, k: int, diversity: float
) -> IndexArray:
    """Return `k` of the candidates, each the best trade of its score against likeness.

    Candidates are in order of score; `scores`, shape (n,), and `likeness` belong to them. Scores
    are put on 0..1; `diversity` 0 keeps their order, 1 asks for unlikeness alone. The first is
    always the best one; ties go to the earlier candidate.
    """
    relevance = put_on_unit_scale(scores) * max(1.0 - diversity, LEAST_RELEVANCE)
    forces: list[Force] = []
    if diversity:
        forces.append(Sameness(likeness, n_candidates=len(candidates), strength=diversity))
    return candidates[choose(relevance, k=k, forces=forces).positions]
