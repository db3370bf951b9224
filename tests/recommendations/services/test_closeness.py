import numpy as np
import pytest

from recommendations.engine.models.content import Content
from recommendations.engine.models.hybrid import Hybrid
from recommendations.services import closeness
from recommendations.services.closeness import close_items, closest_allowed
from tests.recommendations.engine.worlds import N_ITEMS, two_camps


@pytest.fixture
def model():
    return Content().fit(two_camps())


def test_the_closest_are_those_the_model_finds_similar(model):
    close = close_items(model, 3)

    assert close.indices.tolist() == model.similar(3, N_ITEMS).tolist()
    assert (np.diff(close.similarities) <= 0).all()


def test_what_is_close_is_worked_out_once(model, monkeypatch):
    first = close_items(model, 3)
    monkeypatch.setattr(model, "similarities", None)

    assert close_items(model, 3) is first


def test_only_what_is_allowed_is_taken_and_no_more_than_wanted(model):
    allowed = np.arange(N_ITEMS) % 4 == 1

    close = closest_allowed(model, 3, 2, allowed=allowed)

    best = [index for index in model.similar(3, N_ITEMS).tolist() if index % 4 == 1]
    assert close.indices.tolist() == best[:2]


def test_beyond_what_is_remembered_all_are_looked_at(model, monkeypatch):
    monkeypatch.setattr(closeness, "REMEMBERED_LENGTH", 2)
    allowed = np.ones(N_ITEMS, dtype=bool)
    allowed[model.similar(3, 2)] = False

    close = closest_allowed(model, 3, 2, allowed=allowed)

    assert close.indices.tolist() == model.similar(3, 4)[2:].tolist()


def test_what_is_looked_up_together_is_what_is_found_alone(monkeypatch):
    model = Hybrid().fit(two_camps())
    alone = [closeness._closest(model.similarities(index), index) for index in (3, 8, 11)]

    monkeypatch.setattr(closeness, "FOUND_AT_ONCE", 2)
    closeness.look_up(model, [11, 3, 8, 3])
    monkeypatch.setattr(model, "similarities", None)

    for index, expected in zip((3, 8, 11), alone, strict=True):
        found = close_items(model, index)
        assert found.indices.tolist() == expected.indices.tolist()
        assert found.similarities == pytest.approx(expected.similarities, abs=1e-6)
