import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.svd import Svd
from tests.recommendations.engine.worlds import UNRATED_ITEM, camp_of, two_camps


def history_of(items, stars):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(camp):
    model = Svd(factors=3, star_factors=2, rating_weights=(0, 0, 0, 1, 1)).fit(
        two_camps(n_users=200)
    )
    some = history_of(range(8), [5.0 if camp_of(item) == camp else 1.0 for item in range(8)])
    for numbers in (model.score(some), model.predict(some, np.arange(24))):
        own = [numbers[item] for item in range(8, UNRATED_ITEM) if camp_of(item) == camp]
        other = [numbers[item] for item in range(8, UNRATED_ITEM) if camp_of(item) != camp]
        assert min(own) > max(other)


def test_axes_are_the_singular_vectors_of_the_likings():
    world = two_camps(with_events=False)
    model = Svd(factors=3, iterations=50).fit(world)
    dense = world.user_items.toarray().astype(np.float64)
    stars, weights = (1, 2, 3, 4, 5), model.rating_weights
    likings = np.where(dense > 0, np.interp(dense, stars, weights), 0.0)
    axes = np.linalg.svd(likings)[2][:3].T
    assert np.allclose(model.axes_ @ model.axes_.T, axes @ axes.T, atol=1e-3)
    some = history_of([1, 5], [5, 1])
    expected = axes @ (axes[1] * weights[4] + axes[5] * weights[0])
    assert np.allclose(model.score(some), expected, atol=1e-3)


def test_stars_are_the_bias_and_a_ridge_on_its_residuals():
    model = Svd(star_factors=3, ridge=0.5).fit(two_camps())
    items, stars = [1, 2, 6], np.array([5.0, 2.0, 4.0])
    rest = stars - model.mean_[0] - model.item_effects_[items]
    effect = rest.sum() / (3 + 5)
    Q = model.star_vectors_.astype(np.float64)
    person = np.linalg.solve(Q[items].T @ Q[items] + 0.5 * np.eye(3), Q[items].T @ (rest - effect))
    expected = model.mean_[0] + model.item_effects_[10] + effect + Q[10] @ person
    assert model.predict(history_of(items, stars), [10])[0] == pytest.approx(expected)


def test_star_vectors_give_the_covariance_of_residuals():
    world = two_camps(with_events=False)
    model = Svd(star_factors=24, item_damping=1e6, user_damping=1e6).fit(world)
    residuals = world.user_items.toarray()
    residuals[residuals > 0] -= model.mean_[0]
    covariance = residuals.T @ residuals / world.n_users
    assert np.allclose(model.star_vectors_ @ model.star_vectors_.T, covariance, atol=1e-2)


def test_nobody_known_gets_the_bias_and_no_score():
    model = Svd().fit(two_camps())
    assert not model.score(History()).any()
    expected = model.mean_[0] + model.item_effects_[4]
    assert model.predict(History(), [4])[0] == pytest.approx(expected)


def test_one_rating_is_enough_to_fit():
    world = Interactions.from_arrays(user_ids=[1], item_ids=[7], stars=[4])
    model = Svd().fit(world)
    assert np.isfinite(model.score(history_of([0], [5]))).all()
    assert np.isfinite(model.predict(history_of([0], [5]), [0])).all()


def test_similar_items_come_from_the_same_camp():
    model = Svd(factors=2, rating_weights=(0, 0, 0, 1, 1)).fit(two_camps(n_users=200))
    assert {camp_of(item) for item in model.similar(6, 5)} == {0}


@pytest.mark.parametrize(
    "wrong", [{"factors": 0}, {"star_factors": 0}, {"ridge": 0}, {"rating_weights": (1.0,)}]
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="svd"):
        Svd(**wrong).fit(two_camps())
