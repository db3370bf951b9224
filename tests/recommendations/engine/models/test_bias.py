import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bias import Bias


def planted(*, n_users=80, n_items=30, seed=5):
    """Return stars that are exactly mean + item effect + user effect, half of them given."""
    rng = np.random.default_rng(seed)
    stars = 3 + rng.uniform(-0.8, 0.8, n_items) + rng.uniform(-0.8, 0.8, n_users)[:, None]
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.5)
    world = Interactions.from_arrays(user_ids=users, item_ids=items, stars=stars[users, items])
    return world, stars


def test_planted_effects_are_recovered_for_people_never_seen():
    world, stars = planted()
    model = Bias(item_damping=0.01, user_damping=0.01)
    model.fit(world.keep_users(np.arange(60)))
    for user in range(60, 80):
        predicted = model.predict(world.history_of(user), np.arange(30))
        assert np.abs(predicted - stars[user]).max() < 0.15


def test_one_round_worked_by_hand():
    world = Interactions.from_arrays(user_ids=[1, 2, 1], item_ids=[1, 1, 2], stars=[5, 4, 3])
    model = Bias(item_damping=1, user_damping=1, rounds=1).fit(world)
    # Mean 4; item 1: (1 + 0) / 3, item 2: −1 / 2.
    assert model.item_effects_ == pytest.approx([1 / 3, -1 / 2])
    history, _ = History.from_ids(items=world.items, item_ids=[2], stars=[5])
    # The user effect is (5 − 4 + 1/2) / (1 + 1) = 3/4.
    assert model.predict(history, [0])[0] == pytest.approx(5.0)
    assert model.score(history)[1] == pytest.approx(4 - 1 / 2 + 3 / 4)


def test_clipping_is_a_part_of_its_own():
    world, _ = planted()
    model = Bias(user_damping=0.001).fit(world)
    best = int(np.argmax(model.item_effects_))
    history, _ = History.from_ids(items=world.items, item_ids=[0, 1, 2], stars=[5, 5, 5])
    explanation = model.explain_stars(history, best)
    assert explanation.score == 5.0
    assert explanation.value_of("clipping") < 0
    assert explanation.total == pytest.approx(5.0)


def test_an_unknown_movie_gets_the_mean_and_the_users_effect():
    world, _ = planted()
    model = Bias().fit(world)
    assert model.predict_unknown(History()) == pytest.approx(world.user_items.data.mean(), abs=1e-6)
    history = world.history_of(0)
    effect = model.explain_stars(history, 3).value_of("user-effect")
    assert model.predict_unknown(history) == pytest.approx(model.mean_[0] + effect)


def test_no_round_at_all_is_refused():
    with pytest.raises(HyperparameterError, match="rounds"):
        Bias(rounds=0).fit(planted()[0])
