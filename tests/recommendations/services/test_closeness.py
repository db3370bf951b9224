import numpy as np
import pytest

from recommendations.engine.models import closest
from recommendations.engine.models.hybrid import Hybrid
from recommendations.services import closeness
from recommendations.services.closeness import close_items, closest_allowed
from tests.recommendations.engine.worlds import N_ITEMS, two_camps


@pytest.fixture
def model():
    return Hybrid().fit(two_camps())


def test_the_closest_are_those_the_model_finds_similar(model):
    close = close_items(model, 3)

    assert close.indices.tolist() == model.similar(3, N_ITEMS).tolist()
    assert (np.diff(close.similarities) <= 0).all()


def test_what_is_close_is_worked_out_once(model, monkeypatch):
    first = close_items(model, 3)
    monkeypatch.setattr(model, "closest", None)

    assert close_items(model, 3) is first


def test_only_what_is_allowed_is_taken_and_no_more_than_wanted(model):
    allowed = np.arange(N_ITEMS) % 4 == 1

    close = closest_allowed(model, 3, 2, allowed=allowed)

    best = [index for index in model.similar(3, N_ITEMS).tolist() if index % 4 == 1]
    assert close.indices.tolist() == best[:2]


def test_beyond_what_is_remembered_all_are_looked_at(model, monkeypatch):
    for module in (closest, closeness):
        monkeypatch.setattr(module, "CLOSEST", 2)
    allowed = np.ones(N_ITEMS, dtype=bool)
    allowed[model.similar(3, 2)] = False

    close = closest_allowed(model, 3, 2, allowed=allowed)

    assert close.indices.tolist() == model.similar(3, 4)[2:].tolist()


def test_what_is_looked_up_together_is_what_is_found_alone(model, monkeypatch):
    alone = [model.closest(np.array([index]))[0] for index in (3, 8, 11)]

    closeness.look_up(model, [11, 3, 8, 3])
    monkeypatch.setattr(model, "closest", None)

    for index, expected in zip((3, 8, 11), alone, strict=True):
        found = close_items(model, index)
        assert found.indices.tolist() == expected.indices.tolist()
        assert found.similarities == pytest.approx(expected.similarities, abs=1e-6)


def test_too_many_are_forgotten_but_for_those_asked_for(model, monkeypatch):
    monkeypatch.setattr(closeness, "MOST_REMEMBERED", 3)
    closeness.look_up(model, [1, 2, 3])

    closeness.look_up(model, [3, 4])

    assert [index for index in range(6) if closeness.is_known(model, index)] == [3, 4]
