"""The contract every model keeps.

A recommender is a keyword-only dataclass of hyperparameters; `fit` learns arrays whose names end
in `_`; `score` turns any history into one number per item. Public methods check, the ones with a
leading underscore are the algorithm.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, cast

import numpy as np
from scipy import sparse
from scipy.special import ndtri

from recommendations.engine.arrays import AnyArray, CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.errors import (
    HyperparameterError,
    InvalidInteractionsError,
    NotFittedError,
    UnknownItemError,
    UnsupportedError,
)
from recommendations.engine.explanation import Explanation, Part
from recommendations.engine.history import HIGHEST_STARS, LOWEST_STARS, History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.kinds import fits_kind, is_finite
from recommendations.engine.manifests import TrainingCounts
from recommendations.engine.score_sums import PartialScores, ProductScores

USUAL_COVERAGE = 0.8
CSR_PIECES = ("data", "indices", "indptr", "shape")


@dataclass(kw_only=True, eq=False)
class Recommender(ABC):
    """Score every item for any history.

    Learned attributes: `items_` (the item index), `training_` (counts), and the arrays of the
    algorithm, which are numpy arrays or CSR matrices and never have a row per person. `grid`
    declares what tuning may try: values by hyperparameter, a dot reaching into a component
    ("long.ridge"); models/tuned/NAME.json holds what it tried and what won. A model that needs
    the people it was fitted on has `is_servable` false: it is for comparison in one process, never
    stored. `has_contributions` is false where entries add nothing to any score.
    """

    name: ClassVar[str]
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    is_servable: ClassVar[bool] = True
    has_contributions: ClassVar[bool] = True
    seed: int = 7

    def fit(self, interactions: Interactions) -> Self:
        """Learn from these interactions, forgetting everything learned before; return self.

        Raises `HyperparameterError` for hyperparameters out of range and
        `InvalidInteractionsError` where there is no rating at all.
        """
        self.check_hyperparameters()
        if interactions.n_ratings == 0:
            raise InvalidInteractionsError("there is no rating to learn from")
        self._forget()
        self._fit(interactions)
        self.items_ = interactions.items
        self.training_ = training_counts(interactions)
        return self

    def check_hyperparameters(self) -> None:
        """Raise `HyperparameterError` for the first hyperparameter that is out of its range.

        Each must be of the kind it is declared as, no number NaN or infinite. Components are
        checked too.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Recommender):
                value.check_hyperparameters()
            elif not is_finite(value):
                raise HyperparameterError(f"{self.name}: {field.name} must be finite, got {value}")
            elif not fits_kind(value, field.type):
                kind = field.type.__name__ if field.type in {int, float, str} else field.type
                raise HyperparameterError(f"{self.name}: {field.name} must be {kind}, got {value}")
        self._check_hyperparameters()

    def score(self, history: History) -> FloatArray:
        """Return one number per item, shape (n_items,), float64; higher is better.

        Scores are comparable within one list only. Items of the history are scored like any
        other; leaving them out is ranking's work. An empty history is allowed. Raises
        `NotFittedError`, and `UnknownItemError` if the history names an index out of range.
        """
        self._check_history(history)
        return self._score(history)

    def score_many(self, histories: Sequence[History]) -> FloatArray:
        """Return the scores of many histories, shape (n_histories, n_items).

        They are those of `score` within 1e-6 of a list's deviation, much faster where the model
        has a way to add up many histories at once.
        """
        for history in histories:
            self._check_history(history)
        return self._score_many(histories)

    def explain(self, history: History, item_index: int) -> Explanation:
        """Return the exact account of one score: the number `score` gives, and its parts."""
        return self.explain_many(history, [item_index])[0]

    def explain_many(self, history: History, item_indices: Sequence[int]) -> list[Explanation]:
        """Return the account of several scores; what they share is computed once."""
        self._check_history(history)
        self._check_items(item_indices)
        scores = self._score(history)
        accounts = self._parts(history, list(item_indices))
        return [
            Explanation(
                item_index=item,
                score=float(scores[item]),
                parts=tuple(parts),
                n_entries=history.n_entries,
            )
            for item, parts in zip(item_indices, accounts, strict=True)
        ]

    def contributions(self, history: History, item_indices: Sequence[int]) -> FloatArray:
        """Return what each entry gave to the scores of some items, shape (n, n_entries), float64.

        They are the contributions of `explain_many` within rounding, without the rest of the
        account: for a whole list a tenth of the time.
        """
        self._check_history(history)
        self._check_items(item_indices)
        # By entry: most models gather rows of weights, and adding across them takes longer.
        totals = np.zeros((history.n_entries, len(item_indices)), dtype=np.float64)
        scales = np.ones(len(item_indices))
        self._add_contributions(totals, history, list(item_indices), scales=scales)
        return totals.T

    def similar(self, item_index: int, k: int) -> IndexArray:
        """Return at most `k` items most like this one, best first, ties by index.

        Raises `UnsupportedError` if the model has no notion of likeness.
        """
        similarities = self.similarities(item_index)
        similarities[item_index] = -np.inf
        order = np.argsort(-similarities, kind="stable")[:k]
        return order[similarities[order] > 0].astype(np.int64)

    def similarities(self, item_index: int) -> FloatArray:
        """Return how like this item every item is, shape (n_items,); 0 and below is unlike."""
        self._check_items([item_index])
        return self._similarities(item_index)

    @property
    def n_items(self) -> int:
        """Return the number of items the model knows."""
        return len(self.known_items)

    @property
    def known_items(self) -> ItemIndex:
        """Return the index of known items, or raise `NotFittedError`."""
        if not hasattr(self, "items_"):
            raise NotFittedError(f"{self.name} is not fitted")
        return self.items_

    def arrays(self) -> dict[str, AnyArray]:
        """Return everything the algorithm learned as plain arrays by name, for an artefact.

        Raises `UnsupportedError` for a model that is not to be stored.
        """
        _ = self.known_items
        if not self.is_servable:
            raise UnsupportedError(f"{self.name} keeps a row per person, so it is never stored")
        return dict(self._arrays())

    def restore(
        self, *, items: ItemIndex, training: TrainingCounts, arrays: Mapping[str, AnyArray]
    ) -> Self:
        """Take back what `arrays` returned, without copying, and return self."""
        self._forget()
        self.items_ = items
        self.training_ = training
        self._restore(arrays)
        return self

    @abstractmethod
    def _fit(self, interactions: Interactions) -> None: ...

    @abstractmethod
    def _score(self, history: History) -> FloatArray: ...

    def _score_many(self, histories: Sequence[History]) -> FloatArray:
        partial = self._partial_scores(histories)
        if partial is not None:
            return partial.dense()
        scores = [self._score(history) for history in histories]
        return np.array(scores, dtype=np.float64).reshape(len(histories), self.n_items)

    def _partial_scores(self, histories: Sequence[History]) -> PartialScores | None:
        """Return `_score_many` in parts, where that is less to do; None where it is not."""
        del histories
        return None

    def _products(self, histories: Sequence[History]) -> ProductScores | None:
        """Return `_score_many` as products of vectors; None where scores are none."""
        del histories
        return None

    @abstractmethod
    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        """Return for each of these items the parts of its score."""

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        """Add what entries gave, scaled item by item, to totals of shape (n_entries, n_items)."""
        accounts = self._parts(history, item_indices) if self.has_contributions else []
        for place, parts in enumerate(accounts):
            for part in parts:
                if part.contributions is not None:
                    totals[:, place] += part.contributions * scales[place]

    def _similarities(self, item_index: int) -> FloatArray:
        raise UnsupportedError(f"{self.name} has no notion of similar items (item {item_index})")

    @abstractmethod
    def _check_hyperparameters(self) -> None:
        """Raise `HyperparameterError` for the first hyperparameter out of its range."""

    def _forget(self) -> None:
        for learned in [key for key in vars(self) if key.endswith("_")]:
            delattr(self, learned)

    def _arrays(self) -> Iterator[tuple[str, AnyArray]]:
        for key, value in vars(self).items():
            if isinstance(value, sparse.csr_array):
                yield from ((f"{key}.{piece}", _piece(value, piece)) for piece in CSR_PIECES)
            elif key.endswith("_") and isinstance(value, np.ndarray):
                yield key, value

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        for key, value in arrays.items():
            name, _, piece = key.partition(".")
            if not piece:
                setattr(self, name, value)
            elif piece == "data":
                setattr(self, name, _join_csr(arrays, name))

    def _check_history(self, history: History) -> None:
        self._check_items(history.entry_items)

    def _check_items(self, item_indices: Sequence[int] | IndexArray) -> None:
        indices = np.asarray(item_indices, dtype=np.int64)
        is_unknown = (indices < 0) | (indices >= self.n_items)
        if is_unknown.any():
            raise UnknownItemError(
                f"item index {indices[is_unknown][0]} is outside of the {self.n_items} known items"
            )


