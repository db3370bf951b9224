"""EASE graded by rating, with an intercept, for short and for long histories.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019. Fitted on whole histories
alone it is far worse than popularity for newcomers, so it is fitted twice, with much and with
half of each history dropped, and the two speak by the length of the history.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from math import log
from typing import Any, ClassVar, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.models.dropout_ridge import Regression, intercepts, solve
from recommendations.engine.models.evidence import LIKED_STARS, Evidence
from recommendations.engine.models.item_to_item import ItemToItem
from recommendations.engine.models.newcomers_choice import choose_for_newcomers
from recommendations.engine.models.row_sums import sum_rows, sum_rows_of_many
from recommendations.engine.models.sparse_rows import Entries
from recommendations.engine.models.stack import Stack
from recommendations.engine.models.terms import build_terms
from recommendations.engine.recording import record, recording
from recommendations.engine.score_sums import PartialScores
from recommendations.engine.threads import FIT_THREADS, blas_threads

Solver = Callable[..., CsrMatrix | Float32Array]
_ITEMS_TO_CHOOSE_BY = 3_000
CONTENT_FIELDS = tuple(each.name for each in fields(ItemContent))


@dataclass(kw_only=True, eq=False)
class EaseLayer(ItemToItem):
    """Item-to-item regression for one expected length of the history.

    `keep` is the share of a history expected as input (q), `user_power` how much long histories
    are held back in training, `popularity_power` how much widely liked items are in scoring.
    `rating_weights` are the inputs for 1 to 5 stars: a low rating is weak evidence of interest.
    With `side_weight` above 0 the terms of `side_fields` join as people who rated the items they
    describe: an item's unit vector of terms weighs as much as the root of that many ratings do.
    One of `other_ridges` takes the place of `ridge` where newcomers are clearly better served by
    it (`choose_for_newcomers`, over the 3,000 most rated items).
    """

    name: ClassVar[str] = "ease-layer"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "keep": (0.02, 0.2, 0.5, 0.8),
        "ridge": (60.0, 200.0, 500.0),
        "user_power": (0.0, 0.3, 0.5),
    }
    keep: float = 0.5
    ridge: float = 200.0
    other_ridges: tuple[float, ...] = ()
    user_power: float = 0.3
    popularity_power: float = 0.0
    rating_weights: tuple[float, ...] = (0.3, 0.4, 0.6, 1.0, 1.1)
    side_weight: float = 0.0
    side_fields: tuple[str, ...] = ("genres", "years", "directors", "cast", "tags", "overviews")

    def _check_hyperparameters(self) -> None:
        if not 0 < self.keep < 1 or min((self.ridge, *self.other_ridges)) <= 0:
            raise HyperparameterError("ease: keep must be between 0 and 1, ridges above 0")
        if min(self.min_ratings, self.max_items, self.neighbours) < 1:
            raise HyperparameterError("ease: min_ratings, max_items, neighbours must be 1 or more")
        if self.side_weight < 0 or not set(self.side_fields) <= set(CONTENT_FIELDS):
            raise HyperparameterError(
                f"ease: side_weight must be 0 or more, side_fields of {', '.join(CONTENT_FIELDS)}"
            )
        if len(self.rating_weights) != len(WHOLE_STARS):
            raise HyperparameterError("ease: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        self.choose_active(interactions)
        ridge = self._choose_ridge(interactions)
        record("ridge", np.array([ridge]))
        ratings = interactions.user_items[:, self.active_items_]
        normaliser = float(self._user_weights(ratings).mean())
        record("normaliser", np.array([normaliser]))
        self.learn_weights(self.regression(interactions, ridge=ridge, normaliser=normaliser), solve)

    def learn_weights(self, problem: Regression, solver: Solver) -> None:
        """Learn weights and intercepts from a problem over the active items."""
        is_large = len(self.active_items_) > self.dense_items
        with blas_threads(FIT_THREADS):
            weights = solver(problem, neighbours=self.neighbours if is_large else None)
        offsets = intercepts(problem, weights)
        scale = self._popularity_scale(problem.targets)
        self.intercepts_ = offsets * scale
        short = scale.astype(np.float32)
        if isinstance(weights, np.ndarray):
            self._keep_weights(weights * short)
        else:
            self._keep_weights(sparse.csr_array(weights @ sparse.diags_array(short)))

    def _choose_ridge(self, interactions: Interactions) -> float:
        ridges = (self.ridge, *self.other_ridges)
        max_items = min(self.max_items, _ITEMS_TO_CHOOSE_BY)  # thousands more cost minutes each
        candidates = [
            replace(self, ridge=ridge, other_ridges=(), max_items=max_items) for ridge in ridges
        ]
        with recording(None):
            return ridges[choose_for_newcomers(candidates, interactions, seed=self.seed)]

    def _user_weights(self, ratings: CsrMatrix) -> FloatArray:
        """Return the weight of people with these ratings before it is normalised, (n_users,)."""
        lengths = np.maximum(np.diff(ratings.indptr), 1).astype(np.float64)
        return lengths**-self.user_power

    def regression(
        self, interactions: Interactions, *, ridge: float, normaliser: float
    ) -> Regression:
        """Return the problem over the active items; people weigh in units of `normaliser`."""
        ratings = interactions.user_items[:, self.active_items_]
        inputs, targets = ratings.copy(), ratings.copy()
        inputs.data = self._weigh(ratings.data)
        events = interactions.event_weights[:, self.active_items_]
        targets.data = (ratings.data >= LIKED_STARS).astype(np.float32)
        return Regression(
            inputs=inputs + events,
            targets=targets,
            user_weights=self._user_weights(ratings) / normaliser,
            keep=self.keep,
            ridge=ridge,
            side=self._side(interactions),
        )

    def _side(self, interactions: Interactions) -> CsrMatrix | None:
        """Return the weighted terms of the active items, shape (n_terms, n_active), if wanted."""
        if not self.side_weight:
            return None
        field_weights = dict.fromkeys(self.side_fields, 1.0)
        terms, _ = build_terms(
            interactions.content, n_items=interactions.n_items, field_weights=field_weights
        )
        scaled = terms[self.active_items_] * np.float32(np.sqrt(self.side_weight))
        return cast("CsrMatrix", sparse.csr_array(scaled.T))

    def _popularity_scale(self, targets: CsrMatrix) -> FloatArray:
        liked = np.asarray(targets.sum(axis=0), dtype=np.float64)
        scale = (liked + 10.0) ** -self.popularity_power
        mean: float = np.average(scale, weights=liked + 1e-9)
        return scale / mean

    def _weigh(self, stars: Float32Array) -> Float32Array:
        return weigh_stars(stars, self.rating_weights).astype(np.float32)

    def _inputs(self, history: History) -> Entries:
        """Return the input of every entry and its row of the weights; inactive ones weigh 0."""
        rows = self.places_[history.entry_items].astype(np.int64)
        inputs = np.concatenate([self._weigh(history.values), history.event_weights])
        return np.where(rows >= 0, inputs, 0.0).astype(np.float64), np.maximum(rows, 0)

    def _score(self, history: History) -> FloatArray:
        entries = self._inputs(history)
        scores = np.zeros(self.n_items, dtype=np.float64)
        scores[self.active_items_] = self.intercepts_ + sum_rows(self.weights_, entries)
        return scores

    def _partial_scores(self, histories: Sequence[History]) -> PartialScores:
        sums = sum_rows_of_many(self.weights_, [self._inputs(history) for history in histories])
        sums += self.intercepts_
        return PartialScores(
            n_items=self.n_items,
            shared=None,
            elsewhere=np.zeros(len(histories)),
            columns=self.active_items_,
            values=sums,
        )

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        places = self.places_[item_indices].astype(np.int64)
        constants = np.where(places >= 0, self.intercepts_[np.maximum(places, 0)], 0.0)
        return [
            [
                Part(name="ratings", contributions=shares),
                Part(name="intercept", constant=float(constant)),
            ]
            for shares, constant in zip(
                self.contributions(history, item_indices), constants, strict=True
            )
        ]

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        entries = *self._inputs(history), np.arange(history.n_entries)
        self._add_cells(totals, entries, item_indices, scales=scales)

    def weights_from(self, item_index: int) -> tuple[IndexArray, Float32Array]:
        """Return the items for which an item's rating counts, but for itself, and how much."""
        row = int(self.places_[item_index])
        if row < 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if isinstance(self.weights_, np.ndarray):
            return self.active_items_, self.weights_[row]
        span = slice(*self.weights_.indptr[row : row + 2].tolist())
        return self.active_items_[self.weights_.indices[span]], self.weights_.data[span]

    def _similarities(self, item_index: int) -> FloatArray:
        similarities = np.zeros(self.n_items, dtype=np.float64)
        columns, weights = self.weights_from(item_index)
        similarities[columns] = weights
        return similarities


