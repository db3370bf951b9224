"""Judge a fitted model on cases, person by person, with intervals and paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import FloatArray
from recommendations.engine.base import Recommender, StarPredictor
from recommendations.engine.evaluation.metrics import (
    bootstrap_mean,
    bootstrap_ratio,
    ndcg_at,
    recall_at,
)
from recommendations.engine.evaluation.splits import Case
from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.top import top_k

RECALL_DEPTH = 20


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One metric with its 95 % interval over people."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What each person got; list metrics of shape (n_judged,), NaN-free.

    `ndcg` and `recall` are over people who liked something that was held back. `squared_errors`
    and `rated` (sums per person) are empty for a model without star predictions.
    """

    depth: int
    ndcg: FloatArray
    recall: FloatArray
    squared_errors: FloatArray
    rated: FloatArray

    def figures(self, *, seed: int) -> dict[str, Figure]:
        """Return the metrics by name: ndcg@depth, recall@20, and rmse where there are stars."""
        figures = {
            f"ndcg@{self.depth}": _mean_figure(self.ndcg, seed=seed),
            f"recall@{RECALL_DEPTH}": _mean_figure(self.recall, seed=seed),
        }
        if len(self.rated):
            low, high = bootstrap_ratio(self.squared_errors, self.rated, seed=seed)
            mean = self.squared_errors.sum() / self.rated.sum()
            figures["rmse"] = Figure(
                value=float(np.sqrt(mean)), low=float(np.sqrt(low)), high=float(np.sqrt(high))
            )
        return figures

    def ndcg_above(self, other: "Judgement", *, seed: int) -> Figure:
        """Return by how much this model's NDCG is above another's on the same cases, paired."""
        return _mean_figure(self.ndcg - other.ndcg, seed=seed)


def judge(
    model: Recommender,
    cases: Sequence[Case],
    *,
    depth: int,
    least_stars: float,
    judges_stars: bool = True,
) -> Judgement:
    """Return how the model does on these cases; items of a history are never recommended."""
    ndcg, recall, errors, rated = [], [], [], []
    for case in cases:
        relevant = case.liked(least_stars)
        if len(relevant):
            scores = model.score(case.history)
            allowed = allow_all_but(len(scores), case.history.item_indices)
            ranking = top_k(scores, max(depth, RECALL_DEPTH), candidates=allowed)
            ndcg.append(ndcg_at(ranking, relevant, depth))
            recall.append(recall_at(ranking, relevant, RECALL_DEPTH))
        if judges_stars and isinstance(model, StarPredictor):
            predicted = model.predict(case.history, case.target_items)
            errors.append(float(((predicted - case.target_stars) ** 2).sum()))
            rated.append(float(len(case.target_items)))
    return Judgement(
        depth=depth,
        ndcg=np.array(ndcg, dtype=np.float64),
        recall=np.array(recall, dtype=np.float64),
        squared_errors=np.array(errors, dtype=np.float64),
        rated=np.array(rated, dtype=np.float64),
    )


def _mean_figure(values: FloatArray, *, seed: int) -> Figure:
    low, high = bootstrap_mean(values, seed=seed)
    return Figure(value=float(values.mean()) if len(values) else float("nan"), low=low, high=high)
