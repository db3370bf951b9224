from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pytest

from recommendations.engine.evaluation.protocols import PROTOCOLS, files_protocol
from recommendations.engine.evaluation.tuning import (
    draw_settings,
    pick_best,
    tune_model,
    validation_split,
)
from recommendations.engine.models.bias import Bias
from tests.recommendations.engine.evaluation.test_fixed_splits import rows_of
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=80, with_events=False)


GRID = {"a": (1, 2, 3), "b": (True, False)}


def test_settings_differ_and_begin_with_the_defaults():
    drawn = list(draw_settings(GRID, trials=5, seed=1))
    assert drawn[0] == {}
    assert len({tuple(values.items()) for values in drawn}) == len(drawn) == 5


def test_a_small_grid_is_tried_in_full_and_no_grid_once():
    assert len(list(draw_settings(GRID, trials=50, seed=1))) == 1 + 6
    assert list(draw_settings({}, trials=50, seed=1)) == [{}]


def test_a_seed_draws_the_same_settings_again():
    first, second, other = (list(draw_settings(GRID, trials=4, seed=seed)) for seed in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize("name", PROTOCOLS)
def test_validation_never_looks_at_test_cases(world, name):
    protocol = PROTOCOLS[name]
    split = protocol.split(world, 3)
    validation = validation_split(world, protocol, 3)
    rated = {
        (int(split.train.user_ids[user]), int(item))
        for user, item in zip(split.train.rating_users, split.train.user_items.indices, strict=True)
    }
    asked = {
        (case.user_id, item) for case in validation.cases for item in case.target_items.tolist()
    }
    assert asked <= rated
    assert validation.train.n_ratings < split.train.n_ratings


def test_a_fixed_split_is_validated_on_a_random_part_of_its_training(world):
    test = rows_of(world, np.arange(50))
    validation = validation_split(world, files_protocol(test), 3)
    n_held_back = sum(len(case.target_items) for case in validation.cases)
    assert validation.train.n_ratings + n_held_back == world.n_ratings - 50


def test_the_planted_better_setting_wins(world, monkeypatch):
    # Damping by a million ratings hides everything two camps could tell.
    grid = MappingProxyType({"user_damping": (1e6, 1.0), "item_damping": (1e6, 1.0)})
    monkeypatch.setattr(Bias, "grid", grid)
    monkeypatch.setattr(Bias, "item_damping", 1e6)
    protocol = PROTOCOLS["random"]
    split = validation_split(world, protocol, 3)
    found = tune_model("bias", split, protocol, trials=9, objective="rmse", seed=1)
    values = [trial["rmse"]["value"] for trial in found["trials"]]
    assert found["reached"]["value"] == min(values)
    assert found["winner"] == found["trials"][int(np.argmin(values))]["values"]
    assert len(found["trials"]) == 5


@dataclass
class Value:
    value: float


@dataclass
class Judged:
    sums: dict[str, Value]


@dataclass
class Tried:
    name: str
    judgement: Judged = field(default_factory=lambda: Judged({}))


@pytest.mark.parametrize(("metric", "best"), [("ndcg@10", "second"), ("rmse", "first")])
def test_better_is_more_or_less_by_the_metric_and_the_first_of_equals(metric, best):
    trials = [
        Tried(name, Judged({metric: Value(value)}))
        for name, value in [("first", 0.1), ("second", 0.3), ("third", 0.3)]
    ]
    assert pick_best(trials, metric).name == best
