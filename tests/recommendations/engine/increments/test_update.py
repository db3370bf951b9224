from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine import artefacts
from recommendations.engine.errors import ArtefactCorruptError
from recommendations.engine.history import History
from recommendations.engine.increments import linear, update
from recommendations.engine.increments.factors import update_als
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.increments.update import StateMismatchError, update_hybrid
from tests.damage import flip_a_byte
from tests.recommendations.engine.increments.worlds import (
    Rows,
    changed_rows,
    changes_to,
    fit_with_state,
    quick_hybrid,
)

N_NEW = 42


@pytest.fixture(scope="module")
def rows():
    return Rows.random()


@pytest.fixture(scope="module")
def fitted(rows, tmp_path_factory):
    return fit_with_state(
        quick_hybrid(), rows.interactions(), tmp_path_factory.mktemp("s") / "state"
    )


@pytest.fixture(scope="module")
def later(rows):
    """Return what came later: two films more, one of them rated by four people."""
    later, changed = changed_rows(rows)
    for user in (101, 120, 121, 500):
        later.add(user, 40, 5.0, 3_000_000)
    return later, changed


@pytest.fixture(scope="module")
def updated(fitted, later):
    return update_hybrid(*fitted, changes_to(*later, n_items=N_NEW))


@pytest.fixture(scope="module")
def refitted(later):
    return quick_hybrid().fit(later[0].interactions(n_items=N_NEW))


def test_one_component_after_the_other_comes_to_the_same(fitted, later, updated, monkeypatch):
    monkeypatch.setattr(update, "FEW_ITEMS", 0)
    in_turn = update.update_hybrid(*fitted, changes_to(*later, n_items=N_NEW))
    ours, theirs = in_turn.arrays(), updated.arrays()
    assert all(close(ours[name], theirs[name]) for name in theirs)


def close(first, second):
    return np.allclose(np.asarray(first), np.asarray(second), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["popularity", "favourites", "returns"])
def test_counts_and_means_are_those_of_a_refit(updated, refitted, name):
    ours, theirs = updated.components_[name].arrays(), refitted.components_[name].arrays()
    assert all(np.array_equal(ours[key], theirs[key]) for key in theirs)


@pytest.mark.parametrize("layer", ["short", "long"])
def test_unpruned_weights_are_those_of_a_refit(fitted, updated, refitted, later, layer):
    model, state = fitted
    ours = updated.components_["ease"].components_[layer]
    own = state.part("ease").part(layer)
    theirs = refitted.components_["ease"].components_[layer]
    ridge, normaliser = own.number("ridge"), own.number("normaliser")
    problem = theirs.regression(
        later[0].interactions(n_items=N_NEW), ridge=ridge, normaliser=normaliser
    )
    theirs.learn_weights(problem, linear.solve)
    assert np.array_equal(ours.active_items_, theirs.active_items_)
    assert close(ours.weights_, theirs.weights_)
    assert close(ours.intercepts_, theirs.intercepts_)
    assert not close(
        ours.weights_[:30, :30], model.components_["ease"].components_[layer].weights_[:30, :30]
    )


def test_the_sequence_is_that_of_a_refit(updated, refitted):
    ours, theirs = updated.components_["sequence"], refitted.components_["sequence"]
    assert np.array_equal(ours.active_items_, theirs.active_items_)
    assert close(ours.weights_, theirs.weights_)
    assert close(ours.intercepts_, theirs.intercepts_)


def test_a_new_film_is_known_by_its_ratings(updated):
    assert updated.components_["ease"].components_["long"].places_[40] >= 0
    assert updated.als_.item_vectors_[40].any()
    assert updated.stars_.members_[0].item_vectors[40, 0] > updated.stars_.members_[0].new_item[0]
    assert updated.content_emphasis_[40] < updated.content_emphasis_[41]


def test_the_updated_model_is_whole(updated, refitted, tmp_path):
    artefacts.save(updated, tmp_path / "model")
    stored = artefacts.load(tmp_path / "model")
    history = later_history()
    assert stored.training_ == refitted.training_
    assert np.allclose(stored.score(history), updated.score(history))
    account = stored.explain(history, 41)
    assert sum(part.value for part in account.parts) == pytest.approx(account.score, abs=1e-6)
    assert stored.predict(history, np.arange(N_NEW)).shape == (N_NEW,)


def later_history():
    return History(
        item_indices=np.array([0, 3, 40, 41]),
        values=np.array([5, 4.5, 4, 1], dtype=np.float32),
        timestamps=np.array([1, 2, 3, 4]),
    )


def test_scores_are_close_to_those_of_a_refit(updated, refitted):
    history = later_history()
    ours, theirs = updated.score(history), refitted.score(history)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    stars = [model.predict(history, np.arange(N_NEW)) for model in (updated, refitted)]
    assert np.corrcoef(*stars)[0, 1] > 0.8


def test_an_increment_can_be_made_again(fitted, later, updated):
    again = update_hybrid(*fitted, changes_to(*later, n_items=N_NEW))
    assert all(
        np.array_equal(again.arrays()[key], values) for key, values in updated.arrays().items()
    )


def test_the_model_and_the_state_stay_as_they_were(fitted, rows, updated):
    model, state = fitted
    assert model.n_items == 40 < updated.n_items
    assert TrainerState.load(state.directory).entries == state.entries
    fresh = quick_hybrid().fit(rows.interactions())
    assert all(
        np.array_equal(model.arrays()[key], values) for key, values in fresh.arrays().items()
    )


def early_history():
    return History(
        item_indices=np.array([0, 3, 9]),
        values=np.array([5, 4.5, 4], dtype=np.float32),
        timestamps=np.array([1, 2, 3]),
    )


def test_nothing_changed_gives_the_same_lists(fitted, rows):
    model, _ = fitted
    same = update_hybrid(*fitted, changes_to(rows, set()))
    history = early_history()
    assert np.allclose(same.score(history), model.score(history), atol=1e-3)


def test_a_history_scored_before_is_taken_in_anew(fitted, rows):
    model, state = fitted
    history = early_history()
    scores = model.als_.score(history)
    changes = changes_to(*changed_rows(rows))
    world = World.of(state.interactions(), changes.people, changed=changes.changed)
    updated = update_als(model.als_, state.part("als"), world)
    assert np.array_equal(updated.score(history), updated.score(replace(history)))
    assert not np.array_equal(updated.score(history), scores)


def test_an_altered_state_is_refused(fitted, later, tmp_path, rows):
    model, state = fit_with_state(quick_hybrid(), rows.interactions(), tmp_path / "state")
    path = tmp_path / "state" / "sequence.0.successions.npy"
    flip_a_byte(path)
    with pytest.raises(ArtefactCorruptError, match=r"0\.successions\.npy has sha256"):
        update_hybrid(model, state, changes_to(*later, n_items=N_NEW))


def test_a_state_of_other_items_is_refused(fitted, later, updated):
    _, state = fitted
    with pytest.raises(StateMismatchError, match="other items"):
        update_hybrid(updated, state, changes_to(*later, n_items=N_NEW))
