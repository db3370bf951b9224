import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from recommendations.engine.evaluation.metrics import (
    bootstrap_mean,
    bootstrap_ratio,
    ndcg_at,
    recall_at,
)


def test_ndcg_worked_by_hand():
    # Hits at places 1 and 3 of three relevant: (1 + 1/2) / (1 + 1/log2(3) + 1/2).
    found = ndcg_at(np.array([5, 1, 7, 2]), np.array([5, 7, 9]), 4)
    assert found == pytest.approx(1.5 / (1 + 1 / np.log2(3) + 0.5))


def test_ndcg_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    for _ in range(20):
        scores = rng.permutation(30).astype(float)
        relevant = rng.choice(30, size=6, replace=False)
        truth = np.isin(np.arange(30), relevant).astype(float)
        expected = ndcg_score([truth], [scores], k=10)
        assert ndcg_at(np.argsort(-scores), relevant, 10) == pytest.approx(expected)


def test_a_perfect_list_has_one_and_a_wrong_one_nothing():
    assert ndcg_at(np.array([3, 4]), np.array([4, 3]), 10) == pytest.approx(1.0)
    assert ndcg_at(np.array([1, 2]), np.array([4, 3]), 10) == 0.0


def test_recall_is_over_what_fits_in_the_list():
    assert recall_at(np.array([1, 2]), np.array([2, 3, 4]), 2) == 0.5
    assert recall_at(np.array([1, 2, 3]), np.array([3]), 2) == 0.0


def test_nothing_relevant_counts_as_nothing():
    nothing = np.zeros(0, dtype=np.int64)
    assert ndcg_at(np.array([1]), nothing, 5) == 0.0
    assert recall_at(np.array([1]), nothing, 5) == 0.0


def test_an_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(2)
    covered = 0
    for trial in range(60):
        low, high = bootstrap_mean(rng.normal(1.0, 1.0, 80), seed=trial)
        covered += low <= 1.0 <= high
    assert 51 <= covered <= 60


def test_a_ratio_weighs_people_by_what_they_rated():
    low, high = bootstrap_ratio(np.array([2.0, 8.0]), np.array([1.0, 4.0]), seed=1)
    assert (low, high) == pytest.approx((2.0, 2.0))