class StarPredictor(Recommender):
    """A recommender that also says how many stars a person would give."""

    def predict(self, history: History, item_indices: Sequence[int] | IndexArray) -> FloatArray:
        """Return expected stars, shape (len(item_indices),), between 0.5 and 5."""
        self._check_history(history)
        self._check_items(item_indices)
        stars = self._predict(history, np.asarray(item_indices, dtype=np.int64))
        return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)

    def predict_many(
        self, histories: Sequence[History], item_indices: Sequence[IndexArray]
    ) -> list[FloatArray]:
        """Return `predict` of each history for the items at its place, within 1e-6."""
        for history, wanted in zip(histories, item_indices, strict=True):
            self._check_history(history)
            self._check_items(wanted)
        return [
            np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
            for stars in self._predict_many(histories, item_indices)
        ]

    def predict_interval(
        self,
        history: History,
        item_indices: Sequence[int] | IndexArray,
        *,
        coverage: float = USUAL_COVERAGE,
    ) -> tuple[FloatArray, FloatArray]:
        """Return lowest and highest stars between which that share of ratings to come will lie.

        Both have shape (len(item_indices),), float64 between 0.5 and 5; for any history, the
        empty one too. Raises `HyperparameterError` unless 0 < coverage < 1, and
        `UnsupportedError` if the model predicts a number only.
        """
        width = _width_of(coverage)
        self._check_history(history)
        self._check_items(item_indices)
        indices = np.asarray(item_indices, dtype=np.int64)
        stars = self._predict(history, indices)
        return _interval(stars, width * self._deviations(history, indices))

    def predict_unknown(self, history: History) -> float:
        """Return the stars to expect for a movie the model has never heard of."""
        self._check_history(history)
        return float(np.clip(self._predict_unknown(history), LOWEST_STARS, HIGHEST_STARS))

    def predict_unknown_interval(
        self, history: History, *, coverage: float = USUAL_COVERAGE
    ) -> tuple[float, float]:
        """Return the interval, as `predict_interval` does, for a movie never heard of."""
        width = _width_of(coverage)
        self._check_history(history)
        stars = np.array([self._predict_unknown(history)])
        (low,), (high,) = _interval(stars, width * self._deviation_of_unknown(history))
        return float(low), float(high)

    def explain_stars(self, history: History, item_index: int) -> Explanation:
        """Return the account of one prediction in stars: mean, effects, ratings, and clipping."""
        self._check_history(history)
        self._check_items([item_index])
        parts = self._star_parts(history, item_index)
        total = sum(part.value for part in parts)
        clipping = float(np.clip(total, LOWEST_STARS, HIGHEST_STARS)) - total
        return Explanation(
            item_index=item_index,
            score=float(self.predict(history, [item_index])[0]),
            parts=(*parts, Part(name="clipping", constant=clipping)),
            n_entries=history.n_entries,
        )

    @abstractmethod
    def _predict(self, history: History, item_indices: IndexArray) -> FloatArray:
        """Return expected stars before clipping."""

    def _predict_many(
        self, histories: Sequence[History], item_indices: Sequence[IndexArray]
    ) -> list[FloatArray]:
        return [
            self._predict(history, wanted)
            for history, wanted in zip(histories, item_indices, strict=True)
        ]

    def _deviations(self, history: History, item_indices: IndexArray) -> FloatArray:
        """Return the standard deviation of ratings to come around what is expected of them."""
        raise UnsupportedError(
            f"{self.name} gives no interval (items {item_indices}, {history.n_ratings} ratings)"
        )

    def _deviation_of_unknown(self, history: History) -> float:
        """Return the same for an unknown item."""
        raise UnsupportedError(f"{self.name} gives no interval ({history.n_ratings} ratings)")

    @abstractmethod
    def _predict_unknown(self, history: History) -> float:
        """Return what is expected of an unknown item, before clipping."""

    @abstractmethod
    def _star_parts(self, history: History, item_index: int) -> list[Part]:
        """Return the parts of the expected stars before clipping."""


