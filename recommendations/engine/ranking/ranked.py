"""A list that is made, and the account of how it came about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.ranking.exploration import insert_at
from recommendations.engine.ranking.moves import Move, Nudge, Why, record_places
from recommendations.engine.ranking.scored import Scored


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """Items in the order they will be shown in, as far as it is settled, and who is a guess.

    `causes` name what moved an item on purpose, `find_nudges` returns what each added.
    """

    ranking: IndexArray
    causes: Mapping[int, Why]
    find_nudges: Callable[[], Mapping[int, tuple[Nudge, ...]]] = dict
    explored: frozenset[int] = frozenset()

    def insert(self, items: IndexArray, places: Sequence[int], *, why: Why) -> "Draft":
        """Return the draft with these items at these places, ascending."""
        return replace(
            self,
            ranking=insert_at(self.ranking, items, places),
            causes={**self.causes, **dict.fromkeys(items.tolist(), why)},
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedList:
    """Items, best first, their untouched scores, and the places these give: all of shape (k,).

    `by_score` begins with the first k by score. `explored` holds those that are a guess. `causes`
    name what moved an item on purpose, and `find_nudges` returns what each added.
    """

    items: IndexArray
    scores: FloatArray
    places: IndexArray
    by_score: IndexArray
    explored: frozenset[int]
    causes: Mapping[int, Why]
    find_nudges: Callable[[], Mapping[int, tuple[Nudge, ...]]] = dict

    @cached_property
    def places_by_score(self) -> dict[int, int]:
        """Return the place that score alone gives to whatever is shown or near it."""
        shown = zip(self.items.tolist(), self.places.tolist(), strict=True)
        return {item: place for place, item in enumerate(self.by_score.tolist())} | dict(shown)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Return the full record, made when it is asked for: a page needs the causes alone."""
        return tuple(
            record_places(
                self.items,
                places_by_score=self.places_by_score,
                causes=self.causes,
                nudges=self.find_nudges(),
            )
        )

    def causes_of_moves(self) -> dict[int, Why]:
        """Return for each item shown elsewhere than its score puts it why it is there."""
        moved = self.items[self.places != np.arange(len(self.items))]
        return {item: self.causes.get(item, "made room") for item in moved.tolist()}

    def move_of(self, item_index: int) -> Move | None:
        """Return why an item is not where its score puts it, None where it is."""
        return next((move for move in self.moves if move.item_index == item_index), None)

    def led_by(self, pinned: IndexArray, scored: Scored, *, allowed: BoolArray) -> "RankedList":
        """Return the list, as long as it was, with these items first, in the order given.

        `scored` and `allowed` are what the list was made from, all items being scored.
        """
        if not len(pinned):
            return self
        others = ~np.isin(self.items, pinned)
        items = np.concatenate([pinned, self.items[others]])[: len(self.items)]
        own = scored.places_of(pinned, allowed=allowed)
        return replace(
            self,
            items=items,
            scores=scored.of(items),
            places=np.concatenate([own, self.places[others]])[: len(self.items)],
            causes={**self.causes_of_moves(), **dict.fromkeys(pinned.tolist(), "pinned")},
        )
