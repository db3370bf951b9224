import numpy as np
import pytest

from recommendations.engine.evaluation.intervals import (
    RESAMPLES,
    Sums,
    compare,
    compare_all,
    figures_of,
    join_sums,
    resample_sums,
)


def figure(sums, *, seed):
    return figures_of({"metric": sums}, seed=seed)["metric"]


def test_an_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(2)
    covered = 0
    for trial in range(60):
        found = figure(Sums.mean_of(rng.normal(1.0, 1.0, 80)), seed=trial)
        covered += found.low <= 1.0 <= found.high
    assert 51 <= covered <= 60


def test_resamples_are_those_of_plain_drawing():
    values = np.array([1.0, 10.0, 100.0])
    drawn = np.random.default_rng(5).integers(3, size=(RESAMPLES, 3))
    assert resample_sums(values[:, np.newaxis], seed=5)[:, 0] == pytest.approx(
        values[drawn].sum(axis=1)
    )


def test_a_ratio_weighs_people_by_what_they_rated():
    sums = Sums(numerators=np.array([2.0, 8.0]), denominators=np.array([1.0, 4.0]), is_root=True)
    found = figure(sums, seed=1)
    assert (found.value, found.low, found.high) == pytest.approx((2**0.5,) * 3)


def test_people_a_metric_does_not_apply_to_do_not_count():
    sums = Sums.mean_of(np.array([1.0, np.nan, 2.0]))
    assert sums.value == 1.5
    assert sums.own_values.tolist() == [1.0, 2.0]


def test_a_metric_that_applies_to_nobody_is_not_a_number():
    found = figure(Sums.mean_of(np.array([np.nan])), seed=1)
    assert np.isnan([found.value, found.low, found.high]).all()


def test_pairing_finds_what_single_intervals_hide():
    rng = np.random.default_rng(3)
    people = rng.normal(1.0, 0.5, 200)
    better = Sums.mean_of(people + 0.03 + rng.normal(0, 0.05, 200))
    plain = Sums.mean_of(people)
    assert figure(better, seed=1).low < plain.value
    found = compare(better, plain, seed=1)
    assert found.difference.low > 0
    assert found.ratio.low > 1
    assert found.p_value < 0.01


def test_a_model_is_no_better_than_itself():
    sums = Sums.mean_of(np.array([0.1, 0.5, 0.4]))
    found = compare(sums, sums, seed=1)
    assert (found.difference.value, found.ratio.value, found.p_value) == (0.0, 1.0, 1.0)


def test_one_person_of_two_splits_is_one_person():
    parts = [Sums.mean_of(np.array([1.0, 3.0])), Sums.mean_of(np.array([2.0]))]
    pooled = join_sums(parts).pooled(np.array([0, 1, 0]), 2)
    assert pooled.value == 2.0
    assert pooled.own_values.tolist() == [1.5, 3.0]


def test_metrics_compared_together_are_as_compared_alone():
    rng = np.random.default_rng(4)
    first, second = ({name: Sums.mean_of(rng.random(30)) for name in "ab"} for _ in range(2))
    together = compare_all({**first, "c": first["a"]}, second, seed=3)
    assert set(together) == {"a", "b"}
    for name, found in together.items():
        alone = compare(first[name], second[name], seed=3)
        assert found.difference.low == pytest.approx(alone.difference.low)
        assert found.p_value == pytest.approx(alone.p_value)
