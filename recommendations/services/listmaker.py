"""Make the lists of one person from the movies ranked for them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import cast

import numpy as np

from movies.services.shelves import Shelves
from recommendations.engine.arrays import BoolArray, Float32Array, FloatArray, IndexArray
from recommendations.engine.models.closest import CloseItems
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.moves import Why
from recommendations.engine.ranking.ranked import RankedList
from recommendations.services.citations import cite, find_liked
from recommendations.services.closeness import (
    close_items,
    closest_allowed,
    is_known,
    look_up,
)
from recommendations.services.picks import (
    BecauseList,
    Freshness,
    PersonalLists,
    Picks,
    Ranking,
)
from recommendations.services.ranking import (
    TOP_LENGTH,
    Allowance,
    KnownShelves,
    Request,
    rank_many,
)

# A page shows a dozen of each shelf, less what stands elsewhere on it.
SHELF_LOOK = 100
BECAUSE_LENGTH = 30
MOST_SOURCES = 3
FEW_RATINGS = 8
_STAR_DIGITS = 3
_SIMILARITY_DIGITS = 6


class ListMaker:
    """Say for one person why the top movies are there, and choose what stands beside them.

    What stars to expect of all `in_lists` is asked of the model for many people at once; then
    `finish` makes the lists.
    """

    def __init__(
        self, request: Request, *, model: Hybrid, shelves: KnownShelves, top: RankedList
    ) -> None:
        self._request, self._model, self._top = request, model, top
        self._history = request.person.history
        self._known_shelves = shelves
        allowance = Allowance(request, model=model, shelves=shelves)
        self._may_show = allowance.items
        given = model.contributions(self._history, top.items.tolist())
        given = given[:, : self._history.n_ratings]
        is_liked = find_liked(self._history, unwanted=allowance.unwanted)
        self._find_speaking(given, is_liked)
        self._cited = cite(given, is_liked=is_liked)

    @cached_property
    def in_lists(self) -> IndexArray:
        """Return everything that is in some list, ascending."""
        close = [each.indices for _, each in self._close]
        return np.unique(np.concatenate([self._top.items, *close, self._on_shelves]))

    def finish(self, stars: FloatArray) -> PersonalLists:
        """Make all lists, given the stars to expect of all that is in them."""
        request = self._request
        rounded = stars.round(_STAR_DIGITS)

        def expected(indices: IndexArray) -> list[float]:
            found: list[float] = rounded[np.searchsorted(self.in_lists, indices)].tolist()
            return found

        return PersonalLists(
            freshness=request.freshness,
            # An account reads the history as of this moment again.
            generated_at=request.moment.isoformat(),
            stars_of=request.person.stars_of,
            unwanted=request.unwanted,
            top=self._picks(expected(self._top.items)),
            because=tuple(
                BecauseList(
                    source_movie_id=self._movie_id(source),
                    movie_ids=self._movie_ids(close.indices),
                    similarities=_rounded(close.similarities),
                    predicted=expected(close.indices),
                )
                for source, close in self._close
            ),
            # Movies that the model does not know are left out.
            predicted=dict(
                zip(self._movie_ids(self._on_shelves), expected(self._on_shelves), strict=True)
            ),
        )

    def _picks(self, predicted: list[float]) -> Picks:
        """Return the best movies; every move away from the order of scores is recorded."""
        rated_ids = self._movie_ids(self._history.item_indices)
        top = self._top
        shown = top.items.tolist()
        return Picks(
            movie_ids=self._movie_ids(top.items),
            scores=top.scores.tolist(),
            predicted=predicted,
            cited=[
                None if index in top.explored else [rated_ids[each] for each in few if each >= 0]
                for index, few in zip(shown, self._cited.tolist(), strict=True)
            ],
            from_places=(top.places + 1).tolist(),
            whys=[top.causes.get(index, "") for index in shown],
        )

    @cached_property
    def _on_shelves(self) -> IndexArray:
        """Return what may be shown of the shelves, as far as a page looks into them."""
        shelves = self._known_shelves
        looked_at = [
            indices[self._may_show[indices]][:SHELF_LOOK]
            for indices in (shelves.popular, shelves.acclaimed, shelves.newest)
        ]
        return np.unique(np.concatenate(looked_at))

    def _movie_ids(self, indices: IndexArray) -> list[int]:
        ids: list[int] = self._model.known_items.ids[indices].tolist()
        return ids

    def _movie_id(self, index: int) -> int:
        return int(self._model.known_items.ids[index])

    def _find_speaking(self, given: FloatArray, is_liked: BoolArray) -> None:
        """Find the liked items that gave the top picks most, the loudest first.

        `given` is what each rating gave to each pick.
        """
        loudness = np.maximum(given, 0).sum(axis=0) * is_liked
        order = np.argsort(-loudness, kind="stable")
        n_speaking = int(np.count_nonzero(loudness > 0))
        self._speaking: list[int] = self._history.item_indices[order[:n_speaking]].tolist()

    @property
    def _most_sources(self) -> int:
        return MOST_SOURCES if self._history.n_ratings >= FEW_RATINGS else MOST_SOURCES - 1

    @property
    def likely_sources(self) -> list[int]:
        """Return the items to which close ones will probably be asked for."""
        return self._speaking[: self._most_sources]

    @property
    def next_source(self) -> int | None:
        """Return the first source of which it is not known what is close to it, None without."""
        return next((index for index in self._sources() if not is_known(self._model, index)), None)

    def _sources(self) -> Iterator[int]:
        """Yield the items that speak loudest, none of them close to one before it."""
        near: set[int] = set()
        n_left = self._most_sources
        for index in self._speaking:
            if not n_left:
                return
            if index not in near:
                n_left -= 1
                yield index
                closest = close_items(self._model, index).indices
                near.update(closest[: BECAUSE_LENGTH // 2].tolist())

    @cached_property
    def _close(self) -> list[tuple[int, CloseItems]]:
        """Return the sources and what is close to each."""
        return [
            (
                source,
                closest_allowed(self._model, source, BECAUSE_LENGTH, allowed=self._may_show),
            )
            for source in self._sources()
        ]


def make_lists(request: Request, *, model: Hybrid, shelves: Shelves) -> PersonalLists:
    """Make all lists of somebody from a model, as of a moment."""
    return make_many_lists([request], model=model, shelves=shelves)[0]


def make_many_lists(
    requests: Sequence[Request], *, model: Hybrid, shelves: Shelves
) -> list[PersonalLists]:
    """Make the lists of some people at once; memory is that of their scores."""
    known = KnownShelves.of(shelves, model.known_items)
    ranked = rank_many(requests, model=model, shelves=known)
    return _complete(requests, ranked, model=model, shelves=known)


def rank_ahead(requests: Sequence[Request], *, model: Hybrid, shelves: Shelves) -> list[Ranking]:
    """Return what `complete_lists` makes the lists of some people from, when they come."""
    known = KnownShelves.of(shelves, model.known_items)
    ranked = rank_many(requests, model=model, shelves=known)
    return [
        _ranking(request, top, model=model) for request, top in zip(requests, ranked, strict=True)
    ]


def _ranking(request: Request, top: RankedList, *, model: Hybrid) -> Ranking:
    ids = model.known_items.ids
    shown = set(top.items.tolist())
    causes = {item: why for item, why in top.causes.items() if item in shown}
    return Ranking(
        freshness=request.freshness,
        generated_at=request.moment.isoformat(),
        movie_ids=ids[top.items].tolist(),
        scores=top.scores.tolist(),
        from_places=(top.places + 1).tolist(),
        moved=ids[list(causes)].tolist(),
        whys=list(causes.values()),
        guesses=ids[list(top.explored)].tolist(),
        factors=model.factors_of(request.person.history),
    )


def complete_lists(
    request: Request, ranking: Ranking, *, model: Hybrid, shelves: Shelves
) -> PersonalLists | None:
    """Make all lists of somebody from their ranking, by the same model and the same history.

    Returns None where the model does not know all of the movies: one that came since the training
    may have gone again.
    """
    items, is_known = model.known_items.find(ranking.movie_ids)
    if not is_known.all():
        return None
    index_of = dict(zip(ranking.movie_ids, items.tolist(), strict=True))
    top = RankedList(
        items=items,
        scores=np.array(ranking.scores, dtype=np.float64),
        places=np.array(ranking.from_places, dtype=np.int64) - 1,
        by_score=items[:0],
        explored=frozenset(index_of[each] for each in ranking.guesses),
        causes={
            index_of[each]: cast("Why", why)
            for each, why in zip(ranking.moved, ranking.whys, strict=True)
        },
    )
    model.remember_factors(request.person.history, ranking.factors)
    known = KnownShelves.of(shelves, model.known_items)
    return _complete([request], [top], model=model, shelves=known)[0]


def _complete(
    requests: Sequence[Request],
    ranked: Sequence[RankedList],
    *,
    model: Hybrid,
    shelves: KnownShelves,
) -> list[PersonalLists]:
    makers = [
        ListMaker(request, model=model, shelves=shelves, top=top)
        for request, top in zip(requests, ranked, strict=True)
    ]
    wanted = [index for maker in makers for index in maker.likely_sources]
    for _ in range(MOST_SOURCES):  # for all people together: that takes a fraction of the time
        look_up(model, wanted)
        wanted = [source for maker in makers if (source := maker.next_source) is not None]
    histories = [request.person.history for request in requests]
    stars = model.predict_many(histories, [maker.in_lists for maker in makers])
    return [maker.finish(own) for maker, own in zip(makers, stars, strict=True)]


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
    ][:TOP_LENGTH]
    length = len(wanted)
    return PersonalLists(
        freshness=freshness,
        generated_at=moment.isoformat(),
        stars_of=stars_of,
        unwanted=unwanted,
        top=Picks(
            movie_ids=wanted,
            scores=[float(-place) for place in range(length)],
            predicted=[None] * length,
            cited=[[]] * length,
            from_places=list(range(1, length + 1)),
            whys=[""] * length,
        ),
    )


def _rounded(similarities: Float32Array) -> list[float]:
    rounded: list[float] = similarities.astype(np.float64).round(_SIMILARITY_DIGITS).tolist()
    return rounded
