"""The lists a model makes for many cases, as one array, and where they hit."""

from collections.abc import Sequence

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.splits import Case
from recommendations.engine.ranking.top import top_k

NOTHING = -1
_CELLS_AT_ONCE = 2**23
_PEOPLE_AT_ONCE = 512


def rank_cases(model: Recommender, cases: Sequence[Case], depth: int) -> IndexArray:
    """Return each case's best items, shape (n_cases, depth), `NOTHING` beyond the end of a list.

    All items of the catalogue outside of the history compete, or the case's candidates; ties by
    item index. People are scored in blocks, so memory does not grow with their number.
    """
    rankings = np.full((len(cases), depth), NOTHING, dtype=np.int64)
    at_once = max(1, min(_PEOPLE_AT_ONCE, _CELLS_AT_ONCE // max(1, model.n_items)))
    for start in range(0, len(cases), at_once):
        block = cases[start : start + at_once]
        scores = model.score_many([case.history for case in block])
        for row, case in enumerate(block):
            best = _best(scores[row], case, depth)
            rankings[start + row, : len(best)] = best
    return rankings


def find_hits(
    rankings: IndexArray, relevant: Sequence[IndexArray], *, n_items: int
) -> tuple[BoolArray, IndexArray]:
    """Return where lists hold a relevant item, in their shape, and how many each person has."""
    n_relevant = np.array([len(items) for items in relevant], dtype=np.int64)
    people = np.repeat(np.arange(len(relevant), dtype=np.int64), n_relevant)
    wanted = people * n_items + np.concatenate([np.zeros(0, dtype=np.int64), *relevant])
    cells = np.arange(len(rankings), dtype=np.int64)[:, np.newaxis] * n_items + rankings
    return np.isin(cells, wanted) & (rankings != NOTHING), n_relevant


def _best(scores: FloatArray, case: Case, depth: int) -> IndexArray:
    allowed: BoolArray = np.full(len(scores), case.candidates is None)
    if case.candidates is None:
        allowed[case.history.item_indices] = False
    else:
        allowed[case.candidates] = True
    return top_k(scores, depth, candidates=allowed)
