"""Judge a fitted model on cases, person by person, with intervals and paired differences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender, StarPredictor
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.evaluation.intervals import (
    Comparison,
    Figure,
    Sums,
    compare,
    compare_all,
    figures_of,
    join_sums,
)
from recommendations.engine.evaluation.metrics import (
    average_precision_at,
    hit_rate_at,
    ndcg_at,
    precision_at,
    recall_at,
    reciprocal_rank_at,
)
from recommendations.engine.evaluation.rankings import find_hits, rank_cases
from recommendations.engine.evaluation.splits import Case

RECALL_DEPTH = 20
COVERAGE = 0.8
Metric = Callable[[BoolArray, IndexArray, int], FloatArray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What each person got: arrays over the cases in their order.

    `sums` holds the metrics by name. List metrics apply to people who liked something that was
    held back, star metrics to all, where the model has stars. `wholes` are metrics of all lists
    together, which no person has alone. `lengths` are the ratings of each history and `groups`
    its demographic labels. `rankings` are the lists, shape (n_cases, depth), empty where lists
    were not judged.
    """

    depth: int
    user_ids: IndexArray
    sums: Mapping[str, Sums]
    lengths: IndexArray
    groups: Sequence[tuple[str, ...]]
    wholes: Mapping[str, float] = field(default_factory=dict)
    rankings: IndexArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))

    @property
    def ndcg(self) -> FloatArray:
        """Return the NDCG of each person it applies to, shape (n_judged,)."""
        return self.sums[f"ndcg@{self.depth}"].own_values

    def take(self, positions: IndexArray) -> "Judgement":
        """Return what these people got, without lists and what concerns all of them."""
        return Judgement(
            depth=self.depth,
            user_ids=self.user_ids[positions],
            sums={name: sums.take(positions) for name, sums in self.sums.items()},
            lengths=self.lengths[positions],
            groups=[self.groups[position] for position in positions],
        )

    def figures(self, *, seed: int) -> dict[str, Figure]:
        """Return the metrics by name, each with its interval over people."""
        return figures_of(self.sums, seed=seed)

    def against(self, other: "Judgement", *, seed: int) -> dict[str, Comparison]:
        """Return how this model stands to another on the same cases, metric by metric."""
        return compare_all(self.sums, other.sums, seed=seed)

    def ndcg_above(self, other: "Judgement", *, seed: int) -> Figure:
        """Return by how much this model's NDCG is above another's on the same cases, paired."""
        name = f"ndcg@{self.depth}"
        return compare(self.sums[name], other.sums[name], seed=seed).difference


def judge(
    model: Recommender,
    cases: Sequence[Case],
    *,
    depth: int,
    least_stars: float,
    recall_depth: int = RECALL_DEPTH,
    judges_stars: bool = True,
    judges_lists: bool = True,
) -> Judgement:
    """Return how the model does on these cases; items of a history are never recommended.

    List metrics are at `depth`, recall at `recall_depth`; a hit is a target of at least
    `least_stars`. Every item competes, nothing is sampled unless a case names its candidates.
    """
    sums: dict[str, Sums] = {}
    rankings = np.zeros((0, 0), dtype=np.int64)
    if judges_lists:
        rankings = rank_cases(model, cases, max(depth, recall_depth))
        relevant = [case.liked(least_stars) for case in cases]
        hits, n_relevant = find_hits(rankings, relevant, n_items=model.n_items)
        sums |= judge_lists(hits, n_relevant, depth=depth, recall_depth=recall_depth)
    if judges_stars and isinstance(model, StarPredictor):
        sums |= judge_stars(model, cases)
        sums |= judge_intervals(model, cases)
    return Judgement(
        depth=depth,
        user_ids=np.array([case.user_id for case in cases], dtype=np.int64),
        sums=sums,
        lengths=np.array([case.history.n_ratings for case in cases], dtype=np.int64),
        groups=[case.history.group for case in cases],
        rankings=rankings,
    )


def pool(judgements: Sequence[Judgement]) -> Judgement:
    """Return the judgements of several splits as one, without their lists.

    Whoever is judged in several splits counts as one person with the sum of what they got, so
    that intervals do not take the same person for two. Metrics of all lists are averaged.
    """
    first = judgements[0]
    if len(judgements) == 1:
        return first
    people, positions, rows = np.unique(
        np.concatenate([judgement.user_ids for judgement in judgements]),
        return_index=True,
        return_inverse=True,
    )
    sums = {
        name: join_sums([part.sums[name] for part in judgements]).pooled(rows, len(people))
        for name in first.sums
        if all(name in part.sums for part in judgements)
    }
    groups = [group for judgement in judgements for group in judgement.groups]
    return Judgement(
        depth=first.depth,
        user_ids=people,
        sums=sums,
        lengths=np.concatenate([part.lengths for part in judgements])[positions],
        groups=[groups[position] for position in positions],
        wholes={
            name: float(np.mean([part.wholes[name] for part in judgements]))
            for name in first.wholes
        },
    )


def judge_lists(
    hits: BoolArray, n_relevant: IndexArray, *, depth: int, recall_depth: int
) -> dict[str, Sums]:
    """Return the metrics of lists by what was held back; they skip people without a liked item."""
    metrics: Mapping[str, tuple[Metric, int]] = {
        "ndcg": (ndcg_at, depth),
        "recall": (recall_at, recall_depth),
        "precision": (precision_at, depth),
        "map": (average_precision_at, depth),
        "mrr": (reciprocal_rank_at, depth),
        "hit": (hit_rate_at, depth),
    }
    is_judged = n_relevant > 0
    return {
        f"{name}@{k}": Sums.mean_of(np.where(is_judged, metric(hits, n_relevant, k), np.nan))
        for name, (metric, k) in metrics.items()
    }


def judge_stars(model: StarPredictor, cases: Sequence[Case]) -> dict[str, Sums]:
    """Return RMSE and MAE over all ratings held back, resampled by person."""
    squares, distances = np.zeros(len(cases)), np.zeros(len(cases))
    for row, case in enumerate(cases):
        errors = model.predict(case.history, case.target_items) - case.target_stars
        squares[row], distances[row] = errors @ errors, np.abs(errors).sum()
    rated = _n_targets(cases)
    return {
        "rmse": Sums(numerators=squares, denominators=rated, is_root=True),
        "mae": Sums(numerators=distances, denominators=rated),
    }


def judge_intervals(
    model: StarPredictor, cases: Sequence[Case], *, coverage: float = COVERAGE
) -> dict[str, Sums]:
    """Return the share of ratings inside of their interval, and the mean width in stars.

    Empty for a model that predicts a number only.
    """
    inside, widths = np.zeros(len(cases)), np.zeros(len(cases))
    try:
        for row, case in enumerate(cases):
            low, high = model.predict_interval(case.history, case.target_items, coverage=coverage)
            inside[row] = ((low <= case.target_stars) & (case.target_stars <= high)).sum()
            widths[row] = (high - low).sum()
    except UnsupportedError:
        return {}
    rated, percent = _n_targets(cases), round(100 * coverage)
    return {
        f"inside@{percent}": Sums(numerators=inside, denominators=rated),
        f"width@{percent}": Sums(numerators=widths, denominators=rated),
    }


def _n_targets(cases: Sequence[Case]) -> FloatArray:
    return np.array([len(case.target_items) for case in cases], dtype=np.float64)
