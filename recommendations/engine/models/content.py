"""Content: what a film's genres, people, certificate, words and plot say about who will like it.

Two sums over the history. *Likeness*: the cosine between the item and the profile of the person,
on TF-IDF terms reduced by truncated SVD (Deerwester, Dumais, Furnas, Landauer and Harshman,
"Indexing by latent semantic analysis", JASIS 41(6), 1990). *Taste*: item factors foretold from
content by the map of `content_map`, which serves films nobody has rated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.learners import extmath
from recommendations.engine.models.content_map import (
    TasteFactors,
    entry_factors,
    learn_map,
    learn_taste,
    popularity_scale,
)
from recommendations.engine.models.products import multiply, multiply_many
from recommendations.engine.models.terms import (
    TermSpace,
    Vocabulary,
    scale_columns,
    unit_rows,
)
from recommendations.engine.score_sums import ProductScores
from recommendations.engine.threads import FIT_THREADS, blas_threads

LIKED_STARS = 4.0


def _likeness_weights() -> dict[str, float]:
    return {
        "genres": 1.0,
        "years": 0.5,
        "directors": 0.7,
        "cast": 0.7,
        "tags": 0.5,
        "keywords": 0.5,
        "overviews": 0.5,
    }


def _map_weights() -> dict[str, float]:
    # Tags and keywords are written after the fact: how many there are tells how popular a film
    # became, which a new film cannot know.
    return {
        "genres": 1.0,
        "eras": 1.0,
        "certifications": 0.3,
        "directors": 0.7,
        "writers": 0.5,
        "cast": 0.7,
        "titles": 0.3,
        "languages": 0.2,
        "overviews": 0.5,
    }


FIELDS = frozenset(_likeness_weights()) | frozenset(_map_weights())


@dataclass(kw_only=True, eq=False)
class Content(Recommender):
    """Score by likeness to what the person liked, and by the taste that content foretells.

    With z the reduced unit term vectors, g the likings and [b W] the foretold factors,
    score_j = Σ_i g(r_i) z_i·z_j / ‖Σ_i g(r_i) z_i‖ + map_weight · (b_j + Σ_i w(r_i) V_i·W_j):
    an exact sum over the history. `field_weights` and `rating_weights` (for 1 to 5 stars) belong to
    likeness, the names that begin with `map` to taste; `map_ridge` holds back the factors,
    `content_ridge` what content says of them. The map is learned on the `map_items` most rated
    items.
    """

    name: ClassVar[str] = "content"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "map_factors": (32, 64, 128),
        "map_ridge": (500.0, 2000.0, 5000.0),
        "content_ridge": (3.0, 6.0, 10.0),
        "map_weight": (0.1, 0.3, 1.0),
        "topics": (32, 64, 128),
    }
    field_weights: dict[str, float] = field(default_factory=_likeness_weights)
    rating_weights: tuple[float, ...] = (-0.4, -0.1, 0.3, 1.0, 1.4)
    topics: int = 64
    map_field_weights: dict[str, float] = field(default_factory=_map_weights)
    map_rating_weights: tuple[float, ...] = (0.3, 0.4, 0.6, 1.0, 1.1)
    map_weight: float = 0.3
    map_factors: int = 64
    map_ridge: float = 2000.0
    content_ridge: float = 6.0
    map_items: int = 6_000
    user_power: float = 0.3

    def __post_init__(self) -> None:
        """Start without a copy of the topics."""
        none = np.zeros((0, 0), dtype=np.float32)
        self._copied: tuple[Float32Array, Float32Array] = none, none

    def _forget(self) -> None:
        super()._forget()
        self.__post_init__()

    def _check_hyperparameters(self) -> None:
        for name, weights in self._weights_by_name().items():
            unknown = set(weights) - FIELDS
            if unknown or min(weights.values(), default=0.0) < 0:
                raise HyperparameterError(f"content: {name} must name known fields, 0 or more")
        if {len(self.rating_weights), len(self.map_rating_weights)} != {len(WHOLE_STARS)}:
            raise HyperparameterError("content: rating_weights needs a weight for each star")
        if min(self.topics, self.map_factors, self.map_items) < 1:
            raise HyperparameterError("content: topics, map_factors, map_items must be 1 or more")
        if min(self.map_ridge, self.content_ridge) <= 0 or self.map_weight < 0:
            raise HyperparameterError("content: ridges must be above 0, map_weight 0 or more")

    def _weights_by_name(self) -> dict[str, dict[str, float]]:
        return {"field_weights": self.field_weights, "map_field_weights": self.map_field_weights}

    def _fields(self) -> list[str]:
        """Return the fields that count for anything."""
        weighted = [weights.items() for weights in self._weights_by_name().values()]
        return sorted({name for items in weighted for name, weight in items if weight > 0})

    def _fit(self, interactions: Interactions) -> None:
        n_items = interactions.n_items
        space, rows = TermSpace.learn(interactions.content, n_items=n_items, fields=self._fields())
        self.letters_, self.letter_ends_ = space.vocabulary.letters, space.vocabulary.ends
        self.rarities_ = space.rarities
        counts = np.bincount(interactions.user_items.indices, minlength=n_items)
        self.terms_ = self.likeness_terms(rows)
        with blas_threads(FIT_THREADS):
            self._learn_topics()
            self._learn_map(interactions, counts, features=self._map_features(rows))
            self.vectors_ = self.vectors_of(rows)

    def _learn_topics(self) -> None:
        n_topics = min(self.topics, *self.terms_.shape)
        if not n_topics:
            self.topic_terms_ = np.zeros((self.terms_.shape[1], 0), dtype=np.float32)
            return
        _, _, axes = extmath.randomized_svd(self.terms_, n_topics, n_iter=4, random_state=self.seed)
        self.topic_terms_ = np.ascontiguousarray(axes.T, dtype=np.float32)

    def _learn_map(
        self, interactions: Interactions, counts: IndexArray, *, features: CsrMatrix
    ) -> None:
        rated = self._map_members(counts)
        taste = self._learn_taste(interactions, rated)
        term_factors = learn_map(features[rated], taste.outputs, ridge=self.content_ridge)
        foretold = np.asarray(features @ term_factors)
        self.entry_factors_ = entry_factors(foretold, taste, rated=rated)
        self.term_factors_ = term_factors * popularity_scale(foretold)

    def _map_members(self, counts: IndexArray) -> IndexArray:
        """Return the items the map is learned on."""
        most_rated = np.argsort(-counts, kind="stable")[: self.map_items]
        return np.sort(most_rated[counts[most_rated] > 0])

    def _learn_taste(self, interactions: Interactions, rated: IndexArray) -> TasteFactors:
        ratings = interactions.user_items[:, rated]
        inputs, targets = ratings.copy(), ratings.copy()
        inputs.data = self._weigh(ratings.data, self.map_rating_weights).astype(np.float32)
        targets.data = (ratings.data >= LIKED_STARS).astype(np.float32)
        lengths = np.maximum(np.diff(ratings.indptr), 1).astype(np.float64)
        user_weights = lengths**-self.user_power
        return learn_taste(
            inputs + interactions.event_weights[:, rated],
            targets,
            user_weights=user_weights / user_weights.mean(),
            factors=self.map_factors,
            ridge=self.map_ridge,
            seed=self.seed,
        )

    def embed(self, content: ItemContent, *, n_items: int) -> Float32Array:
        """Return the vectors of items that were not there at fit, shape (n_items, n_dimensions).

        `vectors_` holds those of the known items. `vectors @ profile(history)` are their scores.
        Terms the model has not learned are left out; empty content gives zeros.
        """
        content.check(n_items=n_items)
        return self.vectors_of(self.rows(content, n_items=n_items))

    def rows(self, content: ItemContent, *, n_items: int) -> CsrMatrix:
        """Return what is known of items in the terms that were learned, (n_items, n_terms)."""
        return self._space.rows(content, n_items=n_items, fields=self._fields())

    def profile(self, history: History) -> FloatArray:
        """Return the person's vector, float64, shape (n_dimensions,): `vectors_ @` it scores."""
        self._check_history(history)
        return self._profile(history)

    def shared_terms(self, first: int, second: int, *, limit: int = 5) -> list[tuple[str, str]]:
        """Return what two items have in common as (field, term), the weightiest first.

        Terms are lower case; the weight of a term is its share of the items' cosine.
        """
        self._check_items([first, second])
        rows = self.terms_[[first, second]].tocsc()
        in_both = np.flatnonzero(np.diff(rows.indptr) == 2)  # noqa: PLR2004 - the two items
        weights = rows[:, in_both].toarray().prod(axis=0)
        best = in_both[np.argsort(-weights, kind="stable")[:limit]]
        split = [self._space.vocabulary.term(int(number)).partition(":") for number in best]
        return [(term_field, term) for term_field, _, term in split]

    def likeness(self, item_indices: IndexArray) -> FloatArray:
        """Return the cosines between these items in topics, shape (n, n)."""
        self._check_items(item_indices)
        rows = self._topics_of(item_indices)
        return np.asarray(rows @ rows.T, dtype=np.float64)

    @property
    def _space(self) -> TermSpace:
        vocabulary = Vocabulary(letters=self.letters_, ends=self.letter_ends_)
        return TermSpace(vocabulary=vocabulary, rarities=self.rarities_)

    def likeness_terms(self, rows: CsrMatrix) -> CsrMatrix:
        """Return unit rows whose inner products are cosines, fields counting by their weight."""
        return unit_rows(scale_columns(rows, self._space.roots(self.field_weights)))

    def _map_features(self, rows: CsrMatrix) -> CsrMatrix:
        return scale_columns(rows, self._space.roots(self.map_field_weights))

    def vectors_of(self, rows: CsrMatrix) -> Float32Array:
        """Return foretold factors and unit topics side by side, from rows of the term space."""
        foretold = np.asarray(self._map_features(rows) @ self.term_factors_)
        topics = np.asarray(self.likeness_terms(rows) @ self.topic_terms_)
        norms = np.linalg.norm(topics, axis=1, keepdims=True)
        return np.hstack([foretold, topics / np.where(norms > 0, norms, 1)]).astype(np.float32)

    def _topics_of(self, item_indices: IndexArray | list[int]) -> Float32Array:
        return self.vectors_[item_indices, self.term_factors_.shape[1] :]

    def _weigh(self, stars: Float32Array, weights: tuple[float, ...]) -> FloatArray:
        return weigh_stars(stars, weights)

    def _factors(self, history: History, topics: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return by what each entry multiplies its vector: in likeness and in taste.

        `topics` are those of the entries.
        """
        events = history.event_weights
        likings = np.concatenate([self._weigh(history.values, self.rating_weights), events])
        inputs = np.concatenate([self._weigh(history.values, self.map_rating_weights), events])
        norm = float(np.linalg.norm(likings @ topics))
        return likings / norm if norm > 0 else 0 * likings, inputs * self.map_weight

    def _profile(self, history: History) -> FloatArray:
        entries = history.entry_items
        topics = self._topics_of(entries).astype(np.float64)
        likings, inputs = self._factors(history, topics)
        people = self.entry_factors_[entries].astype(np.float64)
        return np.concatenate([[self.map_weight], inputs @ people, likings @ topics])

    def _score(self, history: History) -> FloatArray:
        return multiply(self.vectors_, self._profile(history))

    def _score_many(self, histories: Sequence[History]) -> FloatArray:
        return multiply_many(self.vectors_, self._products(histories).people)

    def _products(self, histories: Sequence[History]) -> ProductScores:
        size, n_foretold = self.vectors_.shape[1], self.term_factors_.shape[1]
        profiles = [self._profile(history) for history in histories]
        return ProductScores(
            vectors=self.vectors_,
            people=np.array(profiles, dtype=np.float64).reshape(len(profiles), size),
            groups=(slice(0, 1), slice(1, n_foretold), slice(n_foretold, size)),
        )

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        n_foretold = self.term_factors_.shape[1]
        people = self.entry_factors_[history.entry_items].astype(np.float64)
        topics = self._topics_of(history.entry_items).astype(np.float64)
        likings, inputs = self._factors(history, topics)
        accounts = []
        # One item at a time: a matrix product rounds by the number of items asked for.
        for wanted in self.vectors_[item_indices].astype(np.float64):
            likeness = likings * (topics @ wanted[n_foretold:])
            taste = inputs * (people @ wanted[1:n_foretold])
            accounts.append(
                [
                    Part(name="likeness", contributions=likeness),
                    Part(name="taste", contributions=taste),
                    Part(name="popularity", constant=float(self.map_weight * wanted[0])),
                ]
            )
        return accounts

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        topics = self._topics_of(history.entry_items).astype(np.float64)
        likings, inputs = self._factors(history, topics)
        people = self.entry_factors_[history.entry_items].astype(np.float64)
        own = np.hstack([people * inputs[:, np.newaxis], topics * likings[:, np.newaxis]])
        wanted = self.vectors_[item_indices, 1:].astype(np.float64)
        wanted *= scales[:, np.newaxis]
        totals += own @ wanted.T

    def similarities_of(self, item_indices: IndexArray) -> Float32Array:
        """Return how like each of these items all items are, shape (k, n_items).

        The topics, 22 MB of 87,000 items, are read once for all of them.
        """
        self._check_items(item_indices)
        topics = self._topics_apart()
        return np.asarray(topics[item_indices] @ topics.T)

    def cosines(self, item_indices: IndexArray, *, since: int) -> Float32Array:
        """Return how like each of these items those from index `since` on are, shape (k, n)."""
        if since >= self.n_items:
            return np.zeros((len(item_indices), 0), dtype=np.float32)
        others = self.vectors_[since:, self.term_factors_.shape[1] :]
        return np.asarray(self._topics_of(item_indices) @ others.T)

    def _topics_apart(self) -> Float32Array:
        """Return the topics of all items, copied once: amid the vectors reading takes thrice."""
        whole, topics = self._copied
        if whole is not self.vectors_:
            topics = np.ascontiguousarray(self.vectors_[:, self.term_factors_.shape[1] :])
            self._copied = self.vectors_, topics
        return topics

    def _similarities(self, item_index: int) -> FloatArray:
        return np.asarray(self.similarities_of(np.array([item_index]))[0], dtype=np.float64)
