from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import EVENT_WEIGHTS, EventKind, Events, encode_kinds
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.sequence import Sequence
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, two_camps


def walks(*, n_items=12, n_users=80, length=6, seed=5):
    """Return people who mostly go from an item to the one after it, all in the same second."""
    rng = np.random.default_rng(seed)
    steps = [rng.permutation(n_items)[:length] for _ in range(n_users)]
    for walk in steps[: n_users * 3 // 4]:
        walk[:] = (walk[0] + np.arange(length)) % n_items
    return Interactions.from_arrays(
        user_ids=np.repeat(np.arange(n_users), length),
        item_ids=np.concatenate(steps),
        stars=rng.integers(1, 6, n_users * length),
        catalogue=ItemIndex.of(np.arange(n_items)),
    )


def history(items, *, stars=None, events=(), event_times=()):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars or [4.0] * len(items), dtype=np.float32),
        timestamps=10 * np.arange(len(items), dtype=np.int64),
        events=Events(
            item_indices=np.array([item for item, _ in events], dtype=np.int64),
            codes=encode_kinds([kind for _, kind in events]),
            timestamps=np.array(event_times, dtype=np.int64),
        ),
    )


def rows_of(past, model, n_items):
    """Return the two inputs before every rating of a history, and the item rated."""
    places = np.searchsorted(past.timestamps, past.events.timestamps, side="right") - 1
    places = np.concatenate([np.arange(past.n_ratings), places])
    weights = np.interp(past.values, [1, 2, 3, 4, 5], model.rating_weights)
    weights = np.concatenate([weights, np.maximum(past.event_weights, 0)])
    for place, target in enumerate(past.item_indices):
        row = np.zeros((2, n_items))
        for item, before, weight in zip(past.entry_items, places, weights, strict=True):
            lag = place - before
            if 0 < lag <= model.window:
                row[:, item] += weight / lag, weight * 0.5 ** (lag / model.half_life)
        yield row, np.eye(n_items)[target]


def fit_slowly(world, model):
    """Write every row of the regression down and solve it in float64, over the active items."""
    users = range(world.n_users)
    pairs = [pair for u in users for pair in rows_of(world.history_of(u), model, world.n_items)]
    rows = np.array([row for row, _ in pairs])[:, :, model.active_items_]
    targets = np.array([target for _, target in pairs])[:, model.active_items_]
    inputs = rows - rows.mean(axis=0)
    residual = targets - targets.mean(axis=0)
    layers = []
    for layer, ridge in enumerate(model.ridges):
        gram = inputs[:, layer].T @ inputs[:, layer] + ridge * np.eye(rows.shape[2])
        layers.append(np.linalg.solve(gram, inputs[:, layer].T @ residual))
        residual = residual - inputs[:, layer] @ layers[-1]
    counts = rows[:, 0].T @ targets
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    lifts = np.log((counts + model.smoothing) / (expected + model.smoothing))
    scale = model.ridge_share * lifts.std() / layers[0].std()
    ridge_constants = targets.mean(axis=0)
    for layer, weights in enumerate(layers):
        ridge_constants = ridge_constants - rows.mean(axis=0)[layer] @ weights
    intercepts = model.popularity_share * np.log(targets.sum(axis=0) + 10)
    weights = np.concatenate([lifts + scale * layers[0], scale * layers[1]])
    return weights, intercepts + scale * ridge_constants


@pytest.mark.parametrize("world", [walks(), two_camps()], ids=["ratings", "ratings and events"])
@pytest.mark.parametrize("window", [3, 60])
def test_the_weights_are_those_of_the_model_written_out(world, window):
    model = Sequence(
        half_life=5.0, ridges=(3.0, 8.0), window=window, rating_weights=(0.5, 0.6, 0.7, 1.0, 1.1)
    ).fit(world)
    weights, intercepts = fit_slowly(world, model)
    assert np.allclose(model.weights_, weights, atol=1e-4)
    assert np.allclose(model.intercepts_[model.active_items_], intercepts, atol=1e-4)


