"""Metrics of lists by what was held back, for many people at once.

All take `hits`, bool of shape (n_people, depth): whether the item at that place of a person's list
is relevant (places beyond the end of a list are misses), and `n_relevant`, shape (n_people,): how
many relevant items there are. All return shape (n_people,), 0 for people without a relevant item.
"""

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray


def ndcg_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return the normalised discounted cumulative gain of the first `k`, gains 0 or 1.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4),
    2002. The ideal list holds min(k, n_relevant) hits.
    """
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(n_relevant, k)]
    first = hits[:, :k]
    return _over(first @ discounts[: first.shape[1]], ideal)


def recall_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return the share of min(k, n_relevant) that the first `k` hold."""
    return _over(_count(hits, k), np.minimum(n_relevant, k))


def precision_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return the share of `k` places that hold a relevant item."""
    return np.where(n_relevant > 0, _count(hits, k) / k, 0.0)


def hit_rate_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return 1 where the first `k` hold any relevant item, else 0."""
    return np.where(n_relevant > 0, hits[:, :k].any(axis=1), 0.0)


def average_precision_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return the mean precision at the hits among the first `k`, over min(k, n_relevant).

    Its mean over people is MAP@k; over the whole ranking it is scikit-learn's.
    """
    first = hits[:, :k]
    precisions = np.cumsum(first, axis=1) / np.arange(1, first.shape[1] + 1)
    return _over((precisions * first).sum(axis=1), np.minimum(n_relevant, k))


def reciprocal_rank_at(hits: BoolArray, n_relevant: IndexArray, k: int) -> FloatArray:
    """Return 1 over the place of the first hit, 0 where the first `k` hold none."""
    first = hits[:, :k]
    places = first.argmax(axis=1) + 1
    return np.where((n_relevant > 0) & first.any(axis=1), 1.0 / places, 0.0)


def _count(hits: BoolArray, k: int) -> FloatArray:
    return np.asarray(hits[:, :k].sum(axis=1), dtype=np.float64)


def _over(numerators: FloatArray, denominators: FloatArray | IndexArray) -> FloatArray:
    """Return the ratio, 0 where there is nothing to divide by."""
    values = np.zeros(len(numerators), dtype=np.float64)
    return np.divide(numerators, denominators, out=values, where=np.asarray(denominators) > 0)
