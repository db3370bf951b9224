from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.models.dropout_ridge import (
    Regression,
    intercepts,
    inverse_of,
    solve,
)
from recommendations.engine.models.ease import Ease, EaseLayer
from tests.recommendations.engine.worlds import N_ITEMS, camp_of, two_camps


def problem(*, n_users, n_items, keep=0.4, seed=1, n_terms=0):
    rng = np.random.default_rng(seed)
    stars = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < 0.4)
    return Regression(
        inputs=sparse.csr_array((stars / 5).astype(np.float32)),
        targets=sparse.csr_array((stars >= 4).astype(np.float32)),
        user_weights=rng.uniform(0.5, 1.5, n_users),
        keep=keep,
        ridge=3.0,
        side=some_terms(rng, n_terms, n_items) if n_terms else None,
    )


def some_terms(rng, n_terms, n_items):
    return sparse.csr_array(rng.random((n_terms, n_items), dtype=np.float32))


def solve_slowly(given):
    """Solve for each item by itself, the item left out of its own inputs, in float64."""
    inputs, targets = given.inputs.toarray(), given.targets.toarray()
    weights, total = given.user_weights, given.total
    inputs = inputs - (weights @ inputs) / total
    targets = targets - (weights @ targets) / total
    if given.side is not None:  # further rows, which no mean is taken off
        rows = given.side.toarray()
        inputs, targets = np.vstack([inputs, rows]), np.vstack([targets, rows])
        weights = np.concatenate([weights, np.ones(len(rows))])
    gram = given.keep**2 * inputs.T @ (weights[:, None] * inputs)
    gram += np.diag(given.diagonal)
    cross = given.keep * inputs.T @ (weights[:, None] * targets)
    solution = np.zeros_like(gram)
    for item in range(len(gram)):
        others = np.flatnonzero(np.arange(len(gram)) != item)
        solution[others, item] = np.linalg.solve(gram[np.ix_(others, others)], cross[others, item])
    return solution


@pytest.mark.parametrize("n_terms", [0, 6])
@pytest.mark.parametrize("shape", [(40, 9), (9, 40)], ids=["primal", "dual"])
def test_each_column_is_the_ridge_of_an_item_on_the_others(shape, n_terms):
    given = problem(n_users=shape[0], n_items=shape[1], n_terms=n_terms)
    assert np.allclose(solve(given, neighbours=None), solve_slowly(given), atol=2e-6)


def test_an_inverse_of_several_blocks_is_whole_and_symmetric():
    rows = np.random.default_rng(4).standard_normal((1_100, 1_200)).astype(np.float32)
    matrix = rows @ rows.T / 1_200 + np.eye(1_100, dtype=np.float32)
    inverse = inverse_of(matrix.copy())
    assert np.array_equal(inverse, inverse.T)
    assert np.allclose(inverse @ matrix, np.eye(1_100), atol=1e-4)


def test_an_item_never_predicts_itself():
    weights = solve(problem(n_users=30, n_items=12), neighbours=None)
    assert not np.diag(weights).any()


def test_pruning_keeps_the_strongest_of_each_column():
    given = problem(n_users=9, n_items=40)
    whole, pruned = solve(given, neighbours=None), solve(given, neighbours=5).toarray()
    for column in np.flatnonzero(whole.any(axis=0)):
        kept = np.flatnonzero(pruned[:, column])
        assert len(kept) == 5
        assert np.abs(whole[kept, column]).min() >= np.sort(np.abs(whole[:, column]))[-5]
    assert np.allclose(pruned[pruned != 0], whole[pruned != 0])


def test_intercepts_make_the_mean_prediction_right():
    given = problem(n_users=40, n_items=9)
    weights = solve(given, neighbours=None)
    means = given.input_sums / given.total
    predicted = intercepts(given, weights) + given.keep * means @ weights
    assert np.allclose(predicted, given.target_sums / given.total, atol=1e-6)


