import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommendations.engine.errors import ArtefactCorruptError
from recommendations.engine.increments import linear
from recommendations.engine.increments.gram_change import PeopleRows, change_between
from recommendations.engine.increments.linear import update_layer
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.models.dropout_ridge import solve
from recommendations.engine.models.ease import EaseLayer
from tests.damage import flip_a_byte
from tests.recommendations.engine.increments.worlds import Rows, fit_with_state

N_USERS = 90


def refit(layer, state, after):
    """Return the layer fitted anew with the ridge and the normaliser of before."""
    fresh = replace(layer)
    fresh.items_, fresh.training_ = after.items, layer.training_
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


@pytest.mark.parametrize("share", [0.0, 2.0])
def test_pruned_lists_are_those_of_a_refit(tmp_path, monkeypatch, share):
    rows = Rows.random()
    few = EaseLayer(user_power=0.5, ridge=20.0, dense_items=1, neighbours=12)
    layer, state = fit_with_state(few, rows.interactions(), tmp_path / "state")
    later, people = some_change(rows, 1, 12)
    monkeypatch.setattr(linear, "WOODBURY_BELOW", share)
    after = later.interactions()
    world = World.of(
        state.interactions(), later.interactions(only=people), changed=np.array(sorted(people))
    )

    ours, theirs = update_layer(layer, state, world), refit(layer, state, after)

    assert np.diff(sparse.csc_array(ours.weights_).indptr).max() <= 12
    tops = [
        [top_20(model, after.history_of(user)) for user in range(after.n_users)]
        for model in (layer, ours, theirs)
    ]
    assert shared(tops[1], tops[2]) >= 0.99 > shared(tops[0], tops[2])


def top_20(model, history):
    return set(np.argsort(-model.score(history), kind="stable")[:20].tolist())


def shared(first, second):
    """Return the mean share of the top 20 that both have."""
    return np.mean([len(ours & theirs) / 20 for ours, theirs in zip(first, second, strict=True)])


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


def test_a_change_added_to_the_sums_of_before_gives_those_of_after():
    rng = np.random.default_rng(2)
    cells = [rng.integers(0, 3, (30, 25)) * (rng.random((30, 25)) < 0.2) for _ in range(2)]
    cells[1][:20] = cells[0][:20]  # the weights of most have changed, and nothing else
    weights = rng.random((2, 30)) + 0.5
    weights[1, :5] = weights[0, :5]
    before, after = (
        PeopleRows(
            inputs=sparse.csr_array(rows, dtype=np.float32),
            targets=sparse.csr_array(rows > 1, dtype=np.float32),
            user_weights=own,
        )
        for rows, own in zip(cells, weights, strict=True)
    )
    sums = [
        (cell.T @ (cell * own[:, np.newaxis]), cell.T @ ((cell > 1) * own[:, np.newaxis]))
        for cell, own in zip(cells, weights, strict=True)
    ]
    gram, cross = (each.astype(np.float32) for each in sums[0])
    change_between(before, after).add_to(gram, cross)
    assert np.allclose(gram, sums[1][0], atol=1e-4)
    assert np.allclose(cross, sums[1][1], atol=1e-4)


def test_a_matrix_of_the_fit_moves_to_where_its_items_stand_now(known):
    _, _, state = known
    matrix = state.array("gram")
    places = np.arange(len(matrix)) + 1
    places[3:] -= 1
    places[3] = -1  # one has left, one has come before the first, one behind the last
    moved = linear.spread(state, "gram", places, len(matrix) + 1)
    kept = np.flatnonzero(places >= 0)
    assert np.array_equal(moved[np.ix_(places[kept], places[kept])], matrix[np.ix_(kept, kept)])
    assert not moved[0].any()
    assert not moved[:, -1].any()


def test_an_altered_matrix_is_not_taken_in(known, tmp_path):
    _, _, state = known
    damaged = shutil.copytree(state.directory, tmp_path / "damaged") / "gram.npy"
    flip_a_byte(damaged)
    with pytest.raises(ArtefactCorruptError, match=r"gram\.npy has sha256"):
        list(TrainerState.load(damaged.parent).rows("gram"))
