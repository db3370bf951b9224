"""Judge files of predictions and of lists, whoever wrote them.

Nothing here knows the engine or a peer: it reads what a model answered and what was held back.
Every score keeps its person, so that intervals and differences can be taken over people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LIKED_STARS = 4.0
RESAMPLES = 2000
RECALL_DEPTH = 20
Interval = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One row a person: `metrics[name]` and, for errors, how many ratings it sums over."""

    user_ids: list[int]
    metrics: dict[str, list[float]]
    totals: dict[str, float]


def score_stars(answers: pd.DataFrame, predictions: pd.DataFrame) -> Scores:
    """Return each person's summed squared and absolute errors, and hits of an interval if given.

    `answers` and `predictions` hold the same pairs in the same order.
    """
    if not (
        len(answers) == len(predictions)
        and (answers["userId"].to_numpy() == predictions["userId"].to_numpy()).all()
        and (answers["movieId"].to_numpy() == predictions["movieId"].to_numpy()).all()
    ):
        raise ValueError("expected one prediction for each pair, in their order")
    stars = answers["rating"].to_numpy(dtype=np.float64)
    predicted = np.clip(predictions["prediction"].to_numpy(dtype=np.float64), 0.5, 5.0)
    if not np.isfinite(predicted).all():
        raise ValueError("expected finite predictions")
    columns = {
        "squared": (stars - predicted) ** 2,
        "absolute": np.abs(stars - predicted),
        "count": np.ones(len(stars)),
    }
    if {"low", "high"} <= set(predictions.columns):
        low, high = (predictions[name].to_numpy(dtype=np.float64) for name in ("low", "high"))
        columns["covered"] = ((stars >= low) & (stars <= high)).astype(np.float64)
    sums = pd.DataFrame(columns).groupby(answers["userId"].to_numpy()).sum()
    return Scores(
        user_ids=[int(user) for user in sums.index],
        metrics={name: sums[name].round(9).tolist() for name in sums.columns},
        totals={},
    )


def score_lists(
    answers: pd.DataFrame,
    lists: pd.DataFrame,
    *,
    depth: int,
    recall_depth: int = RECALL_DEPTH,
    history: pd.DataFrame | None = None,
    candidates: pd.DataFrame | None = None,
    least_stars: float = LIKED_STARS,
) -> Scores:
    """Return NDCG, recall and hits of each person who liked something that was held back.

    Movies of the history are taken out of a list first, and so are those that are not among the
    candidates, where there are any. Recall is over min(depth, number liked). Nobody's list may
    name a movie twice. A person without a list gets 0.
    """
    liked = answers.loc[answers["rating"] >= least_stars, ["userId", "movieId"]]
    ranked = _rank(lists, history=history, candidates=candidates)
    users, n_liked = np.unique(liked["userId"].to_numpy(), return_counts=True)
    found = ranked.merge(liked, on=["userId", "movieId"], how="inner")
    places = found["place"].to_numpy()
    rows = np.searchsorted(users, found["userId"].to_numpy())
    is_near = places < depth
    gains = np.bincount(
        rows[is_near], weights=1.0 / np.log2(places[is_near] + 2.0), minlength=len(users)
    )
    ideals = np.concatenate([[0.0], np.cumsum(1.0 / np.log2(np.arange(2, depth + 2)))])
    in_recall = np.bincount(rows[places < recall_depth], minlength=len(users))
    hits = np.bincount(rows[is_near], minlength=len(users)) > 0
    top = ranked.loc[ranked["place"] < 10]
    return Scores(
        user_ids=[int(user) for user in users],
        metrics={
            "ndcg": (gains / ideals[np.minimum(n_liked, depth)]).round(9).tolist(),
            "recall": (in_recall / np.minimum(n_liked, recall_depth)).round(9).tolist(),
            "hit": hits.astype(float).tolist(),
        },
        totals={"movies_in_top_10": float(top["movieId"].nunique())},
    )


def _rank(
    lists: pd.DataFrame, *, history: pd.DataFrame | None, candidates: pd.DataFrame | None
) -> pd.DataFrame:
    """Return userId, movieId and the place from 0 among what counts."""
    if lists.duplicated(["userId", "movieId"]).any():
        raise ValueError("a list names a movie twice")
    ranked = lists.sort_values(["userId", "rank"], kind="stable")[["userId", "movieId"]]
    if history is not None:
        ranked = _without(ranked, history)
    if candidates is not None:
        keys = ["userId", "movieId"] if "userId" in candidates.columns else ["movieId"]
        ranked = ranked.merge(candidates[keys].drop_duplicates(), on=keys, how="inner")
        ranked = ranked.sort_values("userId", kind="stable")
    return ranked.assign(place=ranked.groupby("userId").cumcount())


def _without(ranked: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    seen = history[["userId", "movieId"]].assign(seen=1)
    marked = ranked.merge(seen, on=["userId", "movieId"], how="left")
    return marked.loc[marked["seen"].isna(), ["userId", "movieId"]]


def resampling_weights(users: Sequence[int] | np.ndarray, *, seed: int) -> np.ndarray:
    """Return how often each row counts in each resample, shape (RESAMPLES, n_rows).

    People are drawn, not rows: somebody who was held out in two splits is drawn with both.
    """
    _, rows = np.unique(np.asarray(users), return_inverse=True)
    n_people = int(rows.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n_people, np.full(n_people, 1.0 / n_people), size=RESAMPLES)
    return drawn.astype(np.float32)[:, rows]


def interval_of_ratio(
    numerators: np.ndarray, denominators: np.ndarray, weights: np.ndarray, *, power: float = 1.0
) -> Interval:
    """Return (Σ numerators / Σ denominators)^power with its 95 % interval over people."""
    value = float(numerators.sum() / denominators.sum()) ** power
    ratios = ((weights @ numerators) / (weights @ denominators)) ** power
    low, high = np.quantile(ratios, [0.025, 0.975])
    return value, float(low), float(high)


def interval_of_mean(values: np.ndarray, weights: np.ndarray) -> Interval:
    """Return the mean with its 95 % interval over people."""
    return interval_of_ratio(values, np.ones_like(values), weights)
