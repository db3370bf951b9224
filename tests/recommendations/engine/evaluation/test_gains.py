import numpy as np
import pytest

from recommendations.engine.evaluation.gains import Task, gain
from recommendations.engine.evaluation.intervals import Sums


def task(ours, theirs, *, metric="ndcg@10", people=None):
    return Task(
        metric=metric,
        user_ids=np.arange(len(ours)) if people is None else np.array(people),
        ours=Sums.mean_of(np.array(ours, dtype=float)),
        theirs=Sums.mean_of(np.array(theirs, dtype=float)),
    )


def test_the_gain_is_the_geometric_mean_of_the_ratios():
    doubled, halved_error = task([0.4, 0.8], [0.2, 0.4]), task([1], [8], metric="rmse")
    assert gain([doubled], seed=1).value == pytest.approx(2)
    assert gain([doubled, halved_error], seed=1).value == pytest.approx((2 * 8) ** 0.5)


def test_a_setting_gains_nothing_over_itself():
    same = gain([task([0.1, 0.5, 0.9], [0.1, 0.5, 0.9])], seed=1)
    assert same.low == same.value == same.high == pytest.approx(1)


def test_whoever_is_judged_twice_is_drawn_for_both_tasks():
    """Two tasks of opposite fortune cancel out in each person, so in each resample too."""
    rng = np.random.default_rng(3)
    ours = rng.uniform(0.4, 0.6, size=50)
    theirs = rng.uniform(0.4, 0.6, size=50)
    order = rng.permutation(50)
    back = task(theirs[order], ours[order], people=order)
    both = gain([task(ours, theirs), back], seed=1)
    assert [both.low, both.value, both.high] == pytest.approx([1, 1, 1])
    strangers = task(theirs[order], ours[order], people=order + 50)
    apart = gain([task(ours, theirs), strangers], seed=1)
    assert apart.high - apart.low > 0.01


def test_more_people_make_the_interval_narrower():
    rng = np.random.default_rng(3)
    widths = []
    for n_people in (20, 2000):
        found = gain([task(rng.random(n_people), rng.random(n_people))], seed=1)
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 5


@pytest.mark.parametrize(
    ("ours", "theirs"), [([0.0], [0.0]), ([0.1], [0.0]), ([0.0], [0.1]), ([np.nan], [np.nan])]
)
def test_a_task_in_which_one_finds_nothing_leaves_all_undecided(ours, theirs):
    found = gain([task(ours, theirs), task([0.3], [0.4])], seed=1)
    assert np.isnan([found.low, found.value, found.high]).all()
