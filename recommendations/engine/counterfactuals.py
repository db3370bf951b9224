"""What would be different: the list without a rating, with another one, and what it would take.

Everything here is recomputed, never subtracted: normalisers and weights follow the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.history import History
from recommendations.engine.ranking.top import top_k

# So many scorings decide every pair of 200 ratings.
MOST_RESCORED = 20_100
DROPPED = -np.inf
_BLOCK = 128
_PAIR = 2


@dataclass(frozen=True, kw_only=True)
class ListDiff:
    """How one list became another; places count from 0.

    `entered` and `left` hold (item, place), `moved` holds (item, place before, place after), each
    in order of place.
    """

    entered: tuple[tuple[int, int], ...]
    left: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int, int], ...]


def diff_lists(before: IndexArray, after: IndexArray) -> ListDiff:
    """Return which items entered, left and moved between two lists of item indices."""
    old = {int(item): place for place, item in enumerate(before)}
    new = {int(item): place for place, item in enumerate(after)}
    return ListDiff(
        entered=tuple((item, place) for item, place in new.items() if item not in old),
        left=tuple((item, place) for item, place in old.items() if item not in new),
        moved=tuple(
            (item, old[item], place)
            for item, place in new.items()
            if item in old and old[item] != place
        ),
    )


def compare_histories(
    model: Recommender, before: History, after: History, *, allowed: BoolArray, k: int
) -> ListDiff:
    """Return what becomes of the best `k` of the allowed items when a history changes.

    For the list without a rating pass `history.without_item(item)`, with a changed or a new one
    `history.with_rating(item, stars)`. `allowed`, shape (n_items,), is the same for both.
    """
    lists = [top_k(model.score(history), k, candidates=allowed) for history in (before, after)]
    return diff_lists(*lists)


@dataclass(frozen=True, kw_only=True)
class DropSet:
    """Ratings without which an item is not among the first n any more, in order of the history.

    `is_smallest` says that no smaller set does it, which is known for one and two ratings; a
    greater set is small, and none of its ratings can be left out of it.
    """

    item_indices: tuple[int, ...]
    is_smallest: bool


def count_rescored(n_ratings: int) -> int:
    """Return how many histories are scored at most where every single and pair is tried."""
    return n_ratings * (n_ratings + 1) // 2


def find_drop_set(
    model: Recommender,
    history: History,
    item_index: int,
    *,
    n: int,
    allowed: BoolArray,
    most_ratings: int = 10,
    most_rescored: int = MOST_RESCORED,
) -> DropSet | None:
    """Return few ratings whose removal drops an item out of the first `n`, or None.

    `allowed`, shape (n_items,), says what may be in the list; it stays as it is, so a rating left
    out does not let its own movie in. Every single rating is tried, then a set is gathered by
    contribution (to the item, less to the best that is out), at most `most_ratings` of them; if
    that takes three or more, every pair is tried, the most promising first. For singles and pairs
    at most `most_rescored` histories are scored, enough for all pairs of 200 ratings; where that
    does not do `is_smallest` is False. So the cost is that many times a row of `score_many` at
    worst; `count_rescored` says how many make the smallest certain. An item that is not among the
    first `n` gives an empty set.
    """
    trial = _Trial(model, history, item_index, n, allowed)
    if trial.is_dropped([]):
        return DropSet(item_indices=(), is_smallest=True)
    order = np.argsort(-trial.advantages([]), kind="stable")[:most_rescored]
    margins = trial.margins([(position,) for position in order.tolist()])
    dropping = order[margins == DROPPED].tolist()
    if dropping:
        return trial.drop_set(dropping[:1], is_smallest=True)
    knows_singles = len(order) == history.n_ratings
    gathered = _gather(trial, most_ratings=most_ratings)
    if gathered is not None and len(gathered) == _PAIR:
        return trial.drop_set(gathered, is_smallest=knows_singles)
    budget = most_rescored - len(order) if most_ratings >= _PAIR else 0
    pair, knows_pairs = _try_pairs(trial, order, margins, budget=budget)
    if pair is not None:
        return trial.drop_set(pair, is_smallest=knows_singles)
    if gathered is None:
        return None
    knows_smaller = knows_singles and knows_pairs and len(gathered) == _PAIR + 1
    return trial.drop_set(gathered, is_smallest=knows_smaller)


class _Trial:
    """Ask again and again whether one item is among the first n with some ratings left out."""

    def __init__(
        self, model: Recommender, history: History, item_index: int, n: int, allowed: BoolArray
    ) -> None:
        self.history = history
        self._model = model
        self._item = item_index
        self._n = n
        others = allowed.copy()
        others[item_index] = False
        self._others = np.flatnonzero(others)
        self._is_before = self._others < item_index

    def margins(self, removals: Sequence[Sequence[int]]) -> FloatArray:
        """Return for each removal by how much the item is above the best that is out."""
        margins: list[float] = []
        for start in range(0, len(removals), _BLOCK):
            histories = [self._without(each) for each in removals[start : start + _BLOCK]]
            margins += [self._margin(row) for row in self._model.score_many(histories)]
        return np.array(margins, dtype=np.float64)

    def is_dropped(self, removal: Sequence[int]) -> bool:
        """Tell whether the item is out without the ratings at these positions."""
        return bool(self.margins([removal])[0] == DROPPED)

    def advantages(self, removal: Sequence[int]) -> FloatArray:
        """Return what each rating left gives the item above what it gives the best that is out.

        Ratings left out have 0, shape (n_ratings,).
        """
        history = self._without(removal)
        advantages = np.zeros(self.history.n_ratings, dtype=np.float64)
        kept = self._kept(removal)
        rivals = self._others[top_k(self._model.score(history)[self._others], self._n)]
        own, *rival = self._model.explain_many(
            history, [self._item, *rivals[self._n - 1 :].tolist()]
        )
        advantages[kept] = own.contributions[: len(kept)]
        for account in rival:
            advantages[kept] -= account.contributions[: len(kept)]
        return advantages

    def drop_set(self, positions: Sequence[int], *, is_smallest: bool) -> DropSet:
        """Return the set of the ratings at these positions."""
        items = tuple(int(self.history.item_indices[position]) for position in sorted(positions))
        return DropSet(item_indices=items, is_smallest=is_smallest)

    def _kept(self, removal: Sequence[int]) -> IndexArray:
        return np.delete(np.arange(self.history.n_ratings, dtype=np.int64), list(removal))

    def _without(self, removal: Sequence[int]) -> History:
        return self.history.take(self._kept(removal))

    def _margin(self, scores: FloatArray) -> float:
        own, others = scores[self._item], scores[self._others]
        n_ahead = np.count_nonzero((others > own) | ((others == own) & self._is_before))
        if n_ahead >= self._n:
            return DROPPED
        if len(others) < self._n:
            return np.inf
        place = len(others) - self._n
        return float(own - np.partition(others, place)[place])


def _gather(trial: _Trial, *, most_ratings: int) -> list[int] | None:
    """Leave out the rating that is of most advantage, again and again, until the item is out."""
    removal: list[int] = []
    while len(removal) < min(most_ratings, trial.history.n_ratings):
        advantages = trial.advantages(removal)
        best = int(np.argmax(advantages))
        if advantages[best] <= 0:
            return None
        removal.append(best)
        if trial.is_dropped(removal):
            return _without_idle(trial, removal)
    return None


def _without_idle(trial: _Trial, removal: list[int]) -> list[int]:
    """Return the removal without what is not needed, the last gathered tried first."""
    for position in reversed(removal):
        fewer = [each for each in removal if each != position]
        if trial.is_dropped(fewer):
            removal = fewer
    return removal


def _try_pairs(
    trial: _Trial, positions: IndexArray, margins: FloatArray, *, budget: int
) -> tuple[list[int] | None, bool]:
    """Return a pair that drops the item, if any, and whether all pairs were tried.

    `margins` are those of the single positions: pairs are tried in order of their sum. They are
    only an order, since what two ratings do together is more than their sum.
    """
    # So many positions have at least as many pairs as there may be tries.
    n_near = min(len(positions), int(np.sqrt(2 * max(budget, 0))) + 2)
    near = np.argsort(margins, kind="stable")[:n_near]
    firsts, seconds = np.triu_indices(len(near), k=1)
    sums = margins[near[firsts]] + margins[near[seconds]]
    order = np.argsort(sums, kind="stable")[: max(budget, 0)]
    pairs = positions[near[np.column_stack([firsts, seconds])[order]]]
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK].tolist()
        dropping = np.flatnonzero(trial.margins(block) == DROPPED)
        if len(dropping):
            return block[int(dropping[0])], True
    return None, len(pairs) == len(positions) * (len(positions) - 1) // 2