def history_of_camp(camp, *, stars=5.0):
    items = np.array([item for item in range(8) if camp_of(item) == camp])
    return History(
        item_indices=items,
        values=np.full(len(items), stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(camp):
    scores = Ease().fit(two_camps(n_users=200)).score(history_of_camp(camp))
    unseen = range(8, N_ITEMS - 1)
    own = [scores[item] for item in unseen if camp_of(item) == camp]
    other = [scores[item] for item in unseen if camp_of(item) != camp]
    assert min(own) > max(other)


def test_nobody_known_gets_what_many_like():
    world = two_camps(n_users=200)
    layer = EaseLayer().fit(world)
    liked = np.bincount(world.user_items.indices[world.user_items.data >= 4], minlength=N_ITEMS)
    active = layer.active_items_
    correlation = np.corrcoef(layer.score(History())[active], liked[active])[0, 1]
    assert correlation > 0.95


def test_a_higher_rating_of_the_same_film_weighs_more():
    model = Ease().fit(two_camps(n_users=200))
    high = model.explain(history_of_camp(0, stars=5), 10).contributions
    low = model.explain(history_of_camp(0, stars=2), 10).contributions
    assert high.sum() > low.sum()


def test_the_long_layer_speaks_up_as_the_history_grows():
    history = history_of_camp(0)  # four favourites and no low rating stand for sixteen entries
    assert Ease(short_until=16, long_from=20)._weights(history) == {"short": 1.0, "long": 0.0}
    between = Ease(short_until=4, long_from=64)._weights(history)
    assert between == pytest.approx({"short": 0.5, "long": 0.5})
    assert Ease(short_until=2, long_from=16)._weights(history) == {"short": 0.0, "long": 1.0}
    assert Ease()._weights(History()) == {"short": 1.0, "long": 0.0}


def test_a_pruned_layer_scores_and_explains_like_a_full_one():
    world = two_camps(n_users=12)
    full = EaseLayer(neighbours=N_ITEMS).fit(world)
    pruned = replace(full, dense_items=1, neighbours=N_ITEMS - 2).fit(world)
    assert sparse.issparse(pruned.weights_)
    history = history_of_camp(1)
    assert np.corrcoef(full.score(history), pruned.score(history))[0, 1] > 0.999
    explanation = pruned.explain(history, 9)
    assert abs(explanation.total - explanation.score) <= explanation.tolerance


def test_weights_that_were_stored_by_row_alone_give_the_same_reasons():
    layer = EaseLayer(dense_items=1, neighbours=5).fit(two_camps(n_users=12))
    by_row = {name: each for name, each in layer.arrays().items() if "column" not in name}
    stored = replace(layer).restore(items=layer.items_, training=layer.training_, arrays=by_row)
    history, items = history_of_camp(1), list(range(N_ITEMS))
    given = layer.contributions(history, items)
    assert given.any()
    assert np.array_equal(stored.contributions(history, items), given)


def test_terms_draw_the_items_they_describe_together():
    world = two_camps(n_users=40)
    plain, told = (EaseLayer(side_weight=weight).fit(world) for weight in (0.0, 30.0))
    for item in (4, 5):
        own = [each for each in range(8, N_ITEMS - 1) if camp_of(each) == camp_of(item)]
        assert told.similarities(item)[own].mean() > plain.similarities(item)[own].mean()


def test_without_content_side_information_changes_nothing():
    world = replace(two_camps(n_users=40), content=None)
    plain, told = (EaseLayer(side_weight=weight).fit(world) for weight in (0.0, 30.0))
    assert np.array_equal(told.weights_, plain.weights_)


def test_items_hardly_rated_take_no_part():
    world = two_camps(n_users=30)
    rare = world.user_items.indices == 4
    kept = world.keep_ratings(~rare | (np.cumsum(rare) <= 2))
    layer = EaseLayer(min_ratings=3).fit(kept)
    assert 4 not in layer.active_items_
    assert layer.score(history_of_camp(0))[4] == 0.0


def test_similar_items_come_from_the_same_camp():
    similar = Ease().fit(two_camps(n_users=200)).similar(6, 5)
    assert {camp_of(item) for item in similar} == {0}


@pytest.mark.parametrize("wrong", [{"side_weight": -1}, {"side_fields": ("colour",)}])
def test_side_information_that_is_not_there_is_refused(wrong):
    with pytest.raises(HyperparameterError, match="side"):
        EaseLayer(**wrong).fit(two_camps())


@pytest.mark.parametrize("wrong", [{"keep": 0.0}, {"keep": 1.0}, {"ridge": 0}, {"neighbours": 0}])
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="ease"):
        EaseLayer(**wrong).fit(two_camps())


def test_layers_that_overlap_the_wrong_way_are_refused():
    with pytest.raises(HyperparameterError, match="short_until"):
        Ease(short_until=9, long_from=9).fit(two_camps())
