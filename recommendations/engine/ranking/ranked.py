"""A list that is made, and the account of how it came about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.ranking.moves import Move, Nudge, Why, record_places


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedList:
    """Items, best first, shape (k,), their untouched scores, and every move.

    `explored` holds those that are a guess. `places_by_score` has the place that score alone
    gives to every item shown and to the first k. `causes` name what moved an item on purpose, and
    `find_nudges` returns what each added.
    """

    items: IndexArray
    scores: FloatArray
    explored: frozenset[int]
    places_by_score: Mapping[int, int]
    causes: Mapping[int, Why]
    find_nudges: Callable[[], Mapping[int, tuple[Nudge, ...]]] = dict

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
        places = self.places_by_score
        return {
            item: self.causes.get(item, "made room")
            for place, item in enumerate(self.items.tolist())
            if places[item] != place
        }

    def move_of(self, item_index: int) -> Move | None:
        """Return why an item is not where its score puts it, None where it is."""
        return next((move for move in self.moves if move.item_index == item_index), None)
