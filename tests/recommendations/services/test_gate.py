import numpy as np
import pytest

from recommendations.engine.interactions import Interactions
from recommendations.engine.models import recipe_of
from recommendations.engine.models.hybrid import Hybrid
from recommendations.models import ModelVersion
from recommendations.services import gate, judging
from recommendations.services.judging import choose_stretch, judge_recipes
from recommendations.services.trainer import Evaluation

SERVED = recipe_of(Hybrid())
BACKWARDS = recipe_of(
    Hybrid(
        weights={
            "popularity": (-1.0,) * 6,
            "favourites": (-1.0,) * 6,
            "ease": (-1.0,) * 6,
            "als": (0.0,) * 6,
            "content": (0.0,) * 6,
        }
    )
)


@pytest.fixture
def camps() -> Interactions:
    """Return 80 people of two camps, who rate 9 of their camp's 12 items, a day for each."""
    rng = np.random.default_rng(1)
    rows = []
    for user in range(80):
        items = rng.permutation(12)[:9] + 12 * (user % 2)
        rows += [(user, item, 5, 86_400 * day + user) for day, item in enumerate(items)]
    users, items, stars, times = zip(*rows, strict=True)
    return Interactions.from_arrays(user_ids=users, item_ids=items, stars=stars, timestamps=times)


@pytest.fixture
def few_are_enough(monkeypatch):
    monkeypatch.setattr(judging, "LEAST_PEOPLE", 20)


def decide(evaluation: Evaluation, *, candidate=BACKWARDS) -> str:
    active = ModelVersion(number=3, recipe=SERVED)
    return gate.decide(evaluation, active=active, candidate=candidate)["decision"]


@pytest.mark.usefixtures("few_are_enough")
def test_a_recipe_that_speaks_backwards_is_found_worse(camps):
    evaluation = judge_recipes(camps, candidate=BACKWARDS, rival=SERVED)

    assert evaluation.difference["high"] < 0
    assert evaluation.setting["people"] >= 20
    assert decide(evaluation) == gate.WORSE


@pytest.mark.usefixtures("few_are_enough")
def test_the_other_way_round_it_is_better(camps):
    evaluation = judge_recipes(camps, candidate=SERVED, rival=BACKWARDS)

    assert evaluation.difference["low"] > 0
    assert set(evaluation.metrics["models"]) == {"hybrid", "ease", "popularity"}


def test_too_few_people_decide_nothing(camps):
    evaluation = judge_recipes(camps, candidate=BACKWARDS, rival=SERVED)

    assert evaluation.difference is None
    assert "it takes 500" in evaluation.note
    assert decide(evaluation) == gate.UNDECIDED


def test_too_few_people_in_the_newest_tenth_widen_the_stretch(camps, monkeypatch):
    monkeypatch.setattr(judging, "LEAST_PEOPLE", 80)
    assert choose_stretch(camps) == 0.2
    monkeypatch.setattr(judging, "LEAST_PEOPLE", 81)
    assert choose_stretch(camps) == 0.1


@pytest.mark.usefixtures("few_are_enough")
def test_a_fit_to_judge_by_takes_a_sample_of_people(camps, monkeypatch):
    monkeypatch.setattr(judging, "PEOPLE_TO_FIT", 40)
    evaluation = judge_recipes(camps, candidate=SERVED)
    assert evaluation.setting["people_fitted"] == 40


@pytest.mark.usefixtures("few_are_enough")
def test_a_recipe_of_an_engine_that_is_gone_decides_nothing(camps):
    gone = {"model": "hybrid", "hyperparameters": {"alchemy": 1.0}}
    evaluation = judge_recipes(camps, candidate=SERVED, rival=gone)
    assert "another engine" in evaluation.note
    assert decide(evaluation) == gate.UNDECIDED


@pytest.mark.parametrize(
    ("low", "high", "decision"),
    [(-0.2, -0.1, gate.WORSE), (-0.1, 0.1, gate.NOT_WORSE), (0.1, 0.2, gate.BETTER)],
)
def test_the_interval_decides(low, high, decision):
    difference = {"value": (low + high) / 2, "low": low, "high": high}
    assert decide(Evaluation(difference=difference)) == decision


def test_the_first_version_and_the_same_recipe_are_not_compared():
    assert gate.rival_recipe(None, candidate=SERVED) is None
    assert gate.rival_recipe(ModelVersion(recipe=SERVED), candidate=SERVED) is None
    assert gate.decide(Evaluation(), active=None, candidate=SERVED)["decision"] == gate.FIRST
    assert decide(Evaluation(), candidate=SERVED) == gate.SAME


@pytest.mark.parametrize("has_increment", [False, True])
def test_other_code_with_the_same_recipe_is_said(has_increment):
    active = ModelVersion(number=3, recipe=SERVED, gate={"code": "of last year"})
    if has_increment:
        active = ModelVersion(number=4, recipe=SERVED, kind="increment", base=active)
    decision = gate.decide(Evaluation(), active=active, candidate=SERVED)
    assert decision["note"] == gate.OTHER_CODE
