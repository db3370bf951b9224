"""The sequence model from the sums of the fit, changed by what some people did."""

from collections.abc import Sequence as Several
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from recommendations.engine.arrays import Float32Array, FloatArray, IndexArray
from recommendations.engine.increments.linear import spread
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.increments.trails import take, without_common_past
from recommendations.engine.models.lagged_ridge import Problem, Trail
from recommendations.engine.models.samples import some_people
from recommendations.engine.models.sequence import Sequence


def update_sequence(model: Sequence, state: TrainerState, world: World) -> Sequence:
    """Return the model as it would be, had it been fitted after.

    Where the fit asked a sample of people, whoever changed comes on top of the sample.
    """
    updated = copy(model)
    updated.choose_active(world.after)
    old, n_items = model.active_items_, len(updated.active_items_)
    places = updated.places_[old].astype(np.int64)
    asked = some_people(world.before, seed=model.seed)
    before, after = world.rows(
        np.setxor1d(old, updated.active_items_), sample=None if asked is world.before else asked
    )
    people = np.union1d(before.user_ids, after.user_ids)
    taken, added = without_common_past(
        _numbered(_moved(model.trail(before), places), before.user_ids, people),
        _numbered(updated.trail(after), after.user_ids, people),
        window=model.window,
    )
    problem = ChangedProblem(
        trail=added,
        n_items=n_items,
        n_rows=asked.n_ratings - before.n_ratings + after.n_ratings,
        state=state,
        places=places,
        kernels=updated.kernels(),
        n_rows_before=asked.n_ratings,
        plus=Problem(trail=added, n_items=n_items, n_rows=1),
        minus=Problem(trail=taken, n_items=n_items, n_rows=1),
    )
    updated.learn_weights(problem, world.after)
    return updated


def _numbered(trail: Trail, user_ids: IndexArray, people: IndexArray) -> Trail:
    """Return the trail with its users numbered as among all these people."""
    return replace(trail, users=np.searchsorted(people, user_ids)[trail.users].astype(np.int64))


def _moved(trail: Trail, places: IndexArray) -> Trail:
    """Return the trail over the items of now; what is about others is left out."""
    moved = replace(trail, items=places[trail.items])
    return take(moved, moved.items >= 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChangedProblem(Problem):
    """The problem of everybody: sums of the fit, plus what some do now, minus what they did.

    `places` says where the items of the fit stand now, −1 for nowhere.
    """

    state: TrainerState
    places: IndexArray
    kernels: Several[Float32Array]
    n_rows_before: int
    plus: Problem
    minus: Problem
    _known: dict[int, Float32Array] = field(default_factory=dict)

    def successions(self, kernel: Float32Array) -> Float32Array:
        """Return inputs × targets summed over the rows: (n_items, n_items), uncentred."""
        place = self._place_of(kernel)
        if place in self._known:
            return self._known.pop(place)
        total = spread(self.state, f"{place}.successions", self.places, self.n_items)
        self.plus.add_successions(total, kernel)
        self.minus.add_successions(total, kernel, sign=-1)
        if not place:  # asked for once more, to take its logarithms
            self._known[place] = total.copy()
        return total

    def products(self, kernel: Float32Array, other: Float32Array) -> Float32Array:
        """Return inputs × inputs of another kernel summed over the rows, uncentred."""
        name = f"{self._place_of(kernel)}-{self._place_of(other)}.products"
        total = spread(self.state, name, self.places, self.n_items)
        self.plus.add_products(total, kernel, other)
        self.minus.add_products(total, kernel, other, sign=-1)
        return total

    @property
    def target_means(self) -> FloatArray:
        """Return how often each item is the next one, shape (n_items,)."""
        change = self.plus.target_means - self.minus.target_means
        return self._mean("target_means", change)

    def input_means(self, kernel: Float32Array) -> FloatArray:
        """Return the mean input of each item, shape (n_items,)."""
        change = self.plus.input_means(kernel) - self.minus.input_means(kernel)
        return self._mean(f"{self._place_of(kernel)}.input_means", change)

    def _mean(self, name: str, change: FloatArray) -> FloatArray:
        kept = self.places >= 0
        sums = change.copy()
        sums[self.places[kept]] += self.state.array(name)[kept] * self.n_rows_before
        return sums / self.n_rows

    def _place_of(self, kernel: Float32Array) -> int:
        return next(place for place, own in enumerate(self.kernels) if np.array_equal(own, kernel))
