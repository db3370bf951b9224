"""Make the lists of one person from the scores of one model."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from movies.services.shelves import Shelves
from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.diversity import diversify
from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.likeness import by_terms
from recommendations.engine.ranking.top import top_k
from recommendations.services.histories import PersonHistory
from recommendations.services.picks import BecauseList, Pick, PickMove, PickReason

BECAUSE_LENGTH = 30
MOST_SOURCES = 3
FEW_RATINGS = 8
LIKED_STARS = 3.5
MOST_CITED = 2
# A rating is named as a reason only if it carries this share of what all ratings gave.
LEAST_SHARE = 0.05
NEWCOMER_DIVERSITY = 0.4


class ListMaker:
    """Score every movie once for a history and make all of a person's lists from that."""

    def __init__(
        self, *, model: Hybrid, person: PersonHistory, unwanted: frozenset[int], shelves: Shelves
    ) -> None:
        self._model = model
        self._history = person.history
        self._shelves = shelves
        self._unwanted = unwanted
        self._seen_ids = unwanted | person.stars_of.keys()
        self._top_explanations: list[Explanation] = []

    def top(self, *, length: int) -> tuple[Pick, ...]:
        """Return the best movies; every move away from the order of scores is recorded."""
        by_score = top_k(self._scores, length, candidates=self._may_show).tolist()
        pinned = self._indices_of(self._shelves.pinned).tolist()
        shown_pins = [index for index in pinned if self._may_show[index]]
        ordered = list(dict.fromkeys([*shown_pins, *self._vary(by_score)]))[:length]
        why = dict.fromkeys(ordered, "made room" if self._history.n_ratings else "variety")
        why |= dict.fromkeys(shown_pins, "pinned")
        self._top_explanations = self._model.explain_many(self._history, ordered)
        predicted = self._model.predict(self._history, ordered)
        places = {index: place for place, index in enumerate(by_score, start=1)}
        return tuple(
            Pick(
                movie_id=self._movie_id(index),
                score=float(self._scores[index]),
                predicted=round(float(stars), 3),
                reason=self._reason(explanation),
                move=self._move(index, to_place=place, places=places, why=why[index]),
            )
            for place, (index, explanation, stars) in enumerate(
                zip(ordered, self._top_explanations, predicted, strict=True), start=1
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
    def _may_show(self) -> BoolArray:
        """Tell for each item whether it may be recommended, shape (n_items,)."""
        hidden = self._indices_of(self._shelves.hidden)
        return allow_all_but(self._model.n_items, self._indices_of(self._seen_ids), hidden)

    def _vary(self, ranking: list[int]) -> list[int]:
        """Spread a newcomer's list over kinds and periods; taste decides from the first rating."""
        if self._history.n_ratings or not ranking:
            return ranking
        candidates = np.array(ranking)
        varied = diversify(
            candidates,
            scores=self._scores[candidates],
            likeness=by_terms(self._model.content_.terms_[candidates]),
            k=len(candidates),
            diversity=NEWCOMER_DIVERSITY,
        )
        return [int(index) for index in varied]

    def _indices_of(self, movie_ids: Iterable[int]) -> IndexArray:
        indices, is_known = self._model.known_items.find(list(movie_ids))
        return indices[is_known]

    def _movie_id(self, index: int) -> int:
        return int(self._model.known_items.ids[index])

    def _move(
        self, index: int, *, to_place: int, places: dict[int, int], why: str
    ) -> PickMove | None:
        from_place = places.get(index) or self._place_of(index)
        return PickMove(from_place, to_place, why) if from_place != to_place else None

    def _place_of(self, index: int) -> int:
        better = self._scores > self._scores[index]
        return int(np.count_nonzero(better & self._may_show)) + 1

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
