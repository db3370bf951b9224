import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models.bayesian_factors import (
    FactorSettings,
    Messages,
    Prior,
    Ratings,
    Vectors,
    fit_factors,
    update,
)
from recommendations.engine.models.set_ridge import SetRidge
from recommendations.engine.models.star_members import FoldInSettings, StarMember
from recommendations.engine.models.star_sets import content_sets, item_sets, user_sets
from recommendations.engine.models.symmetric import pack_outer, pairing, size_of, unpack
from tests.recommendations.engine.models.test_stars import low_rank


def settings(**changes):
    usual = {
        "factors": 3,
        "iterations": 5,
        "user_doubt": 20.0,
        "item_doubt": 20.0,
        "seed": 1,
    }
    return FactorSettings(**{**usual, **changes})


def fit(world, **changes):
    content = content_sets(world.content, world.n_items)
    stars = world.user_items
    found = fit_factors(
        stars,
        user_set=SetRidge(sets=user_sets(world), ridge=1.0),
        item_set=SetRidge(sets=item_sets(stars, content), ridge=1.0),
        settings=settings(**changes),
    )
    return found, StarMember.of(found, rated=np.arange(world.n_items), content=content, doubt=20.0)


def test_packing_keeps_every_entry_of_a_symmetric_matrix():
    vectors = np.random.default_rng(0).normal(size=(4, 5))
    packed = pack_outer(vectors)
    assert size_of(packed.shape[1]) == 5
    assert unpack(packed) == pytest.approx(np.einsum("ni,nj->nij", vectors, vectors))
    assert (packed * pairing(5).counts).sum(axis=1) == pytest.approx(vectors.sum(axis=1) ** 2)


def test_one_update_worked_out_the_slow_way():
    rng = np.random.default_rng(3)
    stars = sparse.csr_array(np.array([[5, 0, 3], [0, 1, 4]], dtype=np.float32))
    means = rng.normal(size=(3, 2)).astype(np.float32)
    spreads = np.array([a @ a.T for a in rng.normal(size=(3, 2, 2))])
    items = Vectors(means=means, covariances=spreads[:, [0, 0, 1], [0, 1, 1]].astype(np.float32))
    prior = Prior(means=np.ones((2, 2), np.float32), precision=np.diag([2, 3]).astype(np.float32))
    weights = np.array([1.0, 2.0, 0.5])
    found, errors = update(
        Ratings.of(stars, 3.0),
        Messages.of(items, weights),
        prior,
        row_weights=np.array([2.0, 1.0]),
    )
    precision, pull, draws = np.diag([2.0, 3.0]), np.array([2.0, 3.0]), []
    for item, value in ((0, 5), (2, 3)):
        feature = np.array([1, means[item, 1]])
        moment = np.outer(feature, feature) + np.diag([0, spreads[item, 1, 1]])
        crossed = means[item, 0] * feature + np.array([0, spreads[item, 0, 1]])
        precision += 2 * weights[item] * moment
        pull += 2 * weights[item] * (feature * (value - 3) - crossed)
    covariance = np.linalg.inv(precision)
    assert found.means[0] == pytest.approx(covariance @ pull, rel=1e-4)
    assert unpack(found.covariances)[0] == pytest.approx(covariance, rel=1e-4)
    person = rng.multivariate_normal(covariance @ pull, covariance, size=400_000)
    for item, value in ((0, 5), (2, 3)):
        film = rng.multivariate_normal(means[item], spreads[item], size=400_000)
        rest = value - 3 - person[:, 0] - film[:, 0] - person[:, 1] * film[:, 1]
        draws.append(weights[item] * np.mean(rest**2))
    assert errors[0] == pytest.approx(sum(draws), rel=0.02)


def test_dense_and_sparse_products_agree():
    world, _ = low_rank(n_users=40, n_items=30)
    ratings = Ratings.of(world.user_items, 3.0)
    assert ratings.is_dense
    rng = np.random.default_rng(0)
    expectations = rng.normal(size=(30, 7)).astype(np.float32)
    features = rng.normal(size=(30, 2)).astype(np.float32)
    sums, centred = ratings.sums(slice(5, 20), expectations=expectations, features=features)
    assert sums == pytest.approx(ratings.cells[5:20] @ expectations, abs=1e-4)
    assert centred == pytest.approx(ratings.centred[5:20] @ features, abs=1e-4)


