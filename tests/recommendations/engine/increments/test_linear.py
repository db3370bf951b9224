import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.engine.increments import linear
from recommendations.engine.increments.linear import update_layer
from recommendations.engine.increments.people import World
from recommendations.engine.models.dropout_ridge import solve
from recommendations.engine.models.ease import EaseLayer
from tests.recommendations.engine.increments.worlds import Rows, fit_with_state

N_USERS = 90


def refit(layer, state, after):
    """Return the layer fitted anew with the ridge and the normaliser of before."""
    fresh = EaseLayer(user_power=layer.user_power, ridge=layer.ridge)
    fresh.choose_active(after)
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    fresh.learn_weights(fresh.regression(after, ridge=ridge, normaliser=normaliser), solve)
    return fresh


def some_change(rows, seed, n_people):
    """Return the ratings after some people did something at random, and who they are."""
    rng = np.random.default_rng(seed)
    later = Rows(list(rows.users), list(rows.items), list(rows.stars), list(rows.times))
    people = set((100 + rng.choice(N_USERS, size=n_people, replace=False)).tolist())
    later.drop_where(lambda place: later.users[place] in people and rng.random() < 0.3)
    for place, user in enumerate(later.users):
        if user in people:
            later.stars[place] = float(rng.integers(1, 11)) / 2
    return later, people


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    rows = Rows.random()
    layer = EaseLayer(user_power=0.5, ridge=20.0)
    return rows, *fit_with_state(layer, rows.interactions(), tmp_path_factory.mktemp("s") / "state")


@given(seed=st.integers(0, 10_000), n_people=st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_whoever_changes_the_weights_are_those_of_a_refit(known, seed, n_people):
    rows, layer, state = known
    later, people = some_change(rows, seed, n_people)
    after = later.interactions()
    world = World.of(
        state.interactions(), later.interactions(only=people), changed=np.array(sorted(people))
    )
    ours, theirs = update_layer(layer, state, world), refit(layer, state, after)
    assert np.array_equal(ours.active_items_, theirs.active_items_)
    assert np.allclose(ours.weights_, theirs.weights_, atol=1e-4)
    assert np.allclose(ours.intercepts_, theirs.intercepts_, atol=1e-4)


@pytest.mark.parametrize("share", [0.0, 2.0])
def test_both_ways_of_solving_agree_with_a_refit(known, monkeypatch, share):
    rows, layer, state = known
    later, people = some_change(rows, 1, 2)
    monkeypatch.setattr(linear, "WOODBURY_BELOW", share)
    taken = []
    for name in ("solve_again", "solve_by_woodbury"):
        way = getattr(linear, name)
        monkeypatch.setattr(
            linear, name, lambda *a, way=way, name=name, **k: taken.append(name) or way(*a, **k)
        )
    world = World.of(
        state.interactions(), later.interactions(only=people), changed=np.array(sorted(people))
    )
    ours = update_layer(layer, state, world)
    assert taken == ["solve_by_woodbury" if share else "solve_again"]
    assert np.allclose(ours.weights_, refit(layer, state, later.interactions()).weights_, atol=1e-4)


def test_everybody_after_is_everybody_read_anew(known):
    rows, _, state = known
    later, people = some_change(rows, 3, 20)
    world = World.of(
        state.interactions(), later.interactions(only=people), changed=np.array(sorted(people))
    )
    after = later.interactions()
    for name in ("user_ids", "timestamps", "sequence", "event_user_indices"):
        assert np.array_equal(getattr(world.after, name), getattr(after, name)), name
    assert (world.after.user_items != after.user_items).nnz == 0
    assert list(world.after.groups) == list(after.groups)
    assert np.array_equal(world.after.events.item_indices, after.events.item_indices)
