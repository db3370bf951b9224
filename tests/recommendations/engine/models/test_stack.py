"""A stack fitted beside another of the same data: sooner, and no different."""

import pytest

from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.hyperparameters import adjust
from recommendations.engine.evaluation.tuning import draw_settings
from recommendations.engine.models import MODELS
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.stack import Stack
from tests.recommendations.engine.worlds import two_camps

STACKS = [name for name, model in MODELS.items() if issubclass(model, Stack)]
_FIRST = {}


def first_fitted(name):
    """Return the stack as it comes, fitted on the two camps, once for all tests."""
    if name not in _FIRST:
        _FIRST[name] = MODELS[name]().fit(two_camps())
    return _FIRST[name]


def assert_same_bytes(model, expected):
    learned, wanted = model.arrays(), expected.arrays()
    assert list(learned) == list(wanted)
    for name, values in wanted.items():
        assert values.tobytes() == learned[name].tobytes(), name


@pytest.mark.parametrize("name", STACKS)
def test_what_tuning_tries_is_the_same_fitted_alone_or_like_another(name):
    grid = MODELS[name].grid
    for values in list(draw_settings(grid, dict.fromkeys(grid), trials=5, seed=3))[1:]:
        alone = adjust(MODELS[name](), values).fit(two_camps())
        like = adjust(MODELS[name](), values).fit_like(two_camps(), first_fitted(name))
        assert_same_bytes(like, alone)


@pytest.mark.parametrize(
    ("values", "fitted_anew"),
    [
        ({"cold_boost": 3.0, "weights.ease": (1.0,) * 6}, {"hybrid"}),
        ({"als.ridge": 20.0}, {"hybrid", "als"}),
        ({"ease.long.ridge": 300.0}, {"hybrid", "ease", "ease-layer"}),
    ],
)
def test_only_what_has_other_hyperparameters_is_fitted_anew(values, fitted_anew, monkeypatch):
    fits = []
    fit = Recommender.fit
    monkeypatch.setattr(
        Recommender, "fit", lambda self, part: (fits.append(self), fit(self, part))[1]
    )
    other = first_fitted("hybrid")
    fits.clear()
    model = adjust(Hybrid(), values).fit_like(two_camps(), other)
    assert {fitted.name for fitted in fits} == fitted_anew
    assert len(fits) == len(fitted_anew)
    assert model.components_["content"] is other.components_["content"]


def test_a_plain_fit_takes_nothing_over():
    model = Hybrid().fit_like(two_camps(), first_fitted("hybrid")).fit(two_camps())
    assert model.components_["als"] is not first_fitted("hybrid").components_["als"]
