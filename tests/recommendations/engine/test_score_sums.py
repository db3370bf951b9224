from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.score_sums import PartialScores, ScoreSum

N_ITEMS = 40


def partial(*, columns=(3, 7, 8, 30), n_histories=5, seed=1):
    rng = np.random.default_rng(seed)
    return PartialScores(
        n_items=N_ITEMS,
        shared=rng.normal(size=N_ITEMS),
        elsewhere=rng.normal(size=n_histories),
        columns=np.array(columns, dtype=np.int64),
        values=rng.normal(size=(n_histories, len(columns))),
    )


def standardised(scores):
    return (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)


@pytest.mark.parametrize("columns", [(), (3, 7, 8, 30), range(N_ITEMS)])
def test_mean_and_deviation_of_parts_are_those_of_the_whole(columns):
    scores = partial(columns=columns)
    means, deviations = scores.spread()
    assert np.allclose(means, scores.dense().mean(axis=1))
    assert np.allclose(deviations, scores.dense().std(axis=1))


def test_scores_that_do_not_differ_have_no_deviation():
    flat = PartialScores(
        n_items=N_ITEMS,
        shared=np.full(N_ITEMS, 0.3),
        elsewhere=np.array([0.1, 7.0]),
        columns=np.arange(N_ITEMS),
        values=np.full((2, N_ITEMS), 0.7),
    )
    total = ScoreSum(n_histories=2, n_items=N_ITEMS)
    assert total.add_partial("some", np.arange(2), flat, weights=np.ones(2)).tolist() == [0, 0]
    assert np.allclose(total.dense(), 0)


def test_parts_and_whole_scores_add_up_standardised():
    some, others, whole = partial(), partial(columns=(1, 2), seed=2), partial(seed=3).dense()
    rows = np.array([0, 2])
    emphasis = np.linspace(1, 2, N_ITEMS)
    expected = 2 * standardised(some.dense()) + 3 * standardised(others.dense())
    expected[rows] += 0.5 * standardised(whole[rows]) * emphasis

    total = ScoreSum(n_histories=5, n_items=N_ITEMS)
    total.add_partial("some", np.arange(5), some, weights=np.full(5, 2.0))
    total.add(rows, whole[rows], weights=np.full(2, 0.5), emphasis=emphasis)
    total.add_partial("some", np.arange(5), others, weights=np.full(5, 3.0))

    assert np.allclose(total.dense(), expected)


def test_a_sum_about_the_same_items_stays_in_parts():
    columns, total = (3, 7), ScoreSum(n_histories=5, n_items=N_ITEMS)
    for seed in (1, 2):
        each = replace(partial(columns=columns, seed=seed), shared=None)
        total.add_partial("some", np.arange(5), each, weights=np.ones(5))
    assert total.partial().columns.tolist() == [3, 7]
    assert np.allclose(total.partial().dense(), total.dense())
    total.add_partial("some", np.arange(5), partial(), weights=np.ones(5))
    assert total.partial() is None


def test_shares_are_of_all_histories_however_many_are_added_at_a_time():
    some, total = partial(), ScoreSum(n_histories=5, n_items=N_ITEMS)
    for rows in (np.array([0, 1, 2]), np.array([3, 4])):
        few = replace(some, elsewhere=some.elsewhere[rows], values=some.values[rows])
        total.add_partial("some", rows, few, weights=np.ones(len(rows)))
    shares = total.shares(["none", "some"])
    assert np.allclose(shares[:, 1], 0)
    assert np.allclose(shares[:, 2], 1 / some.dense().std(axis=1))
