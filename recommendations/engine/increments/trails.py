"""Leave out of two trails of the same people what came long before they part.

Sums over entries, and over pairs of entries at most a window apart, are the same in both for the
common past: their difference comes from the rest, and from what is a window before it. That is
there to be paired with the rest, not among itself.
"""

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.models.lagged_ridge import Trail

_NEVER = np.iinfo(np.int64).max // 2


def take(trail: Trail, kept: IndexArray | BoolArray) -> Trail:
    """Return these entries of a trail."""
    return Trail(**{each.name: getattr(trail, each.name)[kept] for each in fields(Trail)})


def without_common_past(before: Trail, after: Trail, *, window: int) -> tuple[Trail, Trail]:
    """Return both trails without what cancels out; `users` number the same people in both."""
    n_people = int(max(before.users.max(initial=-1), after.users.max(initial=-1))) + 1
    old, new = _Spans.of(before, n_people), _Spans.of(after, n_people)
    in_common, alike = _count_in_common(before, after, old, new, window=window)
    parting = np.minimum(old.places_at(in_common), new.places_at(in_common)) - window
    return (
        old.without_past(in_common, alike, parting),
        new.without_past(in_common, alike, parting),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Spans:
    """Where the entries of each person begin, and how many there are: shape (n_people,)."""

    trail: Trail
    starts: IndexArray
    lengths: IndexArray

    @classmethod
    def of(cls, trail: Trail, n_people: int) -> Self:
        lengths = np.bincount(trail.users, minlength=n_people).astype(np.int64)
        return cls(trail=trail, starts=np.cumsum(lengths) - lengths, lengths=lengths)

    def places_at(self, numbers: IndexArray) -> IndexArray:
        """Return the place of each person's entry of this number; far away where there is none."""
        places = np.full(len(numbers), _NEVER)
        has_one = numbers < self.lengths
        places[has_one] = self.trail.places[self.starts[has_one] + numbers[has_one]]
        return places

    def without_past(self, in_common: IndexArray, alike: IndexArray, parting: IndexArray) -> Trail:
        """Return the entries that differ, or come at most a window before one that does.

        Those that are `alike` but for what follows them are no targets: what came before is too.
        """
        users = self.trail.users
        numbers = np.arange(len(users)) - self.starts[users]
        differs = numbers >= in_common[users]
        marked = replace(
            self.trail,
            is_target=self.trail.is_target & (numbers >= alike[users]),
            is_counted=differs,
        )
        return take(marked, differs | (self.trail.places >= parting[users]))


def _count_in_common(
    before: Trail, after: Trail, old: _Spans, new: _Spans, *, window: int
) -> tuple[IndexArray, IndexArray]:
    """Return how many entries each person begins with in both, shape (n_people,).

    And how many if it does not count how many ratings follow.
    """
    lengths = np.minimum(old.lengths, new.lengths)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    numbers = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first, second = old.starts[owners] + numbers, new.starts[owners] + numbers
    differs = np.zeros(len(owners), dtype=np.bool_)
    for name in ("places", "items", "inputs", "is_target"):
        differs |= getattr(before, name)[first] != getattr(after, name)[second]
    alike, in_common = lengths.copy(), lengths.copy()
    np.minimum.at(alike, owners[differs], numbers[differs])
    differs |= np.minimum(before.rows_after[first], window) != np.minimum(
        after.rows_after[second], window
    )
    np.minimum.at(in_common, owners[differs], numbers[differs])
    return in_common, alike
