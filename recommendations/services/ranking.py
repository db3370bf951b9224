"""Rank movies for somebody: the part of making lists that looks at every movie."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Self

from movies.services.shelves import Shelves
from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.filters import Rule, apply_rules
from recommendations.engine.ranking.knowledge import knowledge_for
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import SITE_PLAN
from recommendations.engine.ranking.ranked import RankedList
from recommendations.engine.ranking.scored import Scored
from recommendations.services.histories import PersonHistory
from recommendations.services.picks import Freshness

TOP_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class Request:
    """Whose lists are made, and from what; `seed` is what their guesses are drawn by."""

    person: PersonHistory
    unwanted: frozenset[int]
    seed: int
    freshness: Freshness
    moment: datetime


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownShelves:
    """The shelves as item indices of a model, as far as it knows their movies."""

    popular: IndexArray
    acclaimed: IndexArray
    newest: IndexArray
    pinned: IndexArray
    hidden: IndexArray

    @classmethod
    def of(cls, shelves: Shelves, items: ItemIndex) -> Self:
        """Look the movies of all shelves up."""
        found = {}
        for each in fields(cls):
            indices, is_known = items.find(list(getattr(shelves, each.name)))
            found[each.name] = indices[is_known]
        return cls(**found)


class Allowance:
    """What may be recommended to somebody."""

    def __init__(self, request: Request, *, model: Hybrid, shelves: KnownShelves) -> None:
        self._request, self._model, self._shelves = request, model, shelves

    @cached_property
    def unwanted(self) -> IndexArray:
        """Return the items the person dismissed."""
        indices, is_known = self._model.known_items.find(list(self._request.unwanted))
        return indices[is_known]

    @cached_property
    def rules(self) -> list[Rule]:
        """Return what may not be recommended, and why."""
        return [
            Rule(why="dismissed", removed=self.unwanted),
            Rule(why="seen", removed=self._request.person.history.item_indices),
            Rule(why="hidden", removed=self._shelves.hidden),
        ]

    @cached_property
    def items(self) -> BoolArray:
        """Tell for each item whether it may be recommended, shape (n_items,)."""
        return apply_rules(self._model.n_items, self.rules)


def rank_many(
    requests: Sequence[Request], *, model: Hybrid, shelves: KnownShelves
) -> list[RankedList]:
    """Return the best movies for each of some people; memory is that of their scores."""
    return [
        _rank(request, scored, model=model, shelves=shelves)
        for request, scored in zip(requests, _score(requests, model, shelves), strict=True)
    ]


def _rank(request: Request, scored: Scored, *, model: Hybrid, shelves: KnownShelves) -> RankedList:
    history = request.person.history
    allowance = Allowance(request, model=model, shelves=shelves)
    # A guess outside of what is usual for somebody takes something that is usual.
    plan = SITE_PLAN if history.n_ratings else replace(SITE_PLAN, exploration_places=())
    ranked = make_list(
        scored,
        k=TOP_LENGTH,
        plan=plan,
        history=history,
        rules=allowance.rules,
        knowledge=knowledge_for(model, history, plan=plan),
        seed=request.seed,
    )
    pins = shelves.pinned
    return ranked.led_by(pins[allowance.items[pins]], scored, allowed=allowance.items)


def _score(requests: Sequence[Request], model: Hybrid, shelves: KnownShelves) -> list[Scored]:
    histories = [request.person.history for request in requests]
    if len(shelves.pinned):  # whose place by score may be anywhere
        return _score_all(histories, model=model)
    looked_at = max(TOP_LENGTH, SITE_PLAN.reranked) + len(shelves.hidden)
    numbers = [
        looked_at + request.person.history.n_ratings + len(request.unwanted) for request in requests
    ]
    return _score_near(histories, model=model, numbers=numbers)


def _score_all(histories: Sequence[History], *, model: Hybrid) -> list[Scored]:
    """Score every movie for each."""
    return [Scored.of_all(scores) for scores in model.score_many(histories)]


def _score_near(
    histories: Sequence[History], *, model: Hybrid, numbers: Sequence[int]
) -> list[Scored]:
    """Score at least the best `numbers` for each, or all where that takes no longer."""
    near = model.score_near(histories, numbers=numbers)
    if near is None:
        return _score_all(histories, model=model)
    return [
        Scored(
            values=scores,
            n_items=model.n_items,
            deviation=deviation,
            near=near.items,
            least=least,
        )
        for scores, deviation, least in zip(
            near.scores, near.deviations.tolist(), near.least.tolist(), strict=True
        )
    ]