def _width_of(coverage: float) -> float:
    """Return how many deviations to both sides hold that share of a normal distribution."""
    if not 0 < coverage < 1:
        raise HyperparameterError(f"coverage must be between 0 and 1, got {coverage}")
    return float(ndtri((1 + coverage) / 2))


def _interval(stars: FloatArray, reach: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    # Around the stars that can be given: around more than 5 both ends may lie beyond 5, and an
    # interval without width would claim to know a rating for certain.
    possible = np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
    return np.maximum(possible - reach, LOWEST_STARS), np.minimum(possible + reach, HIGHEST_STARS)


def training_counts(interactions: Interactions) -> TrainingCounts:
    """Return how much there is to learn from, and until when."""
    return TrainingCounts(
        users=interactions.n_users,
        items=interactions.n_items,
        ratings=interactions.n_ratings,
        events=len(interactions.events),
        newest_timestamp=interactions.newest_timestamp,
    )


def _piece(matrix: CsrMatrix, piece: str) -> AnyArray:
    shape = np.array(matrix.shape, dtype=np.int64)
    return shape if piece == "shape" else cast("AnyArray", getattr(matrix, piece))


def _join_csr(arrays: Mapping[str, AnyArray], name: str) -> CsrMatrix:
    data, indices, indptr, shape = (arrays[f"{name}.{piece}"] for piece in CSR_PIECES)
    rows, columns = (int(length) for length in shape)
    pieces = (cast("Float32Array", data), cast("IndexArray", indices), cast("IndexArray", indptr))
    return sparse.csr_array(pieces, shape=(rows, columns), copy=False)
