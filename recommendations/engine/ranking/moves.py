"""The record of what rules and re-ranking did to a list: from place, to place, why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from recommendations.engine.arrays import IndexArray

Why = Literal[
    "pinned",
    "variety",
    "genre mix",
    "popularity",
    "period",
    "stands out",
    "exploration",
    "rule",
    "hidden",
    "dismissed",
    "seen",
    "made room",
]


@dataclass(frozen=True, kw_only=True)
class Nudge:
    """What one cause added to the value an item was chosen by; its score stays what it is."""

    why: Why
    value: float


@dataclass(frozen=True, kw_only=True)
class Move:
    """One item that stands elsewhere than its score puts it; places count from 0.

    `to_place` is None for an item taken out, `from_place` for one that was not in the list.
    `nudges` are what every cause added where the item was chosen by re-ranking; the strongest
    of them against the item it overtook is `why`.
    """

    item_index: int
    from_place: int | None
    to_place: int | None
    why: Why
    nudges: tuple[Nudge, ...] = ()


def pin_items(ranking: IndexArray, pinned: IndexArray) -> tuple[IndexArray, list[Move]]:
    """Return the ranking with the pinned items first, in the order given, and the moves.

    An item that is not in the ranking (seen, hidden) is not pulled in.
    """
    present = pinned[np.isin(pinned, ranking)]
    reordered = np.concatenate([present, ranking[~np.isin(ranking, present)]])
    return reordered, record_moves(ranking, reordered, causes=present.tolist(), why="pinned")


def remove_items(
    ranking: IndexArray, removed: IndexArray, *, why: Why
) -> tuple[IndexArray, list[Move]]:
    """Return the ranking without these items, and the moves of all that were affected."""
    kept = ranking[~np.isin(ranking, removed)]
    return kept, record_moves(ranking, kept, causes=removed.tolist(), why=why)


def record_moves(
    before: IndexArray, after: IndexArray, *, causes: Iterable[int], why: Why
) -> list[Move]:
    """Return a move for every item whose place changed.

    Items in `causes` moved for the reason itself, the others made room for them or filled
    a place that became free.
    """
    old_places = {int(item): place for place, item in enumerate(before)}
    new_places = {int(item): place for place, item in enumerate(after)}
    moved_on_purpose = set(causes)
    return [
        Move(
            item_index=item,
            from_place=old_places.get(item),
            to_place=new_places.get(item),
            why=why if item in moved_on_purpose else "made room",
        )
        for item in sorted(old_places.keys() | new_places.keys())
        if old_places.get(item) != new_places.get(item)
    ]


def record_places(
    shown: IndexArray,
    *,
    places_by_score: Mapping[int, int],
    causes: Mapping[int, Why],
    nudges: Mapping[int, tuple[Nudge, ...]],
) -> list[Move]:
    """Return a move for every shown item that is not where its score puts it, and for those lost.

    `shown` are item indices, best first, shape (k,). `places_by_score` holds all of them and the
    first k by score: those of the first k that are not shown are recorded as taken out. Items
    without a cause made room, or filled a place that became free.
    """
    new_places = {int(item): place for place, item in enumerate(shown)}
    lost = [
        item
        for item, place in places_by_score.items()
        if place < len(shown) and item not in new_places
    ]
    moved = [item for item, place in new_places.items() if places_by_score[item] != place]
    return [
        Move(
            item_index=item,
            from_place=places_by_score[item],
            to_place=new_places.get(item),
            why=causes.get(item, "made room"),
            nudges=nudges.get(item, ()),
        )
        for item in [*moved, *sorted(lost, key=lambda item: places_by_score[item])]
    ]
