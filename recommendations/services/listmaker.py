"""Make the lists of one person from the scores of one model."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
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
from recommendations.engine.ranking.top import places_of
from recommendations.services.closeness import CloseItems, close_items, closest_allowed
from recommendations.services.histories import PersonHistory
from recommendations.services.picks import (
    BecauseList,
    Freshness,
    PersonalLists,
    Pick,
    PickMove,
    PickReason,
)

TOP_LENGTH = 100
# A page shows a dozen of each shelf, less what stands elsewhere on it.
SHELF_LOOK = 100
BECAUSE_LENGTH = 30
MOST_SOURCES = 3
FEW_RATINGS = 8
LIKED_STARS = 3.5
MOST_CITED = 2
# A rating is named as a reason only if it carries this share of what all ratings gave.
LEAST_SHARE = 0.05
GUESS = PickReason("guess")


class ListMaker:
    """Score every movie once for a history and make all of a person's lists from that.

    `scores`, shape (n_items,), are those of the history where somebody has them already.
    """

    def __init__(
        self,
        *,
        model: Hybrid,
        person: PersonHistory,
        unwanted: frozenset[int],
        shelves: Shelves,
        seed: int,
        scores: FloatArray | None = None,
    ) -> None:
        self._model = model
        self._history = person.history
        self._shelves = shelves
        self._unwanted = unwanted
        self._rated_ids = person.stars_of.keys()
        self._seed = seed
        self._scores = model.score(person.history) if scores is None else scores
        self._close: list[tuple[int, CloseItems]] = []

    def top(self, *, length: int) -> tuple[Pick, ...]:
        """Return the best movies; every move away from the order of scores is recorded."""
        ranked = self._rank(length)
        pins = [index for index in self._indices_of(self._shelves.pinned) if self._may_show[index]]
        pinned = np.array(pins, dtype=np.int64)
        shown = np.concatenate([pinned, ranked.items[~np.isin(ranked.items, pinned)]])[:length]
        why: dict[int, str] = {move.item_index: move.why for move in ranked.moves}
        why |= dict.fromkeys(pinned.tolist(), "pinned")
        places = self._places_by_score(shown, ranked)
        given = self._model.contributions(self._history, shown.tolist())
        given = given[:, : self._history.n_ratings]
        self._close = self._close_to_sources(given)
        self._predict(shown)
        reasons = cited_reasons(
            given, history=self._history, is_liked=self._is_liked, items=self._model.known_items
        )
        return tuple(
            Pick(
                movie_id=movie_id,
                score=score,
                predicted=self._stars[index],
                reason=GUESS if index in ranked.explored else reason,
                move=_move(places[index], place, why.get(index, "made room")),
            )
            for place, (index, movie_id, score, reason) in enumerate(
                zip(
                    shown.tolist(),
                    self._model.known_items.ids[shown].tolist(),
                    self._scores[shown].tolist(),
                    reasons,
                    strict=True,
                )
            )
        )

    def because(self) -> tuple[BecauseList, ...]:
        """Return movies close to those that speak loudest for the top picks; call `top` first."""
        return tuple(
            BecauseList(self._movie_id(source), self._picks_close_to(source, close))
            for source, close in self._close
        )

    def predicted(self) -> dict[int, float]:
        """Return the expected stars of the movies on the shelves; call `top` first.

        Movies that the model does not know are left out.
        """
        ids = self._model.known_items.ids
        return {int(ids[index]): self._stars[index] for index in self._on_shelves.tolist()}

    @cached_property
    def _is_liked(self) -> BoolArray:
        return find_liked(self._history, unwanted=self._indices_of(self._unwanted))

    @cached_property
    def _on_shelves(self) -> IndexArray:
        """Return what may be shown of the shelves, as far as a page looks into them."""
        shelves = self._shelves
        looked_at: list[IndexArray] = []
        for shelf in (shelves.popular, shelves.acclaimed, shelves.newest):
            indices = self._indices_of(shelf)
            looked_at.append(indices[self._may_show[indices]][:SHELF_LOOK])
        return np.unique(np.concatenate(looked_at))

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

    def _predict(self, shown: IndexArray) -> None:
        """Predict the stars of everything that is in some list: a person is folded in once."""
        close = [each.indices for _, each in self._close]
        indices = np.unique(np.concatenate([shown, *close, self._on_shelves]))
        stars = self._model.predict(self._history, indices).round(3)
        self._stars = dict(zip(indices.tolist(), stars.tolist(), strict=True))

    def _indices_of(self, movie_ids: Iterable[int]) -> IndexArray:
        indices, is_known = self._model.known_items.find(list(movie_ids))
        return indices[is_known]

    def _movie_id(self, index: int) -> int:
        return int(self._model.known_items.ids[index])

    def _close_to_sources(self, given: FloatArray) -> list[tuple[int, CloseItems]]:
        """Return the liked items that gave the top picks most, and what is close to each.

        None is close to one before it. `given` is what each rating gave to each pick.
        """
        n_ratings = self._history.n_ratings
        if not given.size:
            return []
        speaking = np.maximum(given, 0).sum(axis=0) * self._is_liked
        wanted = MOST_SOURCES if n_ratings >= FEW_RATINGS else MOST_SOURCES - 1
        sources: list[int] = []
        near: set[int] = set()
        for position in np.argsort(-speaking, kind="stable"):
            index = int(self._history.item_indices[position])
            if speaking[position] <= 0 or len(sources) == wanted:
                break
            if index not in near:
                sources.append(index)
                closest = close_items(self._model, index).indices
                near.update(closest[: BECAUSE_LENGTH // 2].tolist())
        return [
            (
                source,
                closest_allowed(self._model, source, BECAUSE_LENGTH, allowed=self._may_show),
            )
            for source in sources
        ]

    def _picks_close_to(self, source: int, close: CloseItems) -> tuple[Pick, ...]:
        reason = PickReason("close", (self._movie_id(source),))
        return tuple(
            Pick(self._movie_id(index), similarity, self._stars[index], reason)
            for index, similarity in zip(
                close.indices.tolist(), close.similarities.tolist(), strict=True
            )
        )


def make_lists(
    *,
    model: Hybrid,
    person: PersonHistory,
    unwanted: frozenset[int],
    shelves: Shelves,
    seed: int,
    freshness: Freshness,
    moment: datetime,
    scores: FloatArray | None = None,
) -> PersonalLists:
    """Make all lists of somebody from a model, as of a moment; `scores` if they are known."""
    maker = ListMaker(
        model=model, person=person, unwanted=unwanted, shelves=shelves, seed=seed, scores=scores
    )
    return PersonalLists(
        freshness=freshness,
        generated_at=moment.isoformat(),  # an account reads the history as of this moment again
        stars_of=person.stars_of,
        unwanted=unwanted,
        top=maker.top(length=TOP_LENGTH),
        because=maker.because(),
        predicted=maker.predicted(),
    )


def lists_without_model(
    *,
    stars_of: Mapping[int, float],
    unwanted: frozenset[int],
    shelves: Shelves,
    freshness: Freshness,
    moment: datetime,
) -> PersonalLists:
    """Make the lists of somebody while no model is trained: what everybody likes."""
    wanted = [
        movie_id
        for movie_id in dict.fromkeys((*shelves.pinned, *shelves.acclaimed, *shelves.popular))
        if movie_id not in stars_of and movie_id not in unwanted
    ]
    return PersonalLists(
        freshness=freshness,
        generated_at=moment.isoformat(),
        stars_of=stars_of,
        unwanted=unwanted,
        top=tuple(
            Pick(movie_id, float(-place), None, PickReason("acclaimed"))
            for place, movie_id in enumerate(wanted[:TOP_LENGTH])
        ),
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
    given = explanation.contributions[np.newaxis, : history.n_ratings]
    return cited_reasons(given, history=history, is_liked=is_liked, items=items)[0]


def cited_reasons(
    given: FloatArray, *, history: History, is_liked: BoolArray, items: ItemIndex
) -> list[PickReason]:
    """Cite for each score the liked movies whose ratings gave it most, if any gave enough of it.

    `given` is what each rating gave to each score, shape (n, n_ratings).
    """
    if not history.n_ratings:
        return [PickReason("acclaimed")] * len(given)
    positive = np.maximum(given, 0.0)
    enough = LEAST_SHARE * positive.sum(axis=1)
    shares = np.where(is_liked, positive, 0.0)
    rows = np.arange(len(given))
    cited: list[list[int]] = [[] for _ in rows]
    rated_ids = items.ids[history.item_indices].tolist()
    for _ in range(MOST_CITED):
        best = shares.argmax(axis=1)
        is_cited = shares[rows, best] > enough
        for row, position in zip(rows[is_cited].tolist(), best[is_cited].tolist(), strict=True):
            cited[row].append(rated_ids[position])
        shares[rows, best] = 0.0
    return [PickReason("rated", tuple(ids)) if ids else PickReason("acclaimed") for ids in cited]
