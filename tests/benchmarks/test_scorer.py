"""The scorer against values worked out by hand, and against the engine's own metrics."""

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers.scorer import (
    interval_of_mean,
    interval_of_ratio,
    resampling_weights,
    score_lists,
    score_stars,
)
from recommendations.engine.evaluation.metrics import ndcg_at, recall_at


def lists_of(**lists):
    rows = [
        (int(user[1:]), rank, movie)
        for user, movies in lists.items()
        for rank, movie in enumerate(movies, start=1)
    ]
    return pd.DataFrame(rows, columns=["userId", "rank", "movieId"])


def answers_of(*rows):
    return pd.DataFrame(rows, columns=["userId", "movieId", "rating"])


def test_a_list_gets_the_ndcg_and_recall_worked_out_by_hand():
    answers = answers_of((1, 10, 5.0), (1, 30, 4.0), (1, 40, 3.5))
    scores = score_lists(answers, lists_of(u1=[20, 10, 40, 30]), depth=3)
    ideal = 1.0 + 1.0 / math.log2(3)
    assert scores.metrics["ndcg"] == [pytest.approx(1.0 / math.log2(3) / ideal)]
    assert scores.metrics["recall"] == [1.0]
    assert scores.metrics["hit"] == [1.0]


def test_recall_is_over_no_more_than_fits():
    answers = answers_of((1, 1, 5.0), (1, 2, 5.0), (1, 3, 5.0))
    scores = score_lists(answers, lists_of(u1=[1, 9, 2]), depth=2, recall_depth=2)
    assert scores.metrics["recall"] == [0.5]


def test_movies_of_the_history_do_not_take_a_place():
    history = answers_of((1, 20, 5.0))
    answers = answers_of((1, 10, 5.0))
    scores = score_lists(answers, lists_of(u1=[20, 10]), depth=1, history=history)
    assert scores.metrics["ndcg"] == [1.0]


def test_only_candidates_take_a_place():
    candidates = pd.DataFrame({"userId": [1, 1, 2], "movieId": [10, 50, 20]})
    answers = answers_of((1, 10, 5.0))
    lists = lists_of(u1=[20, 30, 10, 50])
    assert score_lists(answers, lists, depth=1, candidates=candidates).metrics["hit"] == [1.0]
    for_all = candidates[["movieId"]].drop_duplicates()
    assert score_lists(answers, lists, depth=1, candidates=for_all).metrics["hit"] == [0.0]


def test_a_person_without_a_list_gets_nothing_and_one_without_answers_is_not_judged():
    answers = answers_of((1, 10, 5.0), (2, 10, 5.0), (3, 10, 1.0))
    scores = score_lists(answers, lists_of(u1=[10], u3=[10]), depth=10)
    assert scores.user_ids == [1, 2]
    assert scores.metrics["ndcg"] == [1.0, 0.0]


def test_a_movie_named_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        score_lists(answers_of((1, 10, 5.0)), lists_of(u1=[10, 10]), depth=10)


def test_random_lists_agree_with_the_engines_metrics():
    rng = np.random.default_rng(3)
    for _ in range(20):
        ranking, liked = rng.permutation(60)[:30], rng.permutation(60)[: rng.integers(1, 40)]
        answers = answers_of(*((1, movie, 4.0) for movie in liked))
        found = score_lists(answers, lists_of(u1=ranking.tolist()), depth=10).metrics
        hits, counts = np.isin(ranking, liked)[np.newaxis], np.array([len(liked)])
        assert found["ndcg"] == pytest.approx(ndcg_at(hits, counts, 10))
        assert found["recall"] == pytest.approx(recall_at(hits, counts, 20))


def test_errors_are_summed_per_person_after_clipping():
    answers = answers_of((2, 10, 5.0), (1, 10, 3.0), (2, 11, 1.0))
    predictions = answers.assign(prediction=[9.0, 3.5, 2.0], low=0.5, high=[5.0, 4.0, 0.9])
    scores = score_stars(answers, predictions)
    assert scores.user_ids == [1, 2]
    assert scores.metrics["squared"] == [0.25, 1.0]
    assert scores.metrics["count"] == [1.0, 2.0]
    assert scores.metrics["covered"] == [1.0, 1.0]


@pytest.mark.parametrize("broken", [[1.0], [1.0, float("nan")]])
def test_missing_or_unusable_predictions_are_refused(broken):
    answers = answers_of((1, 10, 5.0), (1, 11, 5.0))
    given = answers.head(len(broken)).assign(prediction=broken)
    with pytest.raises(ValueError, match="expected"):
        score_stars(answers, given)


def test_people_are_resampled_with_all_their_rows():
    weights = resampling_weights([5, 7, 5], seed=1)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] + weights[:, 1] == 2).all()


def test_intervals_hold_the_mean_and_shrink_to_it_without_variation():
    values = np.arange(50, dtype=np.float64)
    value, low, high = interval_of_mean(values, resampling_weights(range(50), seed=1))
    assert low < value < high
    assert value == 24.5
    same = interval_of_ratio(
        np.full(9, 8.0), np.full(9, 2.0), resampling_weights(range(9), seed=1), power=0.5
    )
    assert same == pytest.approx((2.0, 2.0, 2.0))
