"""Implicit-feedback factors: who rated what, with how much confidence.

Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008,
fitted by the library `implicit` with conjugate gradients (Takács, Pilászy and Tikk, "Applications
of the conjugate gradient method for implicit feedback collaborative filtering", RecSys 2011).
Only item factors are kept: a person's are folded in from the history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from scipy.linalg import blas, lapack

from recommendations.engine.arrays import (
    BoolArray,
    CsrMatrix,
    Float32Array,
    FloatArray,
    IndexArray,
)
from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.explanation import Part
from recommendations.engine.history import WHOLE_STARS, History, weigh_stars
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.products import cosines_with, divide, multiply, multiply_many
from recommendations.engine.recording import record
from recommendations.engine.score_sums import ProductScores
from recommendations.engine.taste_groups import TasteGroups
from recommendations.engine.threads import FIT_THREADS, blas_threads

_ENTRY_BLOCK = 1 << 18
_FIRST_FACTORS = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class FoldIn:
    """A history as the model takes it: A x = Σ_i c_i p_i y_i, solved for x.

    `factor` is the lower Cholesky factor of A = YᵀY + Yᵀ(C − I)Y + λI, `vector` is x, both in
    float64; `targets` holds c_i p_i of every entry, shape (n_entries,).
    """

    factor: FloatArray
    vector: FloatArray
    targets: FloatArray


@dataclass(kw_only=True, eq=False)
class Als(Recommender):
    """Score by the product of item factors with the factors of the history.

    An entry of weight w has confidence c = 1 + `alpha`·|w|, and preference p = 1 if w is above 0,
    else 0: a dislike is a sure no, never a negative confidence. `rating_weights` are w for 1 to
    5 stars. With weight 0 an entry says no more than an item never touched. The score is
    y_jᵀ A⁻¹ Σ_i c_i p_i y_i (section 5 of the paper): linear in the entries given A; dislikes act
    through A only. An empty history scores 0 everywhere.

    `taste_groups` are at most `n_groups` groups of the people fitted, 0 for none.
    """

    name: ClassVar[str] = "als"
    grid: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "ridge": (10.0, 20.0, 40.0, 60.0, 90.0),
        "alpha": (3.0, 6.0, 10.0),
        "factors": (32, 64, 96),
        "rating_weights": (
            (0.0, 0.0, 0.0, 1.0, 1.0),
            (0.0, 0.0, 0.3, 1.0, 1.2),
            (0.2, 0.3, 0.5, 1.0, 1.2),
        ),
    }
    factors: int = 64
    ridge: float = 40.0
    alpha: float = 6.0
    iterations: int = 15
    rating_weights: tuple[float, ...] = (0.0, 0.0, 0.3, 1.0, 1.2)
    n_groups: int = 24

    def __post_init__(self) -> None:
        """Start with no history remembered."""
        self._folded: WeakKeyDictionary[History, FoldIn] = WeakKeyDictionary()

    def _forget(self) -> None:
        super()._forget()
        self._folded = WeakKeyDictionary()

    def _check_hyperparameters(self) -> None:
        if min(self.factors, self.iterations) < 1:
            raise HyperparameterError("als: factors and iterations must be 1 or more")
        if min(self.ridge, self.alpha) <= 0 or self.n_groups < 0:
            raise HyperparameterError("als: ridge and alpha must be above 0, n_groups 0 or more")
        if len(self.rating_weights) != len(WHOLE_STARS):
            raise HyperparameterError("als: rating_weights needs a weight for each star")

    def _fit(self, interactions: Interactions) -> None:
        signed = self.confidences(interactions)
        confidences = sparse.csr_matrix(signed)  # the kind of matrix that the library takes
        # More BLAS threads slow the library tenfold and change bytes; its own threads do neither.
        with blas_threads(1):
            solver = self.solver(interactions)
            solver.fit(confidences, show_progress=False)
            item_vectors = np.asarray(solver.item_factors, dtype=np.float32)
            is_touched = np.bincount(signed.indices, minlength=interactions.n_items) > 0
            item_vectors[~is_touched] = 0.0
            user_vectors = solver.recalculate_user(np.arange(interactions.n_users), confidences)
            exact = item_vectors.astype(np.float64)
            self.item_vectors_ = item_vectors
            self.gram_ = exact.T @ exact
            self.noise_ = np.array([self._noise(signed, user_vectors)])
        record("user_vectors", user_vectors)
        self._group_people(user_vectors, interactions)

    def _group_people(self, user_vectors: Float32Array, interactions: Interactions) -> None:
        groups = TasteGroups.learn(
            user_vectors, interactions, n_groups=self.n_groups, seed=self.seed
        )
        for name, values in groups.arrays().items():
            setattr(self, f"group_{name}_", values)

    @property
    def taste_groups(self) -> TasteGroups:
        """Return the groups of like taste; `of` takes the vector of `fold_in`."""
        _ = self.known_items
        arrays = {name: getattr(self, f"group_{name}_") for name in TasteGroups.names()}
        return TasteGroups.restore(arrays)

    def confidences(self, interactions: Interactions) -> CsrMatrix:
        """Return c of every cell that speaks, negative where p is 0, shape (n_users, n_items)."""
        weights = self._weights(interactions)
        signed = weights.copy()
        # The library reads a negative value as preference 0 with that much confidence.
        signed.data = np.sign(weights.data) * (1 + np.float32(self.alpha) * np.abs(weights.data))
        return signed

    def solver(self, interactions: Interactions) -> AlternatingLeastSquares:
        """Return the library's solver before its first iteration."""
        solver = AlternatingLeastSquares(
            factors=self.factors,
            regularization=self.ridge,
            iterations=self.iterations,
            num_threads=FIT_THREADS,
        )
        rng = np.random.default_rng(self.seed)
        for side, rows in (("user", interactions.n_users), ("item", interactions.n_items)):
            first = rng.random((rows, self.factors), dtype=np.float32) * np.float32(_FIRST_FACTORS)
            setattr(solver, f"{side}_factors", first)
        return solver

    def _weights(self, interactions: Interactions) -> CsrMatrix:
        """Return w of every cell, 0 where nothing speaks, shape (n_users, n_items)."""
        rated = interactions.user_items.copy()
        rated.data = self._weigh(rated.data).astype(np.float32)
        weights = cast("CsrMatrix", sparse.csr_array(rated + interactions.event_weights))
        weights.eliminate_zeros()
        return weights

    def _weigh(self, stars: Float32Array) -> FloatArray:
        return weigh_stars(stars, self.rating_weights)

    def _noise(self, signed: CsrMatrix, user_vectors: Float32Array) -> float:
        """Return σ², the mean of c (p − x·y)² over all cells."""
        people = user_vectors.astype(np.float64)
        total = float(((people.T @ people) * self.gram_).sum())
        users = np.repeat(np.arange(signed.shape[0]), np.diff(signed.indptr))
        for start in range(0, signed.nnz, _ENTRY_BLOCK):
            block = slice(start, start + _ENTRY_BLOCK)
            own = user_vectors[users[block]], self.item_vectors_[signed.indices[block]]
            scores = np.einsum("ek,ek->e", *own).astype(np.float64)
            errors = (signed.data[block] > 0) - scores
            total += float((np.abs(signed.data[block]) * errors**2 - scores**2).sum())
        return total / (signed.shape[0] * signed.shape[1])

    def fold_in(self, history: History) -> tuple[FloatArray, FloatArray]:
        """Return the vector of a history, shape (factors,), and its covariance, float64.

        Both are of the Gaussian posterior x ~ N(A⁻¹Σ c_i p_i y_i, σ²A⁻¹); draws of x times
        `item_vectors_` are draws of the scores.
        """
        self._check_history(history)
        folded = self._fold_in_once(history)
        half, _ = lapack.dpotri(folded.factor, lower=1)  # only its lower triangle is the inverse
        inverse = np.tril(half) + np.tril(half, -1).T
        return folded.vector, np.asarray(self.noise_[0] * inverse)

    def _fold_in(self, history: History) -> FoldIn:
        weights = np.concatenate([self._weigh(history.values), history.event_weights])
        items, places = _distinct(history)
        totals = np.bincount(places, weights=weights, minlength=len(items))
        liked = totals > 0
        confidences = 1.0 + self.alpha * np.abs(totals)
        vectors = self.item_vectors_[items].astype(np.float64)
        factor = self._factorise(vectors, confidences)
        target = (confidences * liked) @ vectors
        vector, _ = lapack.dpotrs(factor, target, lower=1)
        shares = _shares(weights, places, is_liked=liked)
        return FoldIn(factor=factor, vector=vector, targets=shares * confidences[places])

    def _factorise(self, vectors: FloatArray, confidences: FloatArray) -> FloatArray:
        """Return the lower Cholesky factor of A; above its diagonal stands anything.

        LAPACK is called without scipy's checks, and for one triangle: half the time of a fold-in.
        """
        weighted = vectors * np.sqrt(confidences - 1.0)[:, np.newaxis]
        matrix = blas.dsyrk(1.0, weighted.T, beta=1.0, c=self.gram_, lower=1)
        matrix[np.diag_indices_from(matrix)] += self.ridge
        factor, _ = lapack.dpotrf(matrix, lower=1, clean=0, overwrite_a=1)
        return cast("FloatArray", factor)

    def _fold_in_once(self, history: History) -> FoldIn:
        """Return the fold-in of a history; those scored last are remembered for their account."""
        folded = self._folded.get(history)
        if folded is None:
            folded = self._fold_in(history)
            self._folded = WeakKeyDictionary({history: folded})
        return folded

    def _score(self, history: History) -> FloatArray:
        return multiply(self.item_vectors_, self._fold_in_once(history).vector)

    def _score_many(self, histories: Sequence[History]) -> FloatArray:
        return multiply_many(self.item_vectors_, self._products(histories).people)

    def _products(self, histories: Sequence[History]) -> ProductScores:
        folded = {history: self._fold_in(history) for history in histories}
        self._folded = WeakKeyDictionary(folded)
        vectors = [folded[history].vector for history in histories]
        return ProductScores(
            vectors=self.item_vectors_,
            people=np.array(vectors, dtype=np.float64).reshape(len(vectors), self.factors),
            groups=(slice(0, self.factors),),
        )

    def _parts(self, history: History, item_indices: list[int]) -> list[list[Part]]:
        return [
            [Part(name="ratings", contributions=shares)]
            for shares in self.contributions(history, item_indices)
        ]

    def _add_contributions(
        self, totals: FloatArray, history: History, item_indices: list[int], *, scales: FloatArray
    ) -> None:
        folded = self._fold_in_once(history)
        wanted = self.item_vectors_[item_indices].astype(np.float64)
        wanted *= scales[:, np.newaxis]
        seen_by, _ = lapack.dpotrs(folded.factor, wanted.T, lower=1)
        own = self.item_vectors_[history.entry_items].astype(np.float64)
        own *= folded.targets[:, np.newaxis]
        totals += own @ seen_by

    def _similarities(self, item_index: int) -> FloatArray:
        """Return the cosine of the item factors."""
        return cosines_with(self.item_vectors_, item_index)


def _distinct(history: History) -> tuple[IndexArray, IndexArray]:
    """Return the items of a history, each once, and the place of every entry's item in them."""
    if not len(history.events):  # an item is rated at most once
        return history.item_indices, np.arange(history.n_ratings)
    items, places = np.unique(history.entry_items, return_inverse=True)
    return items, places.astype(np.int64)


def _shares(weights: FloatArray, places: IndexArray, *, is_liked: BoolArray) -> FloatArray:
    """Return each entry's share in its item's preference, by weight among what speaks for it.

    An item may have several events; without a preference the shares are 0.
    """
    speaking = np.maximum(weights, 0.0) * is_liked[places]
    sums = np.bincount(places, weights=speaking, minlength=len(is_liked)).astype(np.float64)
    return divide(speaking, sums[places])
