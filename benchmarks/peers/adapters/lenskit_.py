"""LensKit 0.14: the last one without torch. Its explicit models fold people in."""

import importlib
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.peers.adapters.matrices import ListModel

NAMES = {"userId": "user", "movieId": "item"}


class LensKitStars:
    """An explicit model with a damped bias to fall back on, asked person by person."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def fit(self, train: pd.DataFrame) -> None:
        algorithms = importlib.import_module("lenskit.algorithms.basic")
        ratings = train[["userId", "movieId", "rating"]].rename(columns=NAMES)
        bias = importlib.import_module("lenskit.algorithms.bias").Bias(damping=5)
        self.model = algorithms.Fallback(self.build(), bias)
        self.model.fit(ratings)

    def build(self) -> Any:
        raise NotImplementedError

    def predict(self, pairs: pd.DataFrame, history: pd.DataFrame) -> np.ndarray:
        theirs = dict(iter(history.groupby("userId")))
        predicted = pd.Series(np.nan, index=pairs.index)
        for user, asked in pairs.groupby("userId"):
            known = theirs.get(user)
            known = None if known is None else known.set_index("movieId")["rating"]
            found = self.model.predict_for_user(user, asked["movieId"].to_numpy(), known)
            predicted[asked.index] = found.reindex(asked["movieId"]).to_numpy()
        return predicted.to_numpy()


class BiasedFactors(LensKitStars):
    """Biased matrix factorisation by alternating least squares."""

    def build(self) -> Any:
        return importlib.import_module("lenskit.algorithms.als").BiasedMF(**self.params, rng_spec=7)


class ItemNeighbours(LensKitStars):
    """Item-item neighbours on mean-centred ratings."""

    def build(self) -> Any:
        return importlib.import_module("lenskit.algorithms.item_knn").ItemItem(
            **self.params, feedback="explicit"
        )


class LensKitLists(ListModel):
    """LensKit's implicit ALS, folded in person by person."""

    def learn(self, positives: sparse.csr_matrix) -> None:
        users, movies = positives.nonzero()
        als = importlib.import_module("lenskit.algorithms.als")
        self.model = als.ImplicitMF(**self.params, rng_spec=7)
        self.model.fit(pd.DataFrame({"user": users, "item": movies}))

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        everything = np.arange(len(self.movies))
        rows = []
        for row in range(histories.shape[0]):
            liked = histories[[row]].indices
            # A movie that it does not know makes LensKit's fold-in fail.
            known = liked[np.isin(liked, self.model.item_index_)]
            if not len(known):
                rows.append(self.popularity)
                continue
            ratings = pd.Series(1.0, index=known)
            found = self.model.predict_for_user(-1, everything, ratings)
            rows.append(found.reindex(everything).fillna(-1e9).to_numpy())
        return np.array(rows).reshape(len(rows), len(everything))


ADAPTERS = {
    "lenskit-biased-mf": BiasedFactors,
    "lenskit-item-knn": ItemNeighbours,
    "lenskit-implicit-mf": LensKitLists,
}
