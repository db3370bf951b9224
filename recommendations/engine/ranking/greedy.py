"""Fill a list place by place, each with the candidate that is worth most there and then.

Variety and calibration depend on what already stands in the list, so both are solved greedily;
here they may act together, each as a `Force` that adds to the value of the candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.ranking.moves import Nudge, Why

_ROUNDING = 1e-6  # a cosine in float32 may be that much above 1


class Force(Protocol):
    """One cause that pulls candidates up or down, anew for every place."""

    @property
    def why(self) -> Why:
        """Name the cause."""

    def pull(self) -> FloatArray:
        """Return what is added to each candidate for the next place, shape (n,)."""

    def take(self, position: int) -> None:
        """Learn that the candidate at this position was given the place."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Boost:
    """A force that is the same for every place: `values` of shape (n,)."""

    why: Why
    values: FloatArray

    def pull(self) -> FloatArray:
        """Return the values."""
        return self.values

    def take(self, position: int) -> None:
        """Stay as it is, whatever was taken."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """What was chosen for each place, and why it and not the candidate best by score.

    `positions` are those of the candidates, shape (k,). `leaders` are the best by score that
    were left for each place. `nudges` and `leader_nudges`, shape (k, n_forces), are what each
    force added to the two.
    """

    causes: tuple[Why, ...]
    positions: IndexArray
    leaders: IndexArray
    nudges: FloatArray
    leader_nudges: FloatArray


def choose(values: FloatArray, *, k: int, forces: Sequence[Force]) -> Choice:
    """Return at most `k` of the candidates, whose values of shape (n,) are in order of score.

    Ties go to the earlier candidate. Without forces the order of values results.
    """
    k = min(k, len(values))
    left = values.astype(np.float64, copy=True)
    positions, leaders = np.empty(k, dtype=np.int64), np.empty(k, dtype=np.int64)
    nudges, leader_nudges = np.zeros((2, k, len(forces)), dtype=np.float64)
    worth, taken, leader = left.copy(), set[int](), 0
    for place in range(k):
        pulls = [force.pull() for force in forces]
        np.copyto(worth, left)
        for pull in pulls:
            worth += pull
        best = int(worth.argmax())
        while leader in taken:
            leader += 1
        positions[place], leaders[place] = best, leader
        for column, pull in enumerate(pulls):
            nudges[place, column] = pull[best]
            leader_nudges[place, column] = pull[leader]
        left[best] = -np.inf
        taken.add(best)
        for force in forces:
            force.take(best)
    return Choice(
        causes=tuple(force.why for force in forces),
        positions=positions,
        leaders=leaders,
        nudges=nudges,
        leader_nudges=leader_nudges,
    )


def within_reach(
    values: FloatArray, *, k: int, kinds: Sequence[tuple[int, FloatArray | float]], most_off: float
) -> IndexArray:
    """Return the positions that may be among the `k` chosen, ascending, and the first k.

    `kinds` say of each kind of place how many places there are up to the last of it, and what is
    added to the values, shape (n,), at these. At no place is more than `most_off` taken off, so
    nobody is chosen who would be that far behind what must be left by then: of 500 candidates
    some fifty are looked at.
    """
    may_be_chosen = np.zeros(len(values), dtype=np.bool_)
    may_be_chosen[:k] = True
    for n_places, pull in kinds:
        worth = values + pull
        if n_places >= len(worth):
            return np.arange(len(values))
        last = np.partition(worth, len(worth) - n_places)[len(worth) - n_places]
        may_be_chosen |= worth >= last - most_off - _ROUNDING
    return np.flatnonzero(may_be_chosen).astype(np.int64)


def nudges_of(choice: Choice, candidates: IndexArray) -> dict[int, tuple[Nudge, ...]]:
    """Return for each chosen item index what every force added where it was chosen."""
    chosen = candidates[choice.positions].tolist()
    return {
        item: tuple(
            Nudge(why=why, value=value)
            for why, value in zip(choice.causes, nudges, strict=True)
            if value
        )
        for item, nudges in zip(chosen, choice.nudges.tolist(), strict=True)
    }


def causes_of(choice: Choice, candidates: IndexArray) -> dict[int, Why]:
    """Return for each item that overtook, or was overtaken, the force that did most to it.

    An item that overtook is put down to the place it was chosen for, one that was overtaken to
    the first time it was.
    """
    causes: dict[int, Why] = {}
    advantages = choice.nudges - choice.leader_nudges
    for place in np.flatnonzero(choice.positions != choice.leaders).tolist():
        why = choice.causes[int(advantages[place].argmax())]
        causes[int(candidates[choice.positions[place]])] = why
        causes.setdefault(int(candidates[choice.leaders[place]]), why)
    return causes
