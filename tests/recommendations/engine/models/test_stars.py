from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import EVENT_WEIGHTS, EventKind, Events, encode_kinds
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.star_members import entry_weights
from recommendations.engine.models.stars import Stars
from tests.recommendations.engine.worlds import UNRATED_ITEM, two_camps

SMALL = Stars(factors=(2,))


def low_rank(*, n_users=150, n_items=60, rank=2, noise=0.4, share=0.4, seed=5, content=None):
    """Return noisy stars of a planted low rank, some of them given, and all of them."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(0, 0.7, (n_users, rank)) @ rng.normal(0, 0.9, (rank, n_items))
    stars = np.clip(3.2 + taste + rng.normal(0, noise, (n_users, n_items)), 0.5, 5)
    users, items = np.nonzero(rng.random((n_users, n_items)) < share)
    world = Interactions.from_arrays(
        user_ids=users,
        item_ids=items,
        stars=stars[users, items],
        catalogue=ItemIndex.of(np.arange(n_items)),
        content=content,
    )
    return world, stars


@pytest.fixture(scope="module")
def planted():
    """Return a world, all its stars, and a model that has not seen the last fifty people."""
    world, stars = low_rank()
    return (
        world,
        stars,
        Stars(factors=(4, 4)).fit(world.keep_users(np.arange(100))),
    )


def error(model, world, stars, users):
    """Return the root mean squared error over what these people have not rated."""
    errors = []
    for user in users:
        history = world.history_of(user)
        left = np.setdiff1d(np.arange(world.n_items), history.item_indices)
        errors.append(model.predict(history, left) - stars[user, left])
    return np.sqrt(np.mean(np.concatenate(errors) ** 2))


def test_a_planted_pattern_is_recovered_for_people_never_seen(planted):
    world, stars, model = planted
    bias = Bias().fit(world.keep_users(np.arange(100)))
    people = np.arange(100, 150)
    assert error(model, world, stars, people) < 0.75 * error(bias, world, stars, people)


def test_the_interval_covers_what_it_promises(planted):
    world, stars, model = planted
    covered = []
    for user in range(100, 150):
        history = world.history_of(user)
        left = np.setdiff1d(np.arange(world.n_items), history.item_indices)
        low, high = model.predict_interval(history, left, coverage=0.8)
        covered.append((stars[user, left] >= low) & (stars[user, left] <= high))
    assert 0.76 < np.concatenate(covered).mean() < 0.88


def test_the_interval_narrows_as_the_history_grows_and_widens_with_coverage(planted):
    world, _, model = planted
    history = world.history_of(120)
    low, high = model.predict_interval(history, [3])
    low_at_first, high_at_first = model.predict_interval(History(), [3])
    assert high - low < high_at_first - low_at_first
    lower, higher = model.predict_interval(history, [3], coverage=0.95)
    assert lower < low < high < higher


@pytest.mark.parametrize("model", [Bias(), SMALL], ids=["bias", "stars"])
def test_intervals_stay_between_half_a_star_and_five(model):
    world, _ = low_rank(n_users=30, n_items=20)
    model = replace(model).fit(world)
    low, high = model.predict_interval(History(), np.arange(20), coverage=0.9999)
    assert (low >= 0.5).all()
    assert (high <= 5).all()
    assert (low < high).all()


@pytest.mark.parametrize("stars", [0.5, 5.0])
def test_somebody_who_always_gives_the_same_is_not_known_for_certain(planted, stars):
    world, _, model = planted
    likings = model.score(world.history_of(110))
    # Films most alike in taste, all of them at one end of the scale, push expectation beyond it.
    extreme = np.argsort(-likings if stars > 3 else likings)[:30]
    always = History(
        item_indices=extreme,
        values=np.full(30, stars, dtype=np.float32),
        timestamps=np.arange(30),
    )
    beyond = model.score(always)
    assert (beyond > 5).any() if stars > 3 else (beyond < 0.5).any()
    low, high = model.predict_interval(always, np.arange(60), coverage=0.2)
    assert (high - low).min() > 0.05


def test_the_interval_of_a_film_nobody_knows_covers_what_it_promises():
    rng = np.random.default_rng(4)
    stars = np.clip(3.2 + rng.normal(0, 0.5, (100, 60)) + rng.normal(0, 0.6, 60), 0.5, 5)
    users, items = np.nonzero(rng.random((100, 60)) < 0.4)
    world = Interactions.from_arrays(user_ids=users, item_ids=items, stars=stars[users, items])
    new = np.clip(3.2 + rng.normal(0, 0.5, (100, 200)) + rng.normal(0, 0.6, 200), 0.5, 5)
    model = replace(SMALL).fit(world)
    inside = []
    for user in range(0, 100, 5):
        low, high = model.predict_unknown_interval(world.history_of(user), coverage=0.8)
        inside.append((low <= new[user]) & (new[user] <= high))
    assert 0.72 < np.mean(inside) < 0.9


def test_by_bias_a_film_nobody_knows_is_one_nobody_has_rated():
    world = two_camps()
    model = Bias().fit(world)
    low, high = model.predict_interval(world.history_of(3), [UNRATED_ITEM])
    assert model.predict_unknown_interval(world.history_of(3)) == pytest.approx((low[0], high[0]))


def test_a_coverage_that_is_no_share_is_refused(planted):
    with pytest.raises(HyperparameterError, match="coverage"):
        planted[2].predict_interval(History(), [0], coverage=1.0)


def test_the_posterior_gives_the_same_stars(planted):
    world, _, model = planted
    history = world.history_of(110)
    person = model.fold_in(history)
    alone = replace(model, neighbour_share=0.0, factors=(4,))
    alone.fit(world.keep_users(np.arange(100)))
    expected = alone.score(history)
    assert person.base + person.features @ person.mean == pytest.approx(expected, abs=1e-5)
    assert np.linalg.eigvalsh(person.covariance).min() > 0


def test_ratings_make_the_posterior_surer(planted):
    world, _, model = planted
    nobody, somebody = (model.fold_in(one) for one in (History(), world.history_of(110)))
    assert np.trace(somebody.covariance) < np.trace(nobody.covariance)


def test_the_genre_speaks_for_a_film_nobody_has_rated():
    rng = np.random.default_rng(2)
    n_items = 60
    camps = np.arange(n_items) % 2
    content = ItemContent(genres=[("Horror",) if camp else ("Romance",) for camp in camps])
    side = rng.choice([-1, 1], size=80)
    stars = 3 + 1.5 * side[:, None] * np.where(camps, 1, -1) + rng.normal(0, 0.2, (80, n_items))
    users, items = np.nonzero(rng.random((80, n_items)) < 0.5)
    is_kept = items < n_items - 2  # the last of each camp is never rated
    world = Interactions.from_arrays(
        user_ids=users[is_kept],
        item_ids=items[is_kept],
        stars=np.clip(stars, 0.5, 5)[users, items][is_kept],
        catalogue=ItemIndex.of(np.arange(n_items)),
        content=content,
    )
    model = replace(SMALL).fit(world)
    for user in range(5):
        romance, horror = model.predict(world.history_of(user), [n_items - 2, n_items - 1])
        assert np.sign(horror - romance) == side[user]


def test_an_unknown_film_gets_what_a_new_one_may_expect(planted):
    world, _, model = planted
    history = world.history_of(110)
    values = np.unique(world.user_items.data)
    assert values[0] <= model.predict_unknown(history) <= values[-1]
    generous = replace(history, values=np.full(history.n_ratings, 5, dtype=np.float32))
    assert model.predict_unknown(generous) > model.predict_unknown(history)


def test_only_positive_events_join_the_set_of_films_taken_up():
    kinds = [str(kind) for kind in (EventKind.WATCHLISTED, EventKind.DISMISSED)]
    events = Events(
        item_indices=np.array([5, 6]), codes=encode_kinds(kinds), timestamps=np.array([1, 2])
    )
    history = History(
        item_indices=np.array([1]),
        values=np.array([4], dtype=np.float32),
        timestamps=np.array([0]),
        events=events,
    )
    assert entry_weights(history).tolist() == [1, EVENT_WEIGHTS[EventKind.WATCHLISTED], 0]


def test_a_watchlisted_film_moves_the_stars_and_says_by_how_much(planted):
    _, _, model = planted
    events = Events(
        item_indices=np.array([2]),
        codes=encode_kinds([str(EventKind.WATCHLISTED)]),
        timestamps=np.array([1]),
    )
    explanation = model.explain_stars(History(events=events), 9)
    assert explanation.contributions[0] != 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"factors": ()},
        {"user_doubt": 0.0},
        {"factors": (0, 2, 2)},
        {"iterations": 0},
        {"user_ridge": 0.0},
        {"inflation": -1.0},
    ],
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    world, _ = low_rank(n_users=10, n_items=8)
    with pytest.raises(HyperparameterError, match="stars"):
        Stars(**wrong).fit(world)


def test_only_the_most_rated_items_have_neighbours():
    world, _ = low_rank(n_users=40, n_items=20)
    model = replace(SMALL, neighbour_items=5, dense_items=4, neighbours=2).fit(world)
    counts = np.bincount(world.user_items.indices, minlength=20)
    assert counts[model.neighbour_items_].min() >= np.sort(counts)[-5]
    assert model.neighbour_weights_.shape == (5, 5)
    assert model.neighbour_weights_.nnz <= 10
    history = world.history_of(0)
    for item in range(20):
        explanation = model.explain(history, item)
        assert explanation.total == pytest.approx(explanation.score, abs=explanation.tolerance)
        assert (explanation.value_of("neighbours") == 0) == (item not in model.neighbour_items_)


def test_one_film_alone_gets_the_stars_it_gets_among_all(planted):
    world, _, model = planted
    history = world.history_of(130)
    together = model.predict(history, np.arange(world.n_items))
    assert [model.predict(history, [item])[0] for item in range(5)] == together[:5].tolist()


def test_a_large_set_gets_more_factors_up_to_a_limit_and_one_member_in_the_end():
    model = Stars(factors=(20, 30), factor_power=0.5, most_factors=70, member_power=0.2)
    assert [each.factors for each in model._settings(5_000)] == [20, 30]
    assert [each.factors for each in model._settings(400_000)] == [40, 60]
    assert [each.factors for each in model._settings(2_900_000)] == [70]
    assert [each.factors for each in model._settings(6_400_000)] == [32]