def test_folding_in_gives_people_the_stars_they_had_in_training():
    world, _ = low_rank(n_users=60, n_items=40)
    found, member = fit(world, iterations=60)
    exact = FoldInSettings(set_damping=0.0, inflation=0.0)
    for user in range(5):
        history = world.history_of(user)
        person = member.fold_in(history, history.values - found.mean, exact)
        features = member.features(slice(None))
        assert features @ person.mean == pytest.approx(features @ found.users.means[user], abs=0.05)


def test_what_folding_in_says_about_entries_sums_to_the_vector():
    world, _ = low_rank(n_users=60, n_items=40)
    found, member = fit(world)
    history = world.history_of(3)
    usual = FoldInSettings(set_damping=10.0, inflation=1.0)
    person = member.fold_in(history, history.values - found.mean, usual)
    direction = np.array([1.0, -2.0, 0.5, 3.0])
    total = person.from_sets(direction).sum() + person.from_ratings(direction).sum()
    assert total + person.constant(direction) == pytest.approx(direction @ person.mean)
    assert (
        person.leverages(member.features(history.item_indices), np.ones(history.n_ratings)) > 0
    ).all()


@pytest.mark.parametrize("shape", [(30, 12), (12, 30)], ids=["more rows", "more features"])
def test_ridge_on_sets_solves_the_normal_equations(shape):
    rng = np.random.default_rng(0)
    sets = sparse.csr_array((rng.random(shape) < 0.3).astype(np.float32))
    targets = rng.normal(size=(shape[0], 2)).astype(np.float32)
    ridge = SetRidge(sets=sets, ridge=2.0).fresh(2)
    ridge.learn(targets)
    dense = sets.toarray()
    expected = np.linalg.solve(dense.T @ dense + 2 * np.eye(shape[1]), dense.T @ targets)
    assert ridge.coefficients == pytest.approx(expected, abs=1e-4)
    assert ridge.fitted == pytest.approx(dense @ expected, abs=1e-4)


def test_many_sets_are_solved_step_by_step_to_the_same_end(monkeypatch):
    rng = np.random.default_rng(0)
    sets = sparse.csr_array((rng.random((40, 30)) < 0.3).astype(np.float32))
    targets = rng.normal(size=(40, 2)).astype(np.float32)
    exact = SetRidge(sets=sets, ridge=2.0).fresh(2)
    exact.learn(targets)
    monkeypatch.setattr("recommendations.engine.models.set_ridge.LARGEST_CHOLESKY", 10)
    stepwise = SetRidge(sets=sets, ridge=2.0).fresh(2)
    for _ in range(60):
        stepwise.learn(targets)
    assert stepwise.fitted == pytest.approx(exact.fitted, abs=1e-3)


def test_steps_go_on_until_little_is_left_of_the_targets(monkeypatch):
    monkeypatch.setattr("recommendations.engine.models.set_ridge.LARGEST_CHOLESKY", 10)
    rng = np.random.default_rng(0)
    popularity = np.arange(1, 301)[:, np.newaxis] ** -0.7
    cells = (rng.random((300, 200)) < 6 * popularity * rng.random(200) ** 2).astype(np.float32)
    sets = sparse.csr_array(cells / np.sqrt(np.maximum(cells.sum(axis=1, keepdims=True), 1)))
    targets = rng.normal(size=(300, 3)).astype(np.float32)

    ridge = SetRidge(sets=sets, ridge=0.05).fresh(3)
    ridge.learn(targets)

    # Four steps fit twice as much, and in a fit of stars too much feeds on itself.
    exact = sets @ np.linalg.solve((sets.T @ sets).toarray() + 0.05 * np.eye(200), sets.T @ targets)
    assert np.linalg.norm(ridge.fitted - exact) < 0.3 * np.linalg.norm(targets)
