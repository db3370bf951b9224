"""Metrics of lists and of stars, and their intervals over people."""

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray

RESAMPLES = 1000


def ndcg_at(ranking: IndexArray, relevant: IndexArray, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, gains 0 or 1.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4),
    2002. The ideal list holds min(k, number of relevant) hits; without any relevant item it is 0.
    """
    if not len(relevant):
        return 0.0
    hits = np.isin(ranking[:k], relevant)
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = discounts[: min(k, len(relevant))].sum()
    return float((discounts[: len(hits)] * hits).sum() / ideal)


def recall_at(ranking: IndexArray, relevant: IndexArray, k: int) -> float:
    """Return the share of min(k, number of relevant) that the first `k` hold; 0 without any."""
    if not len(relevant):
        return 0.0
    hits = int(np.isin(ranking[:k], relevant).sum())
    return hits / min(k, len(relevant))


def bootstrap_mean(values: FloatArray, *, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean over people, by resampling people."""
    return bootstrap_ratio(values, np.ones_like(values), seed=seed)


def bootstrap_ratio(
    numerators: FloatArray, denominators: FloatArray, *, seed: int
) -> tuple[float, float]:
    """Return the 95 % interval of Σ numerators / Σ denominators, by resampling people."""
    if not len(numerators):
        return (float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    ratios = np.empty(RESAMPLES, dtype=np.float64)
    for trial in range(RESAMPLES):
        drawn = rng.integers(len(numerators), size=len(numerators))
        ratios[trial] = numerators[drawn].sum() / max(denominators[drawn].sum(), 1e-12)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(low), float(high)
