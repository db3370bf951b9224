"""Surprise and myFM: stars for people that were trained on; neither folds anybody in."""

import importlib
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse


class Surprise:
    """One of Surprise's algorithms, by its class name."""

    def __init__(self, algorithm: str, params: dict[str, Any]) -> None:
        self.algorithm, self.params = algorithm, params

    def fit(self, train: pd.DataFrame) -> None:
        surprise = importlib.import_module("surprise")
        reader = surprise.Reader(rating_scale=(train["rating"].min(), train["rating"].max()))
        dataset = surprise.Dataset.load_from_df(train[["userId", "movieId", "rating"]], reader)
        seeded = {"random_state": 7} if self.algorithm in {"SVD", "SVDpp", "CoClustering"} else {}
        self.model = getattr(surprise, self.algorithm)(**self.params, **seeded)
        np.random.seed(7)  # noqa: NPY002 - what Surprise draws from
        self.model.fit(dataset.build_full_trainset())

    def predict(self, pairs: pd.DataFrame, _history: pd.DataFrame) -> np.ndarray:
        asked = zip(pairs["userId"], pairs["movieId"], strict=True)
        return np.array([self.model.predict(user, movie).est for user, movie in asked])


class Neighbours(Surprise):
    """Surprise's KNNBaseline, whose options are nested."""

    def __init__(self, params: dict[str, Any]) -> None:
        options = {
            "name": "pearson_baseline",
            "user_based": params["user_based"],
            "shrinkage": params["shrinkage"],
        }
        nested = {"k": params["k"], "sim_options": options, "verbose": False}
        super().__init__("KNNBaseline", nested)


class Baseline(Surprise):
    """Surprise's BaselineOnly by alternating least squares."""

    def __init__(self, params: dict[str, Any]) -> None:
        options = {"method": "als", "n_epochs": 15, **params}
        super().__init__("BaselineOnly", {"bsl_options": options, "verbose": False})


class MyFm:
    """Bayesian factorisation machine by Gibbs sampling, with implicit sets of both sides.

    The blocks are those of its authors' MovieLens example: who rated what, on both sides.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def fit(self, train: pd.DataFrame) -> None:
        myfm = importlib.import_module("myfm")
        self.users = np.unique(train["userId"].to_numpy())
        self.movies = np.unique(train["movieId"].to_numpy())
        users, movies = self._places(train)
        who_rated = sparse.csr_matrix(
            (np.ones(len(train)), (users, movies)), shape=(len(self.users), len(self.movies))
        )
        self.user_block = _with_set(who_rated)
        self.movie_block = _with_set(who_rated.T.tocsr())
        sizes = [len(self.users), len(self.movies), len(self.movies), len(self.users)]
        self.model = myfm.MyFMRegressor(rank=self.params["rank"], random_seed=7)
        self.model.fit(
            None,
            train["rating"].to_numpy(dtype=np.float64),
            X_rel=self._relations(users, movies),
            n_iter=self.params["iterations"],
            n_kept_samples=self.params["iterations"] - self.params["burn_in"],
            group_shapes=sizes,
        )

    def predict(self, pairs: pd.DataFrame, _history: pd.DataFrame) -> np.ndarray:
        return self.model.predict(None, X_rel=self._relations(*self._places(pairs)))

    def _places(self, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return rows of the blocks; the last row, empty, stands for whoever is unknown."""
        return (
            _find(self.users, pairs["userId"].to_numpy()),
            _find(self.movies, pairs["movieId"].to_numpy()),
        )

    def _relations(self, users: np.ndarray, movies: np.ndarray) -> list[Any]:
        block = importlib.import_module("myfm").RelationBlock
        return [block(users, self.user_block), block(movies, self.movie_block)]


def _find(ids: np.ndarray, asked: np.ndarray) -> np.ndarray:
    places = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    return np.where(ids[places] == asked, places, len(ids))


def _with_set(rated: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return [own column; what they rated / √n] with an empty row at the end."""
    counts = np.maximum(np.asarray(rated.sum(axis=1)).ravel(), 1.0)
    own = sparse.identity(rated.shape[0], format="csr")
    both = sparse.hstack([own, sparse.diags(counts**-0.5) @ rated])
    empty = sparse.csr_matrix((1, both.shape[1]))
    return sparse.csr_matrix(sparse.vstack([both, empty]), dtype=np.float64)


ADAPTERS = {
    "surprise-baseline": Baseline,
    "surprise-svd": lambda params: Surprise("SVD", params),
    "surprise-svdpp": lambda params: Surprise("SVDpp", {**params, "cache_ratings": True}),
    "surprise-knn": Neighbours,
    "surprise-slope-one": lambda params: Surprise("SlopeOne", params),
    "surprise-co-clustering": lambda params: Surprise("CoClustering", params),
    "myfm": MyFm,
}
