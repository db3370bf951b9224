"""What re-ranking knows of the items, read out of a fitted model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.models.als import Als
from recommendations.engine.models.content import Content
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.stack import Stack
from recommendations.engine.models.terms import Vocabulary
from recommendations.engine.ranking.boosts import standardise
from recommendations.engine.ranking.likeness import (
    Likeness,
    Traits,
    Vectors,
    by_traits,
    measured,
    traits_of,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemFeatures:
    """Genres, years, popularity and likeness of all items of a catalogue.

    `genres` is CSR of shape (n_items, n_genres), the shares of an item's genres summing to 1;
    `years` (0 unknown) and `popularity` (log of how many rated it, mean 0 and deviation 1) have
    shape (n_items,). `terms` are the rows content is compared by, `taste_vectors`, shape
    (n_items, d), those of taste, None where the model has no factors.
    """

    genres: CsrMatrix
    years: IndexArray
    popularity: FloatArray
    terms: CsrMatrix
    taste_vectors: Float32Array | None = None

    @cached_property
    def genre_vectors(self) -> Float32Array:
        """Return the shares of genres as dense vectors, shape (n_items, n_genres)."""
        return np.asarray(self.genres.toarray(), dtype=np.float32)

    def membership(self, item_indices: IndexArray) -> FloatArray:
        """Return the share of each genre in each of these items, shape (n, n_genres)."""
        return np.asarray(self.genres[item_indices].toarray(), dtype=np.float64)

    def likeness(self, candidates: IndexArray, *, taste_share: float) -> Likeness:
        """Return the likeness between these items: the mean of content's and taste's."""
        return by_traits(self.traits(taste_share=taste_share), candidates)

    def traits(self, *, taste_share: float) -> Traits:
        """Return what compiled loops compare items by for one list."""
        return traits_of(self.terms, self._measured_vectors, taste_share=taste_share)

    @cached_property
    def _measured_vectors(self) -> Vectors | None:
        return None if self.taste_vectors is None else measured(self.taste_vectors)


_READ: WeakKeyDictionary[Recommender, ItemFeatures] = WeakKeyDictionary()


def features_of(model: Recommender) -> ItemFeatures:
    """Return what a fitted model knows of its items; read once for each model, then remembered.

    Raises `UnsupportedError` for a model without content.
    """
    features = _READ.get(model)
    if features is None:
        features = _READ[model] = _read(model)
    return features


def components_of(model: Recommender) -> Iterator[Recommender]:
    """Yield the model and everything it is made of."""
    yield model
    if isinstance(model, Stack):
        for component in model.components_.values():
            yield from components_of(component)


def _read(model: Recommender) -> ItemFeatures:
    components: dict[str, Recommender] = {}
    for component in components_of(model):
        components.setdefault(component.name, component)  # the first popularity is the plain one
    content, popularity = components.get(Content.name), components.get(Popularity.name)
    if not isinstance(content, Content):
        raise UnsupportedError(f"{model.name} has no content to compare items by")
    als = components.get(Als.name)
    counts = popularity.count_part_ if isinstance(popularity, Popularity) else None
    names = _terms_by_field(content)
    return ItemFeatures(
        genres=_share_out(content.terms_[:, list(names.get("genres", {}).values())]),
        years=_years(content.terms_, names.get("years", {})),
        popularity=standardise(np.zeros(model.n_items) if counts is None else counts),
        terms=content.terms_,
        taste_vectors=als.item_vectors_ if isinstance(als, Als) else None,
    )


def _terms_by_field(content: Content) -> dict[str, dict[str, int]]:
    """Return the number of each term of genres and years."""
    vocabulary = Vocabulary(letters=content.letters_, ends=content.letter_ends_)
    found: dict[str, dict[str, int]] = {"genres": {}, "years": {}}
    for number in range(len(content.letter_ends_)):
        field, _, term = vocabulary.term(number).partition(":")
        if field in found:
            found[field][term] = number
    return found


def _share_out(columns: CsrMatrix) -> CsrMatrix:
    """Return the columns with every entry the same share of its row."""
    shares = sparse.csr_array(columns, copy=True)
    counts = np.diff(shares.indptr)
    shares.data = np.repeat(1.0 / np.maximum(counts, 1), counts).astype(np.float32)
    return shares


def _years(terms: CsrMatrix, numbers: Mapping[str, int]) -> IndexArray:
    """Return a year within two of the true one: the middle of the two bins an item is in."""
    years = np.zeros(terms.shape[0], dtype=np.int64)
    for term, number in numbers.items():
        first = int(term.removeprefix("from "))
        rows = np.unique(terms[:, [number]].nonzero()[0])
        years[rows] = np.maximum(years[rows], first)
    return np.where(years > 0, years + 2, 0)
