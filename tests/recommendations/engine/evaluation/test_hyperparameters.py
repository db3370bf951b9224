import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.evaluation.hyperparameters import adjust, values_of
from recommendations.engine.models import from_json
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity


def test_dots_reach_into_components_and_mappings():
    model = adjust(Hybrid(), {"popularity.group_weight": 3.0, "weights.ease": (1.0,) * 6})
    assert model.popularity.group_weight == 3.0
    assert model.weights["ease"] == (1.0,) * 6
    assert Hybrid().weights["ease"] != (1.0,) * 6


@pytest.mark.parametrize("wrong", ["nothing", "name", "seed.nothing"])
def test_a_hyperparameter_that_is_not_there_is_refused(wrong):
    with pytest.raises(HyperparameterError, match="there is no hyperparameter"):
        adjust(Popularity(), {wrong: 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [("stars", 3), ("stars", {}), ("weights", (1.0,)), ("cold_boost", "much"), ("lengths", 1)],
)
def test_a_value_of_another_kind_is_refused(name, value):
    with pytest.raises(HyperparameterError, match=f"'{name}' cannot be"):
        adjust(Hybrid(), {name: value})


def test_a_component_can_be_another_model():
    recipe = {"model": "bias", "hyperparameters": {"rounds": 2}}
    assert adjust(Hybrid(), {"stars": from_json(recipe)}).stars.rounds == 2


def test_values_are_read_by_the_names_they_are_changed_by():
    names = ["cold_boost", "popularity.group_weight", "weights.ease"]
    changed = adjust(Hybrid(), {"popularity.group_weight": 3.0, "weights.ease": (1.0,) * 6})
    assert values_of(changed, names) == dict(zip(names, (7.0, 3.0, (1.0,) * 6), strict=True))


@pytest.mark.parametrize("wrong", ["nothing", "weights.nothing", "seed.nothing"])
def test_a_hyperparameter_that_is_not_there_cannot_be_read(wrong):
    with pytest.raises(HyperparameterError, match=f"there is no hyperparameter '{wrong}'"):
        values_of(Hybrid(), [wrong])
