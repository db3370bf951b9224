"""Bayesian matrix factorisation by variational inference, with priors from sets and content.

stars = mean + user effect + item effect + p·q + noise. A person's vector [effect, p] has a normal
prior around a linear map of the set of films they rated, whatever the stars ("SVD++"); an item's
around a linear map of who rated it, its genres and its year. All parameters but the two maps have
a distribution, so that rare items and short histories are shrunk by as much as they are uncertain.

Lim and Teh, "Variational Bayesian Approach to Movie Rating Prediction", KDD Cup 2007; Koren,
"Factorization Meets the Neighborhood", KDD 2008; Rendle, Zhang and Koren, "On the Difficulty of
Evaluating Baselines", 2019 (sets on both sides).
"""

from dataclasses import dataclass
from typing import Generic

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.models.set_ridge import SetRidge
from recommendations.engine.models.symmetric import Real, pack_outer, pairing, unpack
from recommendations.engine.threads import map_blocks

_START_DEVIATION = 0.1
_EFFECT_PRECISIONS = (5.0, 4.0)  # of users and of items
_FACTOR_PRECISION = 20.0
_BLOCK = 512
_DENSE_FROM = 0.12  # share of cells rated from which a dense product is the faster one


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors(Generic[Real]):
    """Normal distributions of one side: means (n, D), packed covariances (n, D·(D+1)/2)."""

    means: npt.NDArray[Real]
    covariances: npt.NDArray[Real]

    def expectations(self) -> npt.NDArray[Real]:
        """Return E[φφᵀ] packed, E[effect·φ] and E[effect²] side by side, φ = [1, factors].

        Shape (n, D·(D+1)/2 + D + 1).
        """
        features = self.features()
        size = features.shape[1]
        spread = self.covariances.copy()
        spread[:, :size] = 0.0
        crossed = self.means[:, :1] * features
        crossed[:, 1:] += self.covariances[:, 1:size]
        squared = self.means[:, :1] ** 2 + self.covariances[:, :1]
        return np.hstack([pack_outer(features) + spread, crossed, squared])

    def features(self) -> npt.NDArray[Real]:
        """Return [1, factors], shape (n, D)."""
        features = self.means.copy()
        features[:, 0] = 1.0
        return features


@dataclass(frozen=True, kw_only=True, eq=False)
class Ratings:
    """Ratings as one side sees them: which cells, and stars minus the mean; rows are that side."""

    cells: CsrMatrix
    centred: CsrMatrix

    @classmethod
    def of(cls, stars: CsrMatrix, mean: float) -> "Ratings":
        """Return the ratings of this matrix."""
        ones, centred = stars.copy(), stars.copy()
        ones.data = np.ones_like(stars.data)
        centred.data = (stars.data - mean).astype(np.float32)
        return cls(cells=ones, centred=centred)

    def transposed(self) -> "Ratings":
        """Return the same ratings with rows and columns swapped."""
        return Ratings(cells=self.cells.T.tocsr(), centred=self.centred.T.tocsr())

    @property
    def counts(self) -> IndexArray:
        """Return the number of ratings in each row."""
        return np.diff(self.cells.indptr).astype(np.int64)

    @property
    def is_dense(self) -> bool:
        """Return whether a product is faster on dense blocks."""
        rows, columns = self.cells.shape
        return bool(self.cells.nnz > _DENSE_FROM * rows * columns)

    def sums(
        self, rows: slice, *, expectations: Float32Array, features: Float32Array
    ) -> tuple[Float32Array, Float32Array]:
        """Return Σ expectations and Σ features · (stars − mean) over the cells of each row."""
        cells, centred = self.cells[rows], self.centred[rows]
        if self.is_dense:
            return cells.toarray() @ expectations, centred.toarray() @ features
        return cells @ expectations, centred @ features


@dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """What is believed of a side before its ratings: means (n, D) and one precision (D, D)."""

    means: Float32Array
    precision: Float32Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Messages:
    """What one side tells the other, each row by its weight: see `Vectors.expectations`."""

    expectations: Float32Array
    features: Float32Array
    effects: Float32Array
    weights: FloatArray

    @classmethod
    def of(cls, vectors: Vectors[np.float32], weights: FloatArray) -> "Messages":
        """Return the messages of rows whose ratings are so precise."""
        weighting = weights[:, np.newaxis].astype(np.float32)
        return cls(
            expectations=vectors.expectations() * weighting,
            features=vectors.features() * weighting,
            effects=(vectors.means[:, 0] * weights).astype(np.float32),
            weights=weights,
        )