def test_who_follows_whom_is_found():
    model = Sequence(ridges=(10.0, 30.0)).fit(walks())
    for item in range(12):
        assert np.argmax(model.score(history([item]))) == (item + 1) % 12


def test_the_last_item_counts_most():
    model = Sequence(ridges=(10.0, 30.0)).fit(walks())
    assert np.argmax(model.score(history([2, 8]))) == 9
    assert np.argmax(model.score(history([8, 2]))) == 3


def test_equal_times_keep_the_order_given():
    model = Sequence(ridges=(10.0, 30.0)).fit(walks())
    ids, stars = [8, 2], [4.0, 4.0]
    same_second, _ = History.from_ids(items=model.known_items, item_ids=ids, stars=stars)
    assert np.array_equal(model.score(same_second), model.score(history(ids)))


def test_what_lies_further_back_than_the_window_has_no_part():
    model = Sequence(window=2).fit(walks())
    assert np.array_equal(model.score(history([7, 1, 2])), model.score(history([5, 1, 2])))
    shares = model.explain(history([7, 1, 2]), 3).contributions
    assert shares[0] == 0
    assert shares[1:].all()


def test_an_event_stands_at_its_time_and_pushes_no_rating_back():
    model = Sequence(ridges=(10.0, 30.0)).fit(walks())
    weight = EVENT_WEIGHTS[EventKind.WATCHLISTED]
    rated = model.explain(history([0, 7, 4]), 5).contributions
    seen = model.explain(history([0, 4], events=[(7, "watchlisted")], event_times=[5]), 5)
    assert seen.contributions[:2] == pytest.approx(
        model.explain(history([0, 4]), 5).contributions, abs=1e-12
    )
    assert seen.contributions[2] == pytest.approx(weight * rated[1])


def test_a_dismissal_and_an_event_about_a_rated_item_do_not_count():
    model = Sequence().fit(walks())
    some = history([0, 4], events=[(7, "dismissed"), (4, "viewed")], event_times=[30, 31])
    assert np.array_equal(model.score(some), model.score(history([0, 4])))


def test_without_a_history_the_often_rated_come_first():
    world = two_camps()
    scores = Sequence().fit(world).score(History())
    counts = np.bincount(world.user_items.indices, minlength=N_ITEMS)
    assert np.isfinite(scores).all()
    assert np.corrcoef(scores, counts)[0, 1] > 0.9


def test_rarely_rated_items_and_those_beyond_the_cap_have_their_popularity_alone():
    model = Sequence(max_items=9).fit(two_camps())
    some = history([0, 1, 2, 3])
    moved = np.flatnonzero(model.score(some) != model.score(History()))
    assert np.array_equal(moved, model.active_items_)
    assert len(moved) == 9
    assert model.score(some)[UNRATED_ITEM] == pytest.approx(0.7 * np.log(10))


def test_many_items_keep_only_the_strongest_weights_of_a_column():
    whole = Sequence().fit(two_camps())
    pruned = Sequence(dense_items=5, neighbours=4).fit(two_camps())
    n_items = len(whole.active_items_)
    dense = pruned.weights_.toarray().reshape(2, n_items, n_items)
    assert (np.count_nonzero(dense, axis=1) == 4).all()
    kept = pruned.weights_.toarray() != 0
    assert np.allclose(pruned.weights_.toarray()[kept], whole.weights_[kept])
    account = pruned.explain(history([0, 1, 2]), 4)
    assert abs(account.total - account.score) <= account.tolerance


@pytest.mark.parametrize(
    "wrong",
    [
        {"ridges": (1.0,)},
        {"ridges": (0.0, 1.0)},
        {"smoothing": 0.0},
        {"half_life": -1.0},
        {"ridge_share": -0.1},
        {"window": 0},
        {"rating_weights": (1.0, 1.0)},
        {"rating_weights": (-1.0, 1.0, 1.0, 1.0, 1.0)},
    ],
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="sequence"):
        replace(Sequence(), **wrong).fit(two_camps())
