"""Make the lists of one person from the scores of one model."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from movies.services.shelves import Shelves
from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.filters import Rule, apply_rules
from recommendations.engine.ranking.knowledge import knowledge_for
from recommendations.engine.ranking.plan import SITE_PLAN, RankedList, make_list
from recommendations.engine.ranking.top import places_of, top_k
from recommendations.services.histories import PersonHistory
from recommendations.services.picks import BecauseList, Pick, PickMove, PickReason

BECAUSE_LENGTH = 30
MOST_SOURCES = 3
FEW_RATINGS = 8
LIKED_STARS = 3.5
MOST_CITED = 2
# A rating is named as a reason only if it carries this share of what all ratings gave.
LEAST_SHARE = 0.05
GUESS = PickReason("guess")


class ListMaker:
    """Score every movie once for a history and make all of a person's lists from that."""

    def __init__(
        self,
        *,
        model: Hybrid,
        person: PersonHistory,
        unwanted: frozenset[int],
        shelves: Shelves,
        seed: int,
    ) -> None:
        self._model = model
        self._history = person.history
        self._shelves = shelves
        self._unwanted = unwanted
        self._rated_ids = person.stars_of.keys()
        self._seed = seed
        self._top_explanations: list[Explanation] = []

    def top(self, *, length: int) -> tuple[Pick, ...]:
        """Return the best movies; every move away from the order of scores is recorded."""
        ranked = self._rank(length)
        pins = [index for index in self._indices_of(self._shelves.pinned) if self._may_show[index]]
        pinned = np.array(pins, dtype=np.int64)
        shown = np.concatenate([pinned, ranked.items[~np.isin(ranked.items, pinned)]])[:length]
        why: dict[int, str] = {move.item_index: move.why for move in ranked.moves}
        why |= dict.fromkeys(pinned.tolist(), "pinned")
        places = self._places_by_score(shown, ranked)
        self._top_explanations = self._model.explain_many(self._history, shown.tolist())
        predicted = self._model.predict(self._history, shown)
        return tuple(
            Pick(
                movie_id=self._movie_id(index),
                score=float(self._scores[index]),
                predicted=round(float(stars), 3),
                reason=GUESS if index in ranked.explored else self._reason(explanation),
                move=_move(places[index], place, why.get(index, "made room")),
            )
            for place, (index, explanation, stars) in enumerate(
                zip(shown.tolist(), self._top_explanations, predicted, strict=True)
            )
        )

    def because(self) -> tuple[BecauseList, ...]:
        """Return movies close to those that speak loudest for the top picks; call `top` first."""
        return tuple(
            BecauseList(self._movie_id(source), self._close_to(source))
            for source in self._sources()
        )

    def predicted(self) -> dict[int, float]:
        """Return the expected stars of the movies on the shelves, for the model's known ones."""
        shelves = self._shelves
        shown = (*shelves.popular, *shelves.acclaimed, *shelves.newest)
        indices = self._indices_of(dict.fromkeys(shown))
        stars = self._model.predict(self._history, indices)
        movie_ids = self._model.known_items.ids[indices].tolist()
        return {
            movie_id: round(value, 3)
            for movie_id, value in zip(movie_ids, stars.tolist(), strict=True)
        }

    @cached_property
    def _scores(self) -> FloatArray:
        return self._model.score(self._history)

    @cached_property
    def _is_liked(self) -> BoolArray:
        return find_liked(self._history, unwanted=self._indices_of(self._unwanted))

    @cached_property
    def _rules(self) -> list[Rule]:
        """Return what may not be recommended, and why."""
        return [
            Rule(why="dismissed", removed=self._indices_of(self._unwanted)),
            Rule(why="seen", removed=self._indices_of(self._rated_ids)),
            Rule(why="hidden", removed=self._indices_of(self._shelves.hidden)),
        ]

    @cached_property
    def _may_show(self) -> BoolArray:
        """Tell for each item whether it may be recommended, shape (n_items,)."""
        return apply_rules(self._model.n_items, self._rules)

    def _rank(self, length: int) -> RankedList:
        # A guess outside of what is usual for somebody takes something that is usual.
        plan = SITE_PLAN if self._history.n_ratings else replace(SITE_PLAN, exploration_places=())
        return make_list(
            self._scores,
            k=length,
            plan=plan,
            history=self._history,
            rules=self._rules,
            knowledge=knowledge_for(self._model, self._history, self._scores, plan=plan),
            seed=self._seed,
        )

    def _places_by_score(self, shown: IndexArray, ranked: RankedList) -> dict[int, int]:
        pulled_in = shown[~np.isin(shown, list(ranked.places_by_score))]
        found = places_of(self._scores, pulled_in, allowed=self._may_show)
        return {
            **ranked.places_by_score,
            **dict(zip(pulled_in.tolist(), found.tolist(), strict=True)),
        }

    def _indices_of(self, movie_ids: Iterable[int]) -> IndexArray:
        indices, is_known = self._model.known_items.find(list(movie_ids))
        return indices[is_known]

    def _movie_id(self, index: int) -> int:
        return int(self._model.known_items.ids[index])

    def _reason(self, explanation: Explanation) -> PickReason:
        return cited_reason(
            explanation,
            history=self._history,
            is_liked=self._is_liked,
            items=self._model.known_items,
        )

    def _sources(self) -> list[int]:
        """Return the liked items that gave the top picks most, none close to one before it."""
        n_ratings = self._history.n_ratings
        if not n_ratings or not self._top_explanations:
            return []
        shares = [each.contributions[:n_ratings] for each in self._top_explanations]
        given = np.maximum(shares, 0).sum(axis=0) * self._is_liked
        wanted = MOST_SOURCES if n_ratings >= FEW_RATINGS else MOST_SOURCES - 1
        sources: list[int] = []
        near: set[int] = set()
        for position in np.argsort(-given, kind="stable"):
            index = int(self._history.item_indices[position])
            if given[position] <= 0 or len(sources) == wanted:
                break
            if index not in near:
                sources.append(index)
                near.update(self._model.similar(index, BECAUSE_LENGTH // 2).tolist())
        return sources

    def _close_to(self, source: int) -> tuple[Pick, ...]:
        similarities = self._model.similarities(source)
        indices: Sequence[int] = [
            index
            for index in top_k(similarities, BECAUSE_LENGTH, candidates=self._may_show).tolist()
            if similarities[index] > 0
        ]
        reason = PickReason("close", (self._movie_id(source),))
        return tuple(
            Pick(self._movie_id(index), float(similarities[index]), round(float(stars), 3), reason)
            for index, stars in zip(
                indices, self._model.predict(self._history, indices), strict=True
            )
        )


def _move(from_place: int, to_place: int, why: str) -> PickMove | None:
    """Return the move as people count places, from 1; None where nothing moved."""
    return PickMove(from_place + 1, to_place + 1, why) if from_place != to_place else None


def find_liked(history: History, *, unwanted: IndexArray) -> BoolArray:
    """Tell for each rating whether it may be named as a reason, shape (n_ratings,).

    Liked movies may, unless the person does not want to hear of them any more.
    """
    return (history.values >= LIKED_STARS) & ~np.isin(history.item_indices, unwanted)


def cited_reason(
    explanation: Explanation, *, history: History, is_liked: BoolArray, items: ItemIndex
) -> PickReason:
    """Cite the liked movies whose ratings gave the score most, if any gave enough of it."""
    ratings = explanation.contributions[: history.n_ratings]
    given = float(ratings[ratings > 0].sum())
    shares = np.where(is_liked & (ratings > 0), ratings, 0.0)
    best = top_k(shares, MOST_CITED)
    cited = [position for position in best if shares[position] > LEAST_SHARE * given]
    if not cited:
        return PickReason("acclaimed")
    return PickReason("rated", tuple(items.ids[history.item_indices[cited]].tolist()))