def update(
    ratings: Ratings, other: Messages, prior: Prior, *, row_weights: FloatArray
) -> tuple[Vectors[np.float32], FloatArray]:
    """Return the posterior of one side given the other, and Σ E[error²] of each row.

    A rating counts by row_weights[row] · other.weights[column] in precision; the squared errors
    are weighted by the other's weights only.
    """
    n_rows, size = prior.means.shape
    means = np.empty((n_rows, size), dtype=np.float32)
    covariances = np.empty((n_rows, size * (size + 1) // 2), dtype=np.float32)
    errors = np.empty(n_rows)
    pairs = pairing(size)

    def solve(rows: slice) -> None:
        sums, centred_sums = ratings.sums(
            rows, expectations=other.expectations, features=other.features
        )
        split = covariances.shape[1]
        scale = row_weights[rows, np.newaxis].astype(np.float32)
        moments, gains = sums[:, :split], centred_sums - sums[:, split:-1]
        prior_of_rows = Prior(means=prior.means[rows], precision=prior.precision)
        found, packed = posterior(moments, gains, prior_of_rows, scale=scale)
        means[rows], covariances[rows] = found, packed
        centred = ratings.centred[rows]
        squares = centred.power(2) @ other.weights - 2 * (centred @ other.effects) + sums[:, -1]
        seconds = np.einsum("np,np,p->n", moments, packed + pack_outer(found), pairs.counts)
        errors[rows] = squares - 2 * np.einsum("ni,ni->n", found, gains) + seconds

    map_blocks(solve, n_rows, block=_BLOCK)
    return Vectors(means=means, covariances=covariances), errors


def posterior(
    moments: Float32Array, gains: Float32Array, prior: Prior, *, scale: Float32Array
) -> tuple[Float32Array, Float32Array]:
    """Return means (n, D) and packed covariances of rows with this prior, given their sums.

    `moments` is Σ E[φφᵀ], packed; `gains` Σ E[φ] · (stars − mean) − Σ E[effect·φ], (n, D); `scale`
    (n, 1) is how precise the row's ratings are.
    """
    precisions = unpack(moments * scale) + prior.precision
    spread = np.linalg.inv(precisions)
    pulls = prior.means @ prior.precision + scale * gains
    found = np.einsum("nij,nj->ni", spread, pulls)
    pairs = pairing(prior.means.shape[1])
    return found, spread[:, pairs.rows, pairs.columns]


@dataclass(frozen=True, kw_only=True)
class FactorSettings:
    """How one factor model is fitted.

    The doubts are how many ratings the usual noise counts for beside a user's or an item's own.
    """

    factors: int
    iterations: int
    user_doubt: float
    item_doubt: float
    seed: int


@dataclass(kw_only=True, eq=False)
class FactorFit:
    """Parameters while fitting: what `fit_factors` improves in each iteration."""

    mean: float
    users: Vectors[np.float32]
    items: Vectors[np.float32]
    user_base: Float32Array
    item_base: Float32Array
    user_precision: Float32Array
    item_precision: Float32Array
    user_weights: FloatArray
    item_weights: FloatArray
    noise: float
    user_set: SetRidge
    item_set: SetRidge
    weight_scale: float = 1.0

    def user_prior(self) -> Prior:
        """Return the prior of the users' vectors."""
        return Prior(means=self.user_base + self.user_set.fitted, precision=self.user_precision)

    def item_prior(self) -> Prior:
        """Return the prior of the items' vectors."""
        return Prior(means=self.item_base + self.item_set.fitted, precision=self.item_precision)


@dataclass(frozen=True, kw_only=True, eq=False)
class EarlierFit:
    """Parameters learned from some of the users, and which they are of those now."""

    fit: FactorFit
    users: IndexArray


def fit_factors(
    stars: CsrMatrix,
    *,
    user_set: SetRidge,
    item_set: SetRidge,
    settings: FactorSettings,
    earlier: EarlierFit | None = None,
) -> FactorFit:
    """Return the parameters after so many iterations, from those of an earlier fit if given.

    `stars` has shape (n_users, n_items), every user has a rating; `user_set` has a row a user,
    `item_set` a row an item. The two are learned anew and part of the result.
    """
    state = _start(stars, user_set=user_set, item_set=item_set, settings=settings)
    if earlier is not None:
        _go_on(state, earlier)
    by_user = Ratings.of(stars, state.mean)
    by_item = by_user.transposed()
    for _ in range(settings.iterations):
        state.users, errors = update(
            by_user,
            Messages.of(state.items, state.item_weights),
            state.user_prior(),
            row_weights=state.user_weights / state.noise,
        )
        _learn_user_noise(state, errors, by_user.counts, doubt=settings.user_doubt)
        _learn_user_prior(state)
        state.items, errors = update(
            by_item,
            Messages.of(state.users, state.user_weights),
            state.item_prior(),
            row_weights=state.item_weights / state.noise,
        )
        _learn_item_noise(state, errors, by_item.counts, doubt=settings.item_doubt)
        _learn_item_prior(state)
    return state


def _start(
    stars: CsrMatrix, *, user_set: SetRidge, item_set: SetRidge, settings: FactorSettings
) -> FactorFit:
    n_users, n_items = stars.shape
    size = settings.factors + 1
    rng = np.random.default_rng(settings.seed)
    item_means = rng.normal(0.0, _START_DEVIATION, (n_items, size)).astype(np.float32)
    item_means[:, 0] = 0.0
    packed_size = size * (size + 1) // 2
    user_precision, item_precision = (
        np.diag([effect, *[_FACTOR_PRECISION] * settings.factors]).astype(np.float32)
        for effect in _EFFECT_PRECISIONS
    )
    return FactorFit(
        mean=float(stars.data.mean(dtype=np.float64)),
        users=Vectors(
            means=np.zeros((n_users, size), dtype=np.float32),
            covariances=np.zeros((n_users, packed_size), dtype=np.float32),
        ),
        items=Vectors(
            means=item_means, covariances=np.zeros((n_items, packed_size), dtype=np.float32)
        ),
        user_base=np.zeros(size, dtype=np.float32),
        item_base=np.zeros(size, dtype=np.float32),
        user_precision=user_precision,
        item_precision=item_precision,
        user_weights=np.ones(n_users),
        item_weights=np.ones(n_items),
        noise=max(0.8 * float(stars.data.var(dtype=np.float64)), 1e-3),
        user_set=user_set.fresh(size),
        item_set=item_set.fresh(size),
    )


def _go_on(state: FactorFit, earlier: EarlierFit) -> None:
    """Start where an earlier fit ended; users are solved for first."""
    fit = earlier.fit
    state.mean, state.noise = fit.mean, fit.noise
    state.items, state.item_weights = fit.items, fit.item_weights
    state.user_base, state.user_precision = fit.user_base, fit.user_precision
    state.item_base, state.item_precision = fit.item_base, fit.item_precision
    state.user_set.go_on_with_features(fit.user_set, rows=earlier.users)
    state.item_set.go_on_with_rows(fit.item_set)


def precision_weights(
    errors: FloatArray, counts: IndexArray, *, noise: float, doubt: float
) -> FloatArray:
    """Return how precise ratings with these sums of squared errors are; 1 is usual."""
    return np.asarray((doubt + counts / 2) / (doubt + np.maximum(errors, 0) / (2 * noise)))


def _learn_user_noise(
    state: FactorFit, errors: FloatArray, counts: IndexArray, *, doubt: float
) -> None:
    weights = precision_weights(errors, counts, noise=state.noise, doubt=doubt)
    state.weight_scale = float(1 / np.average(weights, weights=counts))
    state.user_weights = weights * state.weight_scale
    state.noise = max(float(np.sum(state.user_weights * errors) / counts.sum()), 1e-3)


def _learn_item_noise(
    state: FactorFit, errors: FloatArray, counts: IndexArray, *, doubt: float
) -> None:
    weights = precision_weights(errors, counts, noise=state.noise, doubt=doubt)
    state.item_weights = weights / np.average(weights, weights=counts)


def _learn_user_prior(state: FactorFit) -> None:
    state.user_set.learn(state.users.means - state.user_base)
    state.user_base = np.mean(state.users.means - state.user_set.fitted, axis=0)
    extra = state.user_set.ridge * state.user_set.gram()
    state.user_precision = _precision(state.users, state.user_prior(), extra)


def _learn_item_prior(state: FactorFit) -> None:
    state.item_set.learn(state.items.means - state.item_base)
    state.item_base = np.mean(state.items.means - state.item_set.fitted, axis=0)
    state.item_precision = _precision(state.items, state.item_prior(), 0.0)


def _precision(
    vectors: Vectors[np.float32], prior: Prior, extra: Float32Array | float
) -> Float32Array:
    rest = (vectors.means - prior.means).astype(np.float64)
    total = unpack(vectors.covariances.sum(axis=0, dtype=np.float64)[np.newaxis])[0]
    covariance = (rest.T @ rest + total + extra) / len(rest)
    return np.linalg.inv(covariance + 1e-6 * np.eye(len(covariance))).astype(np.float32)
