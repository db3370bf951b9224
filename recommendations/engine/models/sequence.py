"""What comes next: ridge regression of the next item on the last items, in closed form.

Each item of a history is regressed on those before it, weighted by how many places ago they came
(`lagged_ridge`), once by a steep and once by a flat decay. The form is that of the linear models
of Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, with time's arrow.
"""

import math
from collections import abc
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import weigh_events
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.dropout_ridge import strongest
from recommendations.engine.models.ease import STARS_AT, choose_items
from recommendations.engine.models.lagged_ridge import Problem, Trail, solve_in_turn
from recommendations.engine.models.row_sums import Entries, sum_rows, sum_rows_of_many
from recommendations.engine.threads import FIT_THREADS, blas_threads

_HALVINGS = 10


@dataclass(kw_only=True, eq=False)
class Sequence(Recommender):
    """Add up what the last `window` entries say about the next one.

    The entry before the next one is 1 place ago and weighs ½^(1 / h) for each h of `half_lives`,
    the one before it ½^(2 / h), up to ten half-lives; every h has weights of its own, fitted with
    its number of `ridges` to what those before it left unexplained. Ratings of equal time keep
    the order they are given in. Events stand at their time but push no rating back: a rating
    before and an event after it are equally long ago. Those of positive weight count by it, a
    dismissal does not count. `rating_weights` are the inputs for 1 to 5 stars.

    Of the items with `min_ratings` or more only the `max_items` most rated take part; the others
    score 0. Above `dense_items` only the `neighbours` strongest weights of a column are kept.
    """

    name: ClassVar[str] = "sequence"
    grid: ClassVar[abc.Mapping[str, tuple[Any, ...]]] = {
        "half_lives": ((2.0, 30.0), (3.0, 40.0)),
        "ridges": ((100.0, 1000.0), (300.0, 3000.0), (1000.0, 10_000.0)),
        "rating_weights": ((1.0,) * 5, (0.5, 0.6, 0.75, 1.0, 1.1)),
    }
    half_lives: tuple[float, ...] = (3.0, 40.0)
    ridges: tuple[float, ...] = (300.0, 3000.0)
    window: int = 60
    rating_weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)
    min_ratings: int = 3
    max_items: int = 10_000
    dense_items: int = 6_000
    neighbours: int = 300

    def _check_hyperparameters(self) -> None:
        if not self.half_lives or len(self.half_lives) != len(self.ridges):
            raise HyperparameterError("sequence: half_lives needs a ridge each, and at least one")
        if min(*self.half_lives, *self.ridges) <= 0:
            raise HyperparameterError("sequence: half_lives and ridges must be above 0")
        if min(self.window, self.min_ratings, self.max_items, self.neighbours) < 1:
            raise HyperparameterError(
                "sequence: window, min_ratings, max_items, neighbours must be 1 or more"
            )
        if len(self.rating_weights) != len(STARS_AT) or min(self.rating_weights) < 0:
            raise HyperparameterError("sequence: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        self.active_items_ = choose_items(
            interactions, min_ratings=self.min_ratings, max_items=self.max_items
        )
        self.places_ = np.full(interactions.n_items, -1, dtype=np.int32)
        self.places_[self.active_items_] = np.arange(len(self.active_items_))
        problem = Problem(
            trail=self._trail(interactions),
            n_items=len(self.active_items_),
            n_rows=interactions.n_ratings,
        )
        kernels = [_kernel(half_life, window=self.window) for half_life in self.half_lives]
        with blas_threads(FIT_THREADS):
            layers = solve_in_turn(problem, kernels=kernels, ridges=self.ridges)
        self.intercepts_ = problem.target_means
        for kernel, weights in zip(kernels, layers, strict=True):
            self.intercepts_ -= weights.T @ problem.input_means(kernel)
        self.weights_ = self._stack(layers)

    def _trail(self, interactions: Interactions) -> Trail:
        """Return the ratings and the events of active items, in order."""
        counts = np.diff(interactions.user_items.indptr).astype(np.int64)
        event_places, event_weights = _place_events(interactions)
        users = np.concatenate([interactions.rating_users, interactions.event_user_indices])
        places = np.concatenate([_rating_places(interactions), event_places])
        items = np.concatenate([interactions.user_items.indices, interactions.events.item_indices])
        inputs = np.concatenate([self._weigh(interactions.user_items.data), event_weights])
        is_target = np.arange(len(users)) < interactions.n_ratings
        order = np.lexsort((~is_target, places, users))
        columns = self.places_[items[order]].astype(np.int64)
        order, columns = order[columns >= 0], columns[columns >= 0]
        is_used = is_target[order] | (inputs[order] > 0)
        order, columns = order[is_used], columns[is_used]
        return Trail(
            users=users[order],
            places=places[order],
            rows_after=counts[users[order]] - 1 - places[order],
            items=columns,
            inputs=inputs[order],
            is_target=is_target[order],
        )

    def _stack(self, layers: list[Float32Array]) -> CsrMatrix | Float32Array:
        """Return the layers one below the other, pruned where there are many items."""
        n_items = len(self.active_items_)
        if n_items <= self.dense_items or self.neighbours >= n_items:
            return np.concatenate(layers)
        pruned = [strongest(weights, self.neighbours) for weights in layers]
        return cast("CsrMatrix", sparse.csr_array(sparse.vstack(pruned, format="csr")))

    def _weigh(self, stars: Float32Array) -> Float32Array:
        return np.interp(stars, STARS_AT, self.rating_weights).astype(np.float32)

    def _entries(self, history: History) -> tuple[Entries, IndexArray]:
        """Return for what counts its input and its row of the weights, and whose entry it is.

        An entry comes up once for each half-life.
        """
        event_places = np.searchsorted(history.timestamps, history.events.timestamps, side="right")
        places = np.concatenate([np.arange(history.n_ratings), event_places - 1])
        weights = np.concatenate([self._weigh(history.values), history.event_weights])
        columns = self.places_[history.entry_items].astype(np.int64)
        lags = history.n_ratings - places
        inputs, rows, entries = [], [], []
        for layer, half_life in enumerate(self.half_lives):
            kernel = _kernel(half_life, window=self.window)
            used = np.flatnonzero((columns >= 0) & (weights > 0) & (lags <= len(kernel)))
            inputs.append(weights[used].astype(np.float64) * kernel[lags[used] - 1])
            rows.append(columns[used] + layer * len(self.active_items_))
            entries.append(used)
        return (np.concatenate(inputs), np.concatenate(rows)), np.concatenate(entries)

    def _score(self, history: History) -> FloatArray:
        entries, _ = self._entries(history)
        scores = np.zeros(self.n_items, dtype=np.float64)
        scores[self.active_items_] = self.intercepts_ + sum_rows(self.weights_, entries)
        return scores

    def _score_many(self, histories: abc.Sequence[History]) -> FloatArray:
        scores = np.zeros((len(histories), self.n_items), dtype=np.float64)
        entries = [self._entries(history)[0] for history in histories]
        scores[:, self.active_items_] = self.intercepts_ + sum_rows_of_many(self.weights_, entries)
        return scores

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        (inputs, rows), entries = self._entries(history)
        places = self.places_[item_indices].astype(np.int64)
        columns = np.maximum(places, 0)
        block = self.weights_[rows][:, columns]
        dense = block if isinstance(block, np.ndarray) else block.toarray()
        shares = np.zeros((history.n_entries, len(columns)), dtype=np.float64)
        np.add.at(shares, entries, inputs[:, np.newaxis] * dense * (places >= 0))
        constants = np.where(places >= 0, self.intercepts_[columns], 0.0)
        return [
            [
                Part(name="ratings", contributions=shares[:, place]),
                Part(name="intercept", constant=float(constants[place])),
            ]
            for place in range(len(item_indices))
        ]


