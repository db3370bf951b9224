"""Histories as matrices, and lists out of scores: what all list adapters share."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

BATCH = 500


class ListModel:
    """A model that turns a matrix of histories (people × movies) into scores of that shape.

    `least_stars` says which ratings count as positive, in training and in a history. People
    without a positive rating get the most liked movies, which is more than most libraries do.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = dict(params)
        self.least_stars = self.params.pop("least_stars", 4.0)

    def fit(self, train: pd.DataFrame) -> None:
        self.movies = np.unique(train["movieId"].to_numpy())
        self.users = np.unique(train["userId"].to_numpy())
        liked = train[train["rating"] >= 4.0]
        places = np.searchsorted(self.movies, liked["movieId"].to_numpy())
        self.popularity = np.bincount(places, minlength=len(self.movies)).astype(np.float64)
        self.learn(self.matrix(train, self.users))

    def learn(self, positives: sparse.csr_matrix) -> None:
        raise NotImplementedError

    def scores(self, histories: sparse.csr_matrix, users: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def matrix(self, ratings: pd.DataFrame, users: np.ndarray) -> sparse.csr_matrix:
        """Return the positives of these users, shape (n_users, n_movies), ones in float32."""
        kept = ratings[
            (ratings["rating"] >= self.least_stars)
            & ratings["movieId"].isin(self.movies)
            & ratings["userId"].isin(users)
        ]
        order = np.argsort(users, kind="stable")
        rows = order[np.searchsorted(users[order], kept["userId"].to_numpy())]
        columns = np.searchsorted(self.movies, kept["movieId"].to_numpy())
        ones = np.ones(len(kept), dtype=np.float32)
        return sparse.csr_matrix((ones, (rows, columns)), shape=(len(users), len(self.movies)))

    def recommend(
        self, users: np.ndarray, history: pd.DataFrame, k: int, candidates: pd.DataFrame | None
    ) -> pd.DataFrame:
        positives = self.matrix(history, users)
        wanted, self.least_stars = self.least_stars, 0.0
        seen = self.matrix(history, users)
        self.least_stars = wanted
        allowed = None if candidates is None else self._allowed(candidates, users)
        frames = []
        for start in range(0, len(users), BATCH):
            rows = slice(start, start + BATCH)
            scores = np.array(self.scores(positives[rows], users[rows]), dtype=np.float64)
            is_empty = np.diff(positives[rows].indptr) == 0
            scores[is_empty] = self.popularity
            scores[seen[rows].nonzero()] = -np.inf
            if allowed is not None:
                scores[allowed[rows].toarray() == 0] = -np.inf
            frames.append(self._best(users[rows], scores, k))
        return pd.concat(frames)

    def _allowed(self, candidates: pd.DataFrame, users: np.ndarray) -> sparse.csr_matrix:
        wanted, self.least_stars = self.least_stars, 0.0
        allowed = self.matrix(candidates.drop_duplicates().assign(rating=5.0), users)
        self.least_stars = wanted
        return allowed

    def _best(self, users: np.ndarray, scores: np.ndarray, k: int) -> pd.DataFrame:
        k = min(k, scores.shape[1])
        best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        frame = pd.DataFrame(
            {
                "userId": np.repeat(users, k),
                "rank": np.tile(np.arange(1, k + 1), len(users)),
                "movieId": self.movies[best.ravel()],
            }
        )
        return frame[np.isfinite(np.take_along_axis(scores, best, axis=1).ravel())]
