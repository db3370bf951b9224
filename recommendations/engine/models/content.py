"""Content: how like a film is to the films of a history, by genres, people, tags and plot."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.terms import Vocabulary, build_terms

STARS_AT = (1.0, 2.0, 3.0, 4.0, 5.0)


def _field_weights() -> dict[str, float]:
    return {
        "genres": 1.0,
        "years": 0.5,
        "directors": 0.7,
        "cast": 0.7,
        "tags": 0.5,
        "keywords": 0.5,
        "overviews": 0.5,
    }


@dataclass(kw_only=True, eq=False)
class Content(Recommender):
    """Score by the cosine between an item's terms and the history's, items nobody rated too.

    With t the unit term vectors and g the likings, score_j = Σ_i g(r_i) t_i·t_j / ‖Σ_i g(r_i) t_i‖:
    an exact sum over the history, 0 for all items where the history has no terms.
    `rating_weights` are the likings for 1 to 5 stars.
    """

    name: ClassVar[str] = "content"
    field_weights: dict[str, float] = field(default_factory=_field_weights)
    rating_weights: tuple[float, ...] = (-0.4, -0.1, 0.3, 1.0, 1.4)

    def _check_hyperparameters(self) -> None:
        unknown = set(self.field_weights) - set(_field_weights())
        if unknown or min(self.field_weights.values(), default=0.0) < 0:
            raise HyperparameterError("content: field_weights must name known fields, 0 or more")
        if len(self.rating_weights) != len(STARS_AT):
            raise HyperparameterError("content: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        self.terms_, words = build_terms(
            interactions.content,
            n_items=interactions.n_items,
            field_weights=self.field_weights,
        )
        vocabulary = Vocabulary.of(words)
        self.letters_, self.letter_ends_ = vocabulary.letters, vocabulary.ends

    def shared_terms(self, first: int, second: int, *, limit: int = 5) -> list[tuple[str, str]]:
        """Return what two items have in common as (field, term), the weightiest first.

        Terms are lower case; the weight of a term is its share of the items' cosine.
        """
        self._check_items([first, second])
        rows = self.terms_[[first, second]].tocsc()
        in_both = np.flatnonzero(np.diff(rows.indptr) == 2)  # noqa: PLR2004 - the two items
        weights = rows[:, in_both].toarray().prod(axis=0)
        best = in_both[np.argsort(-weights, kind="stable")[:limit]]
        vocabulary = Vocabulary(letters=self.letters_, ends=self.letter_ends_)
        split = [vocabulary.term(int(number)).partition(":") for number in best]
        return [(term_field, term) for term_field, _, term in split]

    def likeness(self, item_indices: IndexArray) -> FloatArray:
        """Return the cosines between these items, shape (n, n)."""
        self._check_items(item_indices)
        rows = self.terms_[item_indices]
        return np.asarray((rows @ rows.T).toarray(), dtype=np.float64)

    def _likings(self, history: History) -> FloatArray:
        """Return how much each entry counts, shape (n_entries,)."""
        rated = np.interp(history.values, STARS_AT, self.rating_weights)
        return np.concatenate([rated, history.event_weights]).astype(np.float64)

    def _profile(self, history: History) -> tuple[FloatArray, FloatArray]:
        """Return the unit profile over terms, and the factor of each entry that made it."""
        likings = self._likings(history)
        profile = np.asarray(self.terms_[history.entry_items].T @ likings)
        norm = float(np.linalg.norm(profile))
        scale = 1.0 / norm if norm > 0 else 0.0
        return np.asarray(profile * scale), likings * scale

    def _score(self, history: History) -> FloatArray:
        profile, _ = self._profile(history)
        return np.asarray(self.terms_ @ profile, dtype=np.float64)

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        _, factors = self._profile(history)
        shares = factors[:, np.newaxis] * self._cosines(history, item_indices)
        return [
            [Part(name="ratings", contributions=shares[:, place])]
            for place in range(len(item_indices))
        ]

    def _cosines(self, history: History, item_indices: list[int]) -> FloatArray:
        """Return the cosine of every entry with every item, shape (n_entries, n_wanted)."""
        own = self.terms_[history.entry_items].astype(np.float64)
        wanted = self.terms_[item_indices].astype(np.float64)
        return np.asarray((own @ wanted.T).toarray())

    def _similarities(self, item_index: int) -> FloatArray:
        row = self.terms_[[item_index]].toarray()[0].astype(np.float64)
        return np.asarray(self.terms_ @ row, dtype=np.float64)
