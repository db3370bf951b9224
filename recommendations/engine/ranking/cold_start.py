"""A first list for somebody nothing is known of: well liked films, deliberately different."""

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.ranking.diversity import put_on_unit_scale
from recommendations.engine.ranking.likeness import Likeness

_YEARS_A_PERIOD = 10
# A twin costs more than any difference of popularity can make good.
_TWIN = 2.0


def spread_out(
    candidates: IndexArray,
    *,
    scores: FloatArray,
    membership: FloatArray,
    years: IndexArray,
    likeness: Likeness | None = None,
    k: int,
    variety: float = 0.5,
    most_alike: float = 0.6,
) -> IndexArray:
    """Return `k` of the candidates, spread over genres and periods, no two neighbours alike.

    Candidates are in order of score (popularity, for a newcomer). `scores`, `years` (0 unknown),
    shape (n,), `membership`, shape (n, n_genres), and `likeness` belong to them.
    Each place goes to the best score, on 0..1, less `variety` times how much of the list so far
    shares its genres and its decade. Two neighbours never have the same genres in the same
    decade, nor a likeness above `most_alike`, unless nothing else is left. The first is always
    the best one; ties go to the earlier candidate.
    """
    worth = put_on_unit_scale(scores)
    periods = np.where(years > 0, years // _YEARS_A_PERIOD, -1)
    genre_counts = np.zeros(membership.shape[1], dtype=np.float64)
    crowd = np.zeros(len(candidates), dtype=np.float64)
    neighbour = np.zeros(len(candidates), dtype=np.float64)
    chosen: list[int] = []
    for n_chosen in range(1, min(k, len(candidates)) + 1):
        best = int(np.argmax(worth - variety * crowd - _TWIN * neighbour))
        chosen.append(best)
        worth[best] = -np.inf
        genre_counts += membership[best]
        same_period = np.bincount(periods[chosen] + 1, minlength=int(periods.max()) + 2)
        shared = membership @ genre_counts + (periods >= 0) * same_period[periods + 1]
        crowd = shared / n_chosen
        neighbour = _twins(best, membership, periods, likeness, most_alike=most_alike)
    return candidates[np.array(chosen, dtype=np.int64)]


def _twins(
    position: int,
    membership: FloatArray,
    periods: IndexArray,
    likeness: Likeness | None,
    *,
    most_alike: float,
) -> FloatArray:
    """Return 1 for each candidate too like this one to stand beside it, shape (n,)."""
    is_twin = np.zeros(len(periods), dtype=np.bool_)
    if periods[position] >= 0 and membership[position].any():
        is_twin |= (membership == membership[position]).all(axis=1)
        is_twin &= periods == periods[position]
    if likeness is not None:
        is_twin |= likeness(position) > most_alike
    return is_twin.astype(np.float64)
