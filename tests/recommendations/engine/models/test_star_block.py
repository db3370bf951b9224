import numpy as np
import pytest

from recommendations.engine.history import History
from recommendations.engine.models.star_block import StarBlock
from recommendations.engine.models.star_members import FoldInSettings
from recommendations.engine.models.star_person import StarPerson
from recommendations.engine.models.stars import Stars
from tests.recommendations.engine.worlds import two_camps

SETTINGS = FoldInSettings(set_damping=10.0, inflation=0.25)


@pytest.fixture(scope="module")
def model():
    return Stars(factors=(3, 5)).fit(two_camps())


def histories():
    """Return people with ratings and events, somebody with one rating and somebody new."""
    world = two_camps()
    one = History(
        item_indices=np.array([4]),
        values=np.array([2], dtype=np.float32),
        timestamps=np.array([0]),
    )
    return [*(world.history_of(user) for user in range(5)), History(), one, world.history_of(6)]


def alone(model, history):
    """Return what the account of one person is made from, by the formulas for one."""
    return StarPerson.of(
        history,
        members=model.members_,
        mean=float(model.mean_[0]),
        rows=np.zeros(history.n_ratings, dtype=np.int64),  # all are neighbours
        settings=SETTINGS,
        damping=0.0,
    )


@pytest.mark.parametrize("place", [0, 1])
def test_together_people_are_who_they_are_alone(model, place):
    people = histories()
    block = StarBlock.of(people, mean=float(model.mean_[0]))
    means, errors = block.fold_in(model.members_[place], SETTINGS)
    ends = block.ends.tolist()
    for history, mean, start, stop in zip(people, means, ends, ends[1:], strict=False):
        person = alone(model, history)
        assert mean == pytest.approx(person.folds[place].mean, abs=1e-6)
        rest = person.above[place] - person.seen[place] @ mean
        left_out = rest * person.scales[place] * np.sqrt(max(history.n_ratings, 1)) * 2
        assert errors[start:stop] == pytest.approx(left_out, abs=1e-6)


def test_stars_of_many_are_those_of_each(model):
    people = histories()
    wanted = [np.arange(place, 24) for place in range(len(people))]
    together = model.predict_many(people, wanted)
    for history, items, stars in zip(people, wanted, together, strict=True):
        assert stars.tolist() == model.predict(history, items).tolist()


def test_nobody_is_asked_for_nothing(model):
    nothing = np.zeros(0, dtype=np.int64)
    assert [len(stars) for stars in model.predict_many([History()] * 2, [nothing] * 2)] == [0, 0]
    assert model.predict_many([], []) == []