def _kernel(half_life: float, *, window: int) -> Float32Array:
    """Return the weight of an entry 1, 2, … places ago, up to the window or to ten half-lives."""
    reach = min(window, math.ceil(_HALVINGS * half_life))
    return (0.5 ** (np.arange(1, reach + 1) / half_life)).astype(np.float32)


def _rating_places(interactions: Interactions) -> IndexArray:
    """Return the place of each rating in its user's history, without gaps, oldest 0."""
    order = np.lexsort((interactions.sequence, interactions.rating_users))
    places = np.empty(interactions.n_ratings, dtype=np.int64)
    starts = interactions.user_items.indptr[interactions.rating_users]
    places[order] = np.arange(interactions.n_ratings) - starts
    return places


def _place_events(interactions: Interactions) -> tuple[IndexArray, Float32Array]:
    """Return the place of the user's last rating at or before each event (-1 for none).

    And what each event weighs by itself.
    """
    users, raters = interactions.event_user_indices, interactions.rating_users
    times = np.concatenate([interactions.timestamps, interactions.events.timestamps])
    ranks = np.unique(times, return_inverse=True)[1].astype(np.int64)
    keys = np.concatenate([raters, users]) * len(times) + ranks
    before = np.searchsorted(np.sort(keys[: len(raters)]), keys[len(raters) :], side="right")
    weights = weigh_events(
        cells=users * interactions.n_items + interactions.events.item_indices,
        codes=interactions.events.codes,
        rated_cells=raters * interactions.n_items + interactions.user_items.indices,
    )
    return before - interactions.user_items.indptr[users] - 1, weights
