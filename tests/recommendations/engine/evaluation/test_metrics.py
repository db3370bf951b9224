import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score

from recommendations.engine.evaluation.metrics import (
    average_precision_at,
    hit_rate_at,
    ndcg_at,
    precision_at,
    recall_at,
    reciprocal_rank_at,
)

ALL = (
    average_precision_at,
    hit_rate_at,
    ndcg_at,
    precision_at,
    recall_at,
    reciprocal_rank_at,
)
# Three people: hits at places 1 and 3 of three relevant, none of two, nothing relevant.
HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
N_RELEVANT = np.array([3, 2, 0])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (ndcg_at, (1 + 1 / 2) / (1 + 1 / np.log2(3) + 1 / 2)),
        (recall_at, 2 / 3),
        (precision_at, 2 / 4),
        (average_precision_at, (1 / 1 + 2 / 3) / 3),
        (reciprocal_rank_at, 1.0),
        (hit_rate_at, 1.0),
    ],
)
def test_metrics_worked_by_hand(metric, expected):
    assert metric(HITS, N_RELEVANT, 4) == pytest.approx([expected, 0.0, 0.0])


@pytest.mark.parametrize("metric", ALL)
def test_a_perfect_list_has_one(metric):
    perfect = np.array([[True, True, False, False]])
    k = 2 if metric is precision_at else 4
    assert metric(perfect, np.array([2]), k) == pytest.approx([1.0])


def test_the_first_hit_counts_by_its_place():
    hits = np.array([[False, False, True, True]])
    assert reciprocal_rank_at(hits, np.array([2]), 4) == pytest.approx([1 / 3])
    assert reciprocal_rank_at(hits, np.array([2]), 2) == pytest.approx([0.0])
    assert hit_rate_at(hits, np.array([2]), 2) == pytest.approx([0.0])


def test_recall_is_over_what_fits_in_the_list():
    assert recall_at(np.array([[True, False]]), np.array([3]), 2) == pytest.approx([0.5])


def test_a_list_shorter_than_asked_for_is_judged_all_the_same():
    hits = np.array([[True, False]])
    assert ndcg_at(hits, np.array([1]), 10) == pytest.approx([1.0])
    assert precision_at(hits, np.array([1]), 10) == pytest.approx([0.1])


@pytest.fixture(scope="module")
def random_lists():
    """Return truth and scores of 20 people over 30 items, and the hits of the sorted lists."""
    rng = np.random.default_rng(1)
    truth = (rng.random((20, 30)) < 0.2).astype(float)
    truth[:, 0] = 1
    scores = rng.permuted(np.tile(np.arange(30.0), (20, 1)), axis=1)
    order = np.argsort(-scores, axis=1)
    return truth, scores, np.take_along_axis(truth, order, axis=1) > 0


def test_ndcg_agrees_with_scikit_learn(random_lists):
    truth, scores, hits = random_lists
    for k in (1, 10, 30):
        found = ndcg_at(hits, truth.sum(axis=1).astype(int), k)
        assert found.mean() == pytest.approx(ndcg_score(truth, scores, k=k))


def test_average_precision_agrees_with_scikit_learn(random_lists):
    truth, scores, hits = random_lists
    expected = [average_precision_score(*pair) for pair in zip(truth, scores, strict=True)]
    found = average_precision_at(hits, truth.sum(axis=1).astype(int), 30)
    assert found == pytest.approx(expected)
