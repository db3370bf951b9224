"""Comparisons of stored results, and the verdicts drawn from them."""

import numpy as np
import pytest

from benchmarks.peers import goals, places, pools, tables
from benchmarks.peers.goals import Goal, reach
from benchmarks.peers.plan import BUDGET, DATA, OWN, PEERS, TASKS, WORLDS
from benchmarks.peers.pools import Setting, difference, interval, ranked, ratio, read_pool

STRONG = Setting(data="ml-1m", world="people", task="strong")
STARS = Setting(data="ml-1m", world="random", task="stars")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return a function that stores the metrics of a model; results are read from there."""
    for module in (places, pools):
        monkeypatch.setattr(module, "VAR", tmp_path)
    pools._results.cache_clear()

    def store(setting, model, seed, **metrics):
        n_people = len(next(iter(metrics.values())))
        scores = {"user_ids": list(range(n_people)), "metrics": metrics, "totals": {}}
        costs = {"fit_seconds": 1.0, "peak_megabytes": 2.0, "milliseconds": 3.0}
        path = places.result_path(setting.data, setting.world, seed, setting.task, model)
        places.write_json(path, {"scores": scores, **costs})

    yield store
    pools._results.cache_clear()


def test_figures_are_means_over_splits_of_each_splits_figure(store):
    store(STARS, "stars", 1, squared=[1.0, 3.0], count=[1.0, 3.0])
    store(STARS, "stars", 2, squared=[4.0, 8.0], count=[1.0, 2.0])
    pool = read_pool(STARS, "stars")
    assert pool.by_seed.tolist() == [1.0, 2.0]
    value, low, high = interval(pool)
    assert value == 1.5
    assert low <= value <= high


def test_ratio_and_difference_are_paired_and_on_common_splits(store):
    values = np.linspace(0.1, 0.9, 40)
    store(STRONG, "hybrid", 1, ndcg=(2 * values).tolist())
    store(STRONG, "hybrid", 2, ndcg=[9.0] * 40)
    store(STRONG, "rectools-ease", 1, ndcg=values.tolist())
    mine, peer = (read_pool(STRONG, name) for name in ("hybrid", "rectools-ease"))
    assert ratio(mine, peer) == pytest.approx((2.0, 2.0, 2.0))
    value, low, high = difference(mine, peer)
    assert value == pytest.approx(0.5)
    assert 0 < low < value < high


def test_an_easy_split_does_not_make_a_model_look_good(store):
    for seed, level in ((1, 0.2), (2, 0.8)):
        store(STRONG, "reference-popularity", seed, ndcg=[level] * 4)
        store(STRONG, "hybrid", seed, ndcg=[2 * level] * 4)
    store(STRONG, "implicit-als", 2, ndcg=[1.5 * 0.8] * 4)
    found = ranked([read_pool(STRONG, name) for name in ("implicit-als", "hybrid", "nobody")])
    assert [pool.model for pool in found] == ["hybrid", "implicit-als"]


def test_people_that_differ_are_not_compared(store):
    store(STRONG, "hybrid", 1, ndcg=[0.5, 0.5])
    store(STRONG, "implicit-als", 1, ndcg=[0.5, 0.5, 0.5])
    with pytest.raises(ValueError, match="other people"):
        ratio(read_pool(STRONG, "hybrid"), read_pool(STRONG, "implicit-als"))


@pytest.mark.parametrize(
    ("error", "is_met", "by_interval"), [(0.90, True, False), (0.96, False, False)]
)
def test_a_goal_of_errors_is_met_from_below(store, error, is_met, by_interval):
    store(STARS, "reference-bias", 1, squared=[1.0] * 30, count=[1.0] * 30)
    store(STARS, "stars", 1, squared=[error**2] * 30, count=[1.0] * 30)
    goal = Goal(label="", model="stars", setting=STARS, target=0.95, against=("reference-bias",))
    reached = reach(goal)
    assert (reached.is_met, reached.is_met_by_interval) == (is_met, by_interval)


def test_an_interval_meets_a_goal_only_above_every_peer(store):
    mine = np.tile([0.2, 0.8], 50)
    store(STRONG, "hybrid", 1, ndcg=mine.tolist())
    goal = Goal(label="", model="hybrid", setting=STRONG, target=0.52)
    store(STRONG, "rectools-ease", 1, ndcg=(mine - 0.1).tolist())
    assert reach(goal).is_met_by_interval
    store(STRONG, "implicit-als", 1, ndcg=mine[::-1].tolist())
    pools._results.cache_clear()
    assert not reach(goal).is_met_by_interval


def test_a_goal_without_a_result_is_not_measured(store):
    assert reach(goals.GOALS[0]) is None
    assert "not measured" in tables.goals()
    assert tables.where_peers_win() == "No result yet."


def test_a_task_that_a_peer_wins_is_told(store):
    store(STRONG, "hybrid", 1, ndcg=[0.4, 0.5, 0.6])
    store(STRONG, "implicit-als", 1, ndcg=[0.5, 0.6, 0.7])
    assert "the peer wins" in tables.where_peers_win()


def test_no_peer_has_more_trials_than_the_budget():
    assert max(len(peer.trials_for(world)) for peer in PEERS for world in WORLDS["ml-1m"]) == BUDGET
    assert {task for each in (*PEERS, *OWN) for task in each.tasks} == set(TASKS)
    assert set(WORLDS) == set(DATA)
