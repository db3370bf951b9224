import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.evaluation.hyperparameters import adjust, plain_tuple
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity


def test_dots_reach_into_components_and_mappings():
    model = adjust(Hybrid(), {"popularity.group_weight": 3.0, "weights.ease": (1.0,) * 6})
    assert model.popularity.group_weight == 3.0
    assert model.weights["ease"] == (1.0,) * 6
    assert Hybrid().weights["ease"] != (1.0,) * 6


def test_a_hyperparameter_that_is_not_there_is_refused():
    with pytest.raises(HyperparameterError, match="nothing"):
        adjust(Popularity(), {"nothing": 1})


def test_lists_of_json_become_tuples():
    assert plain_tuple([[1, 2], 3]) == ((1, 2), 3)
    assert plain_tuple("plain") == "plain"
