"""Fill a list where, of all forces, only that of variety depends on what was chosen before.

What `greedy.choose` does for any forces, thirty places in one compiled loop. Likeness only ever
takes off, so what a candidate was worth before is the most it can be worth: it is compared with
what was chosen since when it comes up, which of five hundred some fifty do.
"""

from collections.abc import Sequence

import numpy as np
from numba import types

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.compiled import FLOATS, INDICES, array_of, compiled, tuple_of
from recommendations.engine.ranking.greedy import Boost, Choice
from recommendations.engine.ranking.likeness import TRAITS, Traits, compare
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
    items: IndexArray,
    traits: Traits,
    strength: float,
) -> Choice:
    """Return at most `k` of the candidates, whose values of shape (n,) are in order of score.

    `strength` times the greatest likeness to what is chosen already is taken off, by the traits
    of the candidates' items, shape (n,); being unlike counts as 0. Ties go to the earlier
    candidate.
    """
    k = min(k, len(values))
    kinds: IndexArray = np.zeros(k, dtype=np.int64)
    pulls = np.zeros((1, len(values)))
    if stand_out is not None:
        pulls, kinds = stand_out.by_kind(k)
    worth = pulls + np.sum([values, *(boost.values for boost in boosts)], axis=0)
    found, taken_off = np.empty((2, k), dtype=np.int64), np.empty((2, k))
    _fill((worth, kinds), items, traits, strength, (found, taken_off))
    nudges = [*(boost.values[found] for boost in boosts), taken_off, pulls[kinds, found]]
    of_chosen, of_leaders = np.stack(nudges, axis=2)
    return Choice(
        causes=(*(boost.why for boost in boosts), "variety", "stands out"),
        positions=found[0],
        leaders=found[1],
        nudges=of_chosen,
        leader_nudges=of_leaders,
    )


@compiled(types.int64(FLOATS, FLOATS, FLOATS))
def _first_best(worth: FloatArray, ceiling: FloatArray, pull: FloatArray) -> int:
    """Return who is worth most; from each on nobody is worth more than the ceiling."""
    best = 0
    most = worth[0] + pull[0]
    for position in range(1, len(worth)):
        if ceiling[position] <= most:
            break
        if worth[position] + pull[position] > most:
            best, most = position, worth[position] + pull[position]
    return best


@compiled(
    *(
        types.void(
            tuple_of(array_of(types.float64, ndim=2), INDICES),
            INDICES,
            traits,
            types.float64,
            _FOUND,
        )
        for traits in TRAITS
    )
)
def _fill(
    places: tuple[FloatArray, IndexArray],
    items: IndexArray,
    traits: Traits,
    strength: float,
    found: tuple[IndexArray, FloatArray],
) -> None:
    """Find who is chosen for each place, and who leads, and what likeness takes off them.

    A place is of a kind, a row of what candidates are worth. What is found has shape (2, k) each.
    """
    worth, kinds = places
    positions, taken_off = found
    ceiling = worth.copy()
    for kind in range(len(worth)):
        for position in range(len(items) - 2, -1, -1):
            ceiling[kind, position] = max(ceiling[kind, position], ceiling[kind, position + 1])
    pull = np.zeros(len(items))
    n_compared = np.zeros(len(items), dtype=np.int64)
    chosen, likeness = np.empty(len(kinds), dtype=np.int64), np.empty(len(kinds))
    leader = 0
    for place in range(len(kinds)):
        kind = kinds[place]
        while pull[leader] == -np.inf:
            leader += 1
        best = leader
        while True:
            if strength:
                since = chosen[n_compared[best] : place]
                compare(traits, items[best], since, likeness[: len(since)])
                for each in likeness[: len(since)]:
                    pull[best] = min(pull[best], -strength * each)
            n_compared[best] = place
            best = _first_best(worth[kind], ceiling[kind], pull)
            if n_compared[best] == place:
                break
        positions[0, place], positions[1, place] = best, leader
        taken_off[0, place], taken_off[1, place] = pull[best], pull[leader]
        chosen[place] = items[best]
        pull[best] = -np.inf  # taken
