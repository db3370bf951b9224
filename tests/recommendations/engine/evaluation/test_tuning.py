import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from recommendations.engine.evaluation.hyperparameters import values_of
from recommendations.engine.evaluation.intervals import Figure
from recommendations.engine.evaluation.protocols import PROTOCOLS, files_protocol
from recommendations.engine.evaluation.splits import keep_events
from recommendations.engine.evaluation.tuning import (
    Trial,
    aim_at,
    draw_settings,
    group_by_training,
    pick_best,
    tune_model,
    validation_split,
)
from recommendations.engine.models import MODELS
from recommendations.engine.models.bias import Bias
from tests.recommendations.engine.evaluation.test_fixed_splits import rows_of
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=80, with_events=False)


GRID = {"a": (1, 2, 3), "b": (True, False)}
DEFAULT = {"a": 2, "b": True}


def test_settings_differ_and_begin_with_the_defaults():
    drawn = list(draw_settings(GRID, DEFAULT, trials=5, seed=1))
    assert drawn[0] == DEFAULT
    assert len({tuple(values.items()) for values in drawn}) == len(drawn) == 5


@pytest.mark.parametrize(("a", "n_settings"), [(2, 6), (7, 1 + 6)])
def test_a_small_grid_is_tried_in_full_once_in_it_or_not(a, n_settings):
    drawn = list(draw_settings(GRID, {**DEFAULT, "a": a}, trials=50, seed=1))
    assert len({tuple(values.items()) for values in drawn}) == len(drawn) == n_settings


def test_no_grid_is_tried_once():
    assert list(draw_settings({}, {}, trials=50, seed=1)) == [{}]


def test_one_trial_is_that_of_the_defaults():
    assert list(draw_settings(GRID, DEFAULT, trials=1, seed=1)) == [DEFAULT]


def test_a_seed_draws_the_same_settings_again():
    first, second, other = (
        list(draw_settings(GRID, DEFAULT, trials=4, seed=seed)) for seed in (1, 1, 2)
    )
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


@pytest.fixture
def bad_bias(monkeypatch):
    """Damp by a million ratings, unless tuning finds 1: it hides all that two camps could tell."""
    grid = MappingProxyType({"user_damping": (1e6, 1.0), "item_damping": (1e6, 1.0)})
    monkeypatch.setattr(Bias, "grid", grid)
    monkeypatch.setattr(Bias.__init__, "__kwdefaults__", {**Bias.__init__.__kwdefaults__, **BAD})


BAD = {"user_damping": 1e6, "item_damping": 1e6}


def aims(world, *names, metric=None):
    return [aim_at(name, PROTOCOLS[name], world, metric=metric, seed=3) for name in names]


def test_the_planted_better_setting_wins(world, bad_bias):
    found = tune_model("bias", aims(world, "random", metric="rmse"), trials=9, seed=1)
    values = [trial["reached"]["random"]["value"] for trial in found["trials"]]
    assert found["trials"][0]["values"] == BAD
    assert found["trials"][0]["gain"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert found["winner"] == found["trials"][int(np.argmin(values))]["values"]
    assert found["gain"]["value"] == pytest.approx(values[0] / min(values), abs=1e-5)
    assert len(found["trials"]) == 4


def test_a_setting_is_tried_for_several_protocols_at_once(world, bad_bias):
    both = aims(world, "random", "people", metric="rmse")
    found = tune_model("bias", both, trials=9, seed=1)
    assert found["objectives"] == {"random": "rmse", "people": "rmse"}
    first, last = (found["trials"][place]["reached"] for place in (0, -1))
    ratios = [first[name]["value"] / last[name]["value"] for name in ("random", "people")]
    expected = (ratios[0] * ratios[1]) ** 0.5
    assert found["trials"][-1]["gain"]["value"] == pytest.approx(expected, abs=1e-4)


def test_protocols_that_learn_from_the_same_share_a_fit(world, monkeypatch):
    fits = []
    learn = Bias._fit
    monkeypatch.setattr(Bias, "_fit", lambda self, part: (fits.append(part), learn(self, part)))
    several = aims(world, "strong-graded", "newcomers-1", "random", "people")
    assert group_by_training(several) == [[0, 1, 3], [2]]
    tune_model("bias", several, trials=2, seed=1)
    assert len(fits) == 2 * 2


def test_people_with_other_events_are_another_training():
    aim = aims(two_camps(), "people")[0]
    train = aim.split.train
    no_events = keep_events(train, np.zeros(len(train.events), dtype=bool))
    other = replace(aim, split=replace(aim.split, train=no_events))
    assert group_by_training([aim, aim]) == [[0, 1]]
    assert group_by_training([aim, other]) == [[0], [1]]


def tried(name, low, value):
    gain = Figure(value=value, low=low, high=2 * value)
    return Trial(values={"name": name}, judgements=[], fit_seconds=0.0, gain=gain)


@pytest.mark.parametrize(
    ("trials", "best"),
    [
        ([], "default"),
        ([("lucky", 0.99, 1.5)], "default"),
        ([("worse", 0.8, 0.9)], "default"),
        ([("sure", 1.01, 1.02), ("lucky", 0.99, 1.5)], "sure"),
        ([("first", 1.01, 1.2), ("equal", 1.1, 1.2), ("less", 1.1, 1.15)], "first"),
        ([("nobody", math.nan, math.nan)], "default"),
    ],
)
def test_the_default_stays_unless_another_is_better_with_confidence(trials, best):
    done = [tried("default", 1.0, 1.0), *(tried(*each) for each in trials)]
    assert pick_best(done).values == {"name": best}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_grid_around_its_defaults(name):
    grid = MODELS[name].grid
    defaults = values_of(MODELS[name](), grid)
    assert grid
    assert all(defaults[key] in values for key, values in grid.items())
