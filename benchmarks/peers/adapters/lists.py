"""implicit and RecTools."""

import importlib
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.peers.adapters.matrices import ListModel


class ImplicitAls(ListModel):
    """implicit's ALS; people are folded in by its own `recalculate_user`."""

    def learn(self, positives: sparse.csr_matrix) -> None:
        als = importlib.import_module("implicit.als")
        alpha = self.params.pop("alpha")
        self.confidence = alpha
        self.model = als.AlternatingLeastSquares(**self.params, random_state=7, use_gpu=False)
        self.model.fit(positives * alpha, show_progress=False)

    def scores(self, histories: sparse.csr_matrix, users: np.ndarray) -> np.ndarray:
        rows = np.arange(len(users))
        vectors = self.model.recalculate_user(rows, histories * self.confidence)
        return vectors @ self.model.item_factors.T


class ImplicitNeighbours(ListModel):
    """implicit's item-item models: a history times the similarity it learned."""

    kind = "CosineRecommender"

    def learn(self, positives: sparse.csr_matrix) -> None:
        neighbours = importlib.import_module("implicit.nearest_neighbours")
        self.model = getattr(neighbours, self.kind)(**self.params)
        self.model.fit(positives, show_progress=False)

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        return (histories @ self.model.similarity).toarray()


class ImplicitBm25(ImplicitNeighbours):
    """Item-item similarity of BM25 weights."""

    kind = "BM25Recommender"


class ImplicitTrained(ListModel):
    """implicit's stochastic models, which fold nobody in: only people trained on get lists."""

    def learn(self, positives: sparse.csr_matrix) -> None:
        kind = self.params.pop("kind")
        module = importlib.import_module(f"implicit.{kind}")
        name = {"bpr": "BayesianPersonalizedRanking", "lmf": "LogisticMatrixFactorization"}[kind]
        seeded = {"random_state": 7, "use_gpu": False}
        self.model = getattr(module, name)(**self.params, **seeded)
        self.model.fit(positives, show_progress=False)

    def scores(self, _histories: sparse.csr_matrix, users: np.ndarray) -> np.ndarray:
        vectors = self.model.user_factors[np.searchsorted(self.users, users)]
        return vectors @ self.model.item_factors.T


class RecToolsModel(ListModel):
    """A RecTools model: fitted through its own Dataset, then read out for people it never saw.

    Its `recommend` knows only people of the dataset it was fitted on; for these two models the
    score of anybody is the history times a learned matrix, which is what `recommend` computes too.
    """

    def learn(self, positives: sparse.csr_matrix) -> None:
        dataset_class = importlib.import_module("rectools.dataset").Dataset
        rows, columns = positives.nonzero()
        interactions = pd.DataFrame(
            {
                "user_id": rows,
                "item_id": columns,
                "weight": 1.0,
                "datetime": pd.Timestamp("2000-01-01"),
            }
        )
        dataset = dataset_class.construct(interactions)
        self.model = self.build()
        self.model.fit(dataset)
        self.places = dataset.item_id_map.convert_to_external(
            np.arange(dataset.item_id_map.size)
        ).astype(np.int64)

    def build(self) -> Any:
        raise NotImplementedError

    def spread(self, scores: np.ndarray) -> np.ndarray:
        """Return the scores in our order of movies; what nobody liked gets the lowest."""
        wide = np.full((len(scores), len(self.movies)), scores.min(initial=0.0) - 1.0)
        wide[:, self.places] = scores
        return wide


class RecToolsEase(RecToolsModel):
    """Steck's EASE."""

    def build(self) -> Any:
        return importlib.import_module("rectools.models").EASEModel(**self.params)

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        return self.spread(histories[:, self.places] @ self.model.weight)


class RecToolsPureSvd(RecToolsModel):
    """Truncated SVD of the positives (Cremonesi et al. 2010), folded in by projection."""

    def build(self) -> Any:
        models = importlib.import_module("rectools.models")
        return models.PureSVDModel(**self.params, random_state=7)

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        vectors = self.model.item_factors
        basis = vectors / np.maximum(np.linalg.norm(vectors, axis=0), 1e-12)
        return self.spread((histories[:, self.places] @ basis) @ basis.T)


class RecToolsPopular(RecToolsModel):
    """The most liked movies, the same for all."""

    def build(self) -> Any:
        return importlib.import_module("rectools.models").PopularModel(popularity="n_users")

    def scores(self, histories: sparse.csr_matrix, _users: np.ndarray) -> np.ndarray:
        ranking, values = self.model.popularity_list
        scores = np.zeros(len(self.places))
        scores[ranking] = values
        return self.spread(np.tile(scores, (histories.shape[0], 1)))


ADAPTERS = {
    "implicit-als": ImplicitAls,
    "implicit-cosine": ImplicitNeighbours,
    "implicit-bm25": ImplicitBm25,
    "implicit-bpr": lambda params: ImplicitTrained({**params, "kind": "bpr"}),
    "implicit-lmf": lambda params: ImplicitTrained({**params, "kind": "lmf"}),
    "rectools-ease": RecToolsEase,
    "rectools-pure-svd": RecToolsPureSvd,
    "rectools-popular": RecToolsPopular,
}