def _short_layer() -> EaseLayer:
    return EaseLayer(
        keep=0.02,
        ridge=60.0,
        other_ridges=(1000.0,),
        user_power=0.0,
        rating_weights=(0.0, 0.2, 0.6, 1.0, 1.2),
    )


def _long_layer() -> EaseLayer:
    return EaseLayer(keep=0.5, ridge=200.0, user_power=0.5, popularity_power=0.1)


@dataclass(kw_only=True, eq=False)
class Ease(Stack):
    """Two layers, for short and for long histories.

    For a history worth up to `short_until` entries (`Evidence`) the short layer speaks alone, from
    `long_from` on the long one; in between the long one's share grows with the logarithm.
    """

    name: ClassVar[str] = "ease"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "short.keep": (0.01, 0.02, 0.05),
        "short.ridge": (30.0, 60.0, 200.0),
        "long.keep": (0.35, 0.5, 0.65),
        "long.ridge": (100.0, 200.0, 400.0),
        "long.user_power": (0.3, 0.5),
        "long.popularity_power": (0.0, 0.1, 0.2),
        "long.side_weight": (0.0, 5.0, 20.0, 100.0),
    }
    short: EaseLayer = field(default_factory=_short_layer)
    long: EaseLayer = field(default_factory=_long_layer)
    short_until: float = 15.0
    long_from: float = 50.0

    def _check_hyperparameters(self) -> None:
        if not 0 < self.short_until < self.long_from:
            raise HyperparameterError("ease: short_until must be above 0 and below long_from")

    def _components(self) -> Mapping[str, Recommender]:
        return {"short": self.short, "long": self.long}

    def _weights(self, history: History) -> Mapping[str, float]:
        beyond = max(Evidence.of(history).length, self.short_until) / self.short_until
        share = min(log(beyond) / log(self.long_from / self.short_until), 1.0)
        return {"short": 1.0 - share, "long": share}

    def _partial_scores(self, histories: Sequence[History]) -> PartialScores | None:
        return self._add_up(histories).partial()

    def weights_from(self, item_index: int) -> tuple[IndexArray, Float32Array]:
        """Return the long layer's weights from an item: see `EaseLayer.weights_from`."""
        return cast("EaseLayer", self.components_["long"]).weights_from(item_index)

    def _similarities(self, item_index: int) -> FloatArray:
        return cast("EaseLayer", self.components_["long"]).similarities(item_index)
