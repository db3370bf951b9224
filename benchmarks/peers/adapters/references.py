"""Plain models in a few lines of numpy: what every library should reach at least."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.peers.adapters.matrices import ListModel


class DampedBias:
    """Mean, movie and person effects: damping 5 and 5, 15 rounds. Folds people in."""

    damping, rounds = 5.0, 15

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def fit(self, train: pd.DataFrame) -> None:
        self.movies, items = np.unique(train["movieId"].to_numpy(), return_inverse=True)
        _, users = np.unique(train["userId"].to_numpy(), return_inverse=True)
        stars = train["rating"].to_numpy(dtype=np.float64)
        self.mean = float(stars.mean())
        effects = np.zeros(users.max() + 1)
        for _ in range(self.rounds):
            rest = stars - self.mean - effects[users]
            self.effects = _damped(rest, items, len(self.movies), self.damping)
            rest = stars - self.mean - self.effects[items]
            effects = _damped(rest, users, len(effects), self.damping)

    def predict(self, pairs: pd.DataFrame, history: pd.DataFrame) -> np.ndarray:
        asked, people = np.unique(pairs["userId"].to_numpy(), return_inverse=True)
        known = history[history["userId"].isin(asked)]
        rest = known["rating"].to_numpy(dtype=np.float64) - self._base(known)
        rows = np.searchsorted(asked, known["userId"].to_numpy())
        effects = _damped(rest, rows, len(asked), self.damping)
        return self._base(pairs) + effects[people]

    def _base(self, pairs: pd.DataFrame) -> np.ndarray:
        movies = pairs["movieId"].to_numpy()
        places = np.minimum(np.searchsorted(self.movies, movies), len(self.movies) - 1)
        return self.mean + np.where(self.movies[places] == movies, self.effects[places], 0.0)


def _damped(values: np.ndarray, rows: np.ndarray, size: int, damping: float) -> np.ndarray:
    sums = np.bincount(rows, weights=values, minlength=size)
    return sums / (np.bincount(rows, minlength=size) + damping)


class Ease(ListModel):
    """Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, as printed there."""

    def learn(self, positives: sparse.csr_matrix) -> None:
        gram = (positives.T @ positives).toarray().astype(np.float64)
        gram[np.diag_indices_from(gram)] += self.params["regularization"]
        inverse = np.linalg.inv(gram)
        weights = inverse / -np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        self.weights = weights.astype(np.float32)

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        return histories @ self.weights


class Popularity(ListModel):
    """The movies with most ratings of four stars and more."""

    def learn(self, positives: sparse.csr_matrix) -> None:
        self.n_people = positives.shape[0]

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        return np.tile(self.popularity, (histories.shape[0], 1))


class Random(Popularity):
    """Any order, for tasks about movies that nobody has rated."""

    def recommend(
        self, users: np.ndarray, _history: pd.DataFrame, k: int, candidates: pd.DataFrame | None
    ) -> pd.DataFrame:
        rng = np.random.default_rng(7)
        movies = self.movies if candidates is None else np.unique(candidates["movieId"])
        drawn = [rng.permutation(movies)[:k] for _ in users]
        return pd.DataFrame(
            {
                "userId": np.repeat(users, [len(row) for row in drawn]),
                "rank": np.concatenate([np.arange(1, len(row) + 1) for row in drawn]),
                "movieId": np.concatenate(drawn),
            }
        )


ADAPTERS = {
    "reference-bias": DampedBias,
    "reference-ease": Ease,
    "reference-popularity": Popularity,
    "reference-random": Random,
}
