"""One list for several people, with the account of what each of them gets.

Masthoff, "Group recommender systems: aggregation, satisfaction and group attributes", in:
Recommender Systems Handbook, 2015: average, least misery, and fairness by taking turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.ranking.boosts import standardise
from recommendations.engine.ranking.top import top_k

Aggregation = Literal["average", "least misery", "fair turns"]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupList:
    """Items for a group, best first, shape (k,).

    `scores`, shape (k,), is what they were ranked by, `scores_by_person`, shape (n_people, k),
    what each person gives them, and `pickers`, shape (k,), says whose turn it was, −1 where
    nobody's.
    """

    items: IndexArray
    scores: FloatArray
    scores_by_person: FloatArray
    pickers: IndexArray


def standardise_people(scores: FloatArray) -> FloatArray:
    """Return the scores of each person, rows of (n_people, n_items), with mean 0, deviation 1."""
    return np.stack([standardise(row) for row in scores]) if len(scores) else scores


def allow_for_group(
    n_items: int, seen_by_person: Sequence[IndexArray], *, seen_allowed: bool
) -> BoolArray:
    """Return a mask of shape (n_items,): false for what anyone has seen, unless that is allowed."""
    allowed = np.ones(n_items, dtype=np.bool_)
    for seen in seen_by_person if not seen_allowed else ():
        allowed[seen] = False
    return allowed


def aggregate(
    scores: FloatArray, *, allowed: BoolArray, k: int, aggregation: Aggregation
) -> GroupList:
    """Return the `k` best items for all together, ties by item index.

    `scores`, shape (n_people, n_items), should be standardised (`standardise_people`), or whoever
    has the widest scores decides. *average* ranks by the mean, *least misery* by the least score
    of anyone; in *fair turns* each in turn takes the best left, the order of people moving on by
    one after every round. Raises `ValueError` for a group of nobody.
    """
    if not len(scores):
        raise ValueError("a group needs one person at least, got none")
    if aggregation == "fair turns":
        items, pickers = _take_turns(scores, allowed=allowed, k=k)
        together = scores.mean(axis=0)
    else:
        together = scores.mean(axis=0) if aggregation == "average" else scores.min(axis=0)
        items = top_k(together, k, candidates=allowed)
        pickers = np.full(len(items), -1, dtype=np.int64)
    return GroupList(
        items=items,
        scores=together[items],
        scores_by_person=scores[:, items],
        pickers=pickers,
    )


def _take_turns(scores: FloatArray, *, allowed: BoolArray, k: int) -> tuple[IndexArray, IndexArray]:
    """Return the items in the order they were taken, and who took each."""
    # Nobody's best k can all be gone before k items are taken.
    wishes = [iter(top_k(row, k, candidates=allowed).tolist()) for row in scores]
    n_people, n_wanted = len(scores), min(k, int(allowed.sum()))
    taken: dict[int, int] = {}
    for turn in range(n_wanted):
        shift, seat = divmod(turn, n_people)
        person = (seat + shift) % n_people
        item = next(wish for wish in wishes[person] if wish not in taken)
        taken[item] = person
    return np.array(list(taken), dtype=np.int64), np.array(list(taken.values()), dtype=np.int64)
