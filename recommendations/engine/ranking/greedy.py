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
