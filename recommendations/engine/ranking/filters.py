"""Which items may be shown at all, and why the others may not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.ranking.moves import Why


def allow_all_but(n_items: int, *excluded: IndexArray) -> BoolArray:
    """Return a mask of shape (n_items,) that is false for the seen, dismissed, hidden, …"""
    allowed = np.ones(n_items, dtype=np.bool_)
    for indices in excluded:
        allowed[indices] = False
    return allowed


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """Take items out of a list: those that are seen, dismissed, hidden, or outside of a choice.

    `removed` holds item indices, in any order; `detail` says in words what the rule asks for
    ("released before 1980"), for whoever asks why an item is not in a list.
    """

    why: Why
    removed: IndexArray
    detail: str = ""


def keep_where(is_kept: BoolArray, *, detail: str) -> Rule:
    """Return the rule that only items of this mask, shape (n_items,), may be shown."""
    return Rule(why="rule", removed=np.flatnonzero(~is_kept).astype(np.int64), detail=detail)


def keep_years(years: IndexArray, *, first: int | None = None, last: int | None = None) -> Rule:
    """Return the rule that only items of these years, bounds included, may be shown.

    `years` has shape (n_items,); items whose year is not known (0) are taken out.
    """
    is_kept = years > 0
    if first is not None:
        is_kept &= years >= first
    if last is not None:
        is_kept &= years <= last
    return keep_where(is_kept, detail=f"released {first or '…'}–{last or '…'}")


def apply_rules(n_items: int, rules: Sequence[Rule]) -> BoolArray:
    """Return a mask of shape (n_items,) of the items that no rule takes out."""
    return allow_all_but(n_items, *(rule.removed for rule in rules))


def reasons_against(item_index: int, rules: Sequence[Rule]) -> list[Rule]:
    """Return every rule that takes this item out, in the order given; none if it may be shown."""
    return [rule for rule in rules if np.any(rule.removed == item_index)]
