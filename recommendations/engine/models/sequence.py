"""What comes next: log-odds of successions and a ridge regression on the last items.

Both are closed forms over pairs of items near each other in somebody's history (`lagged_ridge`).
The log-odds treat the last items as independent witnesses, as naive Bayes does; Levy and
Goldberg, "Neural word embedding as implicit matrix factorization", NeurIPS 2014, show that such
a matrix is what models with a softmax approach. The regression, of the form of Steck,
"Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, with time's arrow, accounts for
what the witnesses have in common.
"""

from collections import abc
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import weigh_events
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.dropout_ridge import strongest
from recommendations.engine.models.item_to_item import ItemToItem
from recommendations.engine.models.lagged_ridge import Problem, Trail, solve_in_turn
from recommendations.engine.models.row_sums import sum_rows, sum_rows_of_many
from recommendations.engine.models.samples import some_people
from recommendations.engine.models.sparse_rows import Entries
from recommendations.engine.recording import is_recording, record
from recommendations.engine.score_sums import PartialScores
from recommendations.engine.threads import FIT_THREADS, blas_threads

PRIOR_COUNT = 10.0
_N_LAYERS = 2


@dataclass(kw_only=True, eq=False)
class Sequence(ItemToItem):
    """Add up what the last `window` entries say about the next one.

    The entry m places before the next one speaks by two matrices. With weight 1 / m it adds the
    logarithm of how much more often than expected an item followed it, counts smoothed by
    `smoothing`, and a ridge regression of the next item; with weight ½^(m / `half_life`) a second
    regression of what the first left unexplained. `ridges` belong to the two, `ridge_share` is
    their weight against the log-odds, `popularity_share` that of the logarithm of how often an
    item is rated.

    Ratings of equal time keep the order they are given in. Events stand at their time but push
    no rating back: a rating before and an event after it are equally long ago. Those of positive
    weight count by it, a dismissal does not count. `rating_weights` are the inputs for 1 to 5
    stars. Items that do not take part have their popularity alone. Of more than three million
    ratings those of a sample of people are learned from.
    """

    name: ClassVar[str] = "sequence"
    grid: ClassVar[abc.Mapping[str, tuple[Any, ...]]] = {
        "smoothing": (0.1, 0.3, 1.0),
        "popularity_share": (0.5, 0.7, 0.9),
        "ridge_share": (0.2, 0.4, 0.8),
        "ridges": ((200.0, 1000.0), (500.0, 3000.0), (1000.0, 6000.0)),
        "half_life": (10.0, 20.0, 40.0),
    }
    smoothing: float = 0.3
    popularity_share: float = 0.7
    ridge_share: float = 0.4
    ridges: tuple[float, float] = (500.0, 3000.0)
    half_life: float = 20.0
    window: int = 60
    rating_weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0)

    def _check_hyperparameters(self) -> None:
        if len(self.ridges) != _N_LAYERS:
            raise HyperparameterError("sequence: ridges needs two values")
        if min(*self.ridges, self.smoothing, self.half_life) <= 0:
            raise HyperparameterError("sequence: ridges, smoothing, half_life must be above 0")
        if min(self.ridge_share, self.popularity_share) < 0:
            raise HyperparameterError("sequence: shares must not be below 0")
        if min(self.window, self.min_ratings, self.max_items, self.neighbours) < 1:
            raise HyperparameterError(
                "sequence: window, min_ratings, max_items, neighbours must be 1 or more"
            )
        if len(self.rating_weights) != len(WHOLE_STARS) or min(self.rating_weights) < 0:
            raise HyperparameterError("sequence: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        self.choose_active(interactions)
        asked = some_people(interactions, seed=self.seed)
        problem = Problem(
            trail=self.trail(asked), n_items=len(self.active_items_), n_rows=asked.n_ratings
        )
        self.learn_weights(problem, interactions)

    def learn_weights(self, problem: Problem, interactions: Interactions) -> None:
        """Learn weights and intercepts from the problem of these interactions."""
        weights, ridge_intercepts = self._learn(problem)
        self._keep_weights(weights)
        counts = np.bincount(interactions.user_items.indices, minlength=interactions.n_items)
        self.intercepts_: FloatArray = self.popularity_share * np.log(counts + PRIOR_COUNT)
        self.intercepts_[self.active_items_] += ridge_intercepts

    def _learn(self, problem: Problem) -> tuple[CsrMatrix | Float32Array, FloatArray]:
        """Return both matrices, one below the other, and the intercepts of the regressions."""
        kernels = self.kernels()
        if is_recording():
            record("target_means", problem.target_means)
            for place, kernel in enumerate(kernels):
                record(f"{place}.input_means", problem.input_means(kernel))
        with blas_threads(FIT_THREADS):
            layers = solve_in_turn(problem, kernels=kernels, ridges=self.ridges)
        lifts = problem.lifts(kernels[0], smoothing=self.smoothing)
        scale = self.ridge_share * lifts.std() / (layers[0].std() or np.float32(1))
        intercepts = problem.target_means
        for kernel, weights in zip(kernels, layers, strict=True):
            intercepts -= weights.T @ problem.input_means(kernel)
            np.multiply(weights, scale, out=weights)
        layers[0] += lifts
        return self._stack(layers), intercepts * scale

    def kernels(self) -> tuple[Float32Array, Float32Array]:
        """Return the weight of an entry 1, 2, … `window` places ago for each matrix."""
        return _kernels(self.window, self.half_life)

    def trail(self, interactions: Interactions) -> Trail:
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
            is_counted=np.ones(len(order), dtype=np.bool_),
        )

    def _stack(self, layers: list[Float32Array]) -> CsrMatrix | Float32Array:
        """Return the layers one below the other, pruned where there are many items."""
        n_items = len(self.active_items_)
        if n_items <= self.dense_items or self.neighbours >= n_items:
            return np.concatenate(layers)
        pruned = [strongest(weights, self.neighbours) for weights in layers]
        return sparse.csr_array(sparse.vstack(pruned, format="csr"))

    def _weigh(self, stars: Float32Array) -> Float32Array:
        return weigh_stars(stars, self.rating_weights).astype(np.float32)

    def _entries(self, history: History) -> tuple[Entries, IndexArray]:
        """Return for what counts its input and its row of the weights, and whose entry it is.

        An entry comes up once for each matrix.
        """
        event_places = np.searchsorted(history.timestamps, history.events.timestamps, side="right")
        first = max(history.n_ratings - self.window, 0)  # earlier ratings are out of reach
        places = np.concatenate([np.arange(first, history.n_ratings), event_places - 1])
        weights = np.concatenate([self._weigh(history.values[first:]), history.event_weights])
        columns = self.places_[history.entry_items[first:]].astype(np.int64)
        lags = history.n_ratings - places
        used = np.flatnonzero((columns >= 0) & (weights > 0) & (lags <= self.window))
        rows = [columns[used] + layer * len(self.active_items_) for layer in range(_N_LAYERS)]
        inputs = [weights[used] * kernel[lags[used] - 1] for kernel in self.kernels()]
        entries = np.concatenate(inputs).astype(np.float64), np.concatenate(rows)
        return entries, np.tile(used + first, _N_LAYERS)

    def _score(self, history: History) -> FloatArray:
        entries, _ = self._entries(history)
        scores = self.intercepts_.copy()
        scores[self.active_items_] += sum_rows(self.weights_, entries)
        return scores

    def _partial_scores(self, histories: abc.Sequence[History]) -> PartialScores:
        entries = [self._entries(history)[0] for history in histories]
        return PartialScores(
            n_items=self.n_items,
            shared=self.intercepts_,
            elsewhere=np.zeros(len(histories)),
            columns=self.active_items_,
            values=sum_rows_of_many(self.weights_, entries),
        )

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        return [
            [
                Part(name="ratings", contributions=shares),
                Part(name="intercept", constant=float(self.intercepts_[item])),
            ]
            for item, shares in zip(
                item_indices, self.contributions(history, item_indices), strict=True
            )
        ]

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        (inputs, rows), owners = self._entries(history)
        self._add_cells(totals, (inputs, rows, owners), item_indices, scales=scales)


@cache
def _kernels(window: int, half_life: float) -> tuple[Float32Array, Float32Array]:
    """Return both kernels, worked out once: everybody's history is weighed by them."""
    lags = np.arange(1, window + 1)
    kernels = (1 / lags).astype(np.float32), (0.5 ** (lags / half_life)).astype(np.float32)
    for kernel in kernels:
        kernel.setflags(write=False)
    return kernels


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
    if not len(interactions.events):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
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
