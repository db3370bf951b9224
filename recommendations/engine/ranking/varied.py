"""Fill a list where, of all forces, only that of variety depends on what was chosen before.

What `greedy.choose` does for any forces, thirty places in one compiled loop.
"""

from collections.abc import Sequence

import numpy as np
from numba import types

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.compiled import INDICES, array_of, compiled, tuple_of
from recommendations.engine.ranking.greedy import Boost, Choice
from recommendations.engine.ranking.standouts import StandOut

_FOUND = tuple_of(
    array_of(types.int64, ndim=2, is_written=True), array_of(types.float64, ndim=2, is_written=True)
)


def choose_varied(
    values: FloatArray,
    *,
    k: int,
    boosts: Sequence[Boost],
    stand_out: StandOut | None,
    likeness: Float32Array | None,
    strength: float,
) -> Choice:
    """Return at most `k` of the candidates, whose values of shape (n,) are in order of score.

    `strength` times the greatest `likeness`, shape (n, n), to what is chosen already is taken
    off; being unlike counts as 0. Ties go to the earlier candidate.
    """
    k = min(k, len(values))
    kinds: IndexArray = np.zeros(k, dtype=np.int64)
    pulls = np.zeros((1, len(values)))
    if stand_out is not None:
        pulls, kinds = stand_out.by_kind(k)
    if likeness is None:
        likeness = np.zeros((len(values), len(values)), dtype=np.float32)
    worth = pulls + np.sum([values, *(boost.values for boost in boosts)], axis=0)
    found, taken_off = np.empty((2, k), dtype=np.int64), np.empty((2, k))
    _fill(worth, kinds, likeness, strength, (found, taken_off))
    nudges = [*(boost.values[found] for boost in boosts), taken_off, pulls[kinds, found]]
    of_chosen, of_leaders = np.stack(nudges, axis=2)
    return Choice(
        causes=(*(boost.why for boost in boosts), "variety", "stands out"),
        positions=found[0],
        leaders=found[1],
        nudges=of_chosen,
        leader_nudges=of_leaders,
    )


@compiled(
    types.void(
        array_of(types.float64, ndim=2),
        INDICES,
        array_of(types.float32, ndim=2),
        types.float64,
        _FOUND,
    )
)
def _fill(
    worth: FloatArray,
    kinds: IndexArray,
    likeness: Float32Array,
    strength: float,
    found: tuple[IndexArray, FloatArray],
) -> None:
    """Find for each place, of a kind that is a row of `worth`, who is chosen and who leads.

    They and what likeness takes off them, shape (2, k) each, are written to `found`.
    """
    positions, taken_off = found
    n = worth.shape[1]
    pull = np.zeros(n)
    is_taken = np.zeros(n, dtype=np.bool_)
    leader = 0
    for place in range(len(kinds)):
        best, most = -1, 0.0
        for position in range(n):
            value = worth[kinds[place], position] + pull[position]
            if not is_taken[position] and (best < 0 or value > most):
                best, most = position, value
        while is_taken[leader]:
            leader += 1
        positions[0, place], positions[1, place] = best, leader
        taken_off[0, place], taken_off[1, place] = pull[best], pull[leader]
        is_taken[best] = True
        for position in range(n):
            pull[position] = min(pull[position], -strength * likeness[best, position])
