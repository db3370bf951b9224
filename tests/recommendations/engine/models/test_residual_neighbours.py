from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.models.residual_neighbours import (
    NeighbourSettings,
    learn_neighbours,
    left_out_factors,
    most_rated,
    scaled_inputs,
)

SETTINGS = NeighbourSettings(ridge=3.0, damping=2.0, max_people=1000, dense_items=100, strongest=3)


def some_residuals(*, n_users=30, n_items=8, seed=1):
    rng = np.random.default_rng(seed)
    cells = rng.random((n_users, n_items)) < 0.6
    return sparse.csr_array((rng.normal(size=cells.shape) * cells).astype(np.float32))


def test_every_column_is_the_ridge_over_the_raters_of_its_item():
    residuals = some_residuals()
    weights = learn_neighbours(residuals, SETTINGS, seed=1)
    dense = residuals.toarray().astype(np.float64)
    inputs = dense / np.sqrt((dense != 0).sum(axis=1, keepdims=True) + 2.0)
    for item in range(8):
        raters = dense[:, item] != 0
        others = np.arange(8) != item
        own = inputs[raters][:, others]
        gram = own.T @ own + 3.0 * np.eye(7)
        expected = np.linalg.solve(gram, own.T @ dense[raters, item])
        assert weights[others, item] == pytest.approx(expected, abs=2e-4)
        assert weights[item, item] == 0


def test_residuals_that_go_together_predict_each_other():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=200)
    residuals = np.column_stack([shared, shared, rng.normal(size=200)]).astype(np.float32)
    weights = learn_neighbours(sparse.csr_array(residuals), SETTINGS, seed=1)
    assert weights[0, 1] > 5 * abs(weights[2, 1])


def test_above_the_limit_only_the_strongest_weights_of_a_column_stay():
    residuals = some_residuals()
    dense = learn_neighbours(residuals, SETTINGS, seed=1)
    pruned = learn_neighbours(residuals, replace(SETTINGS, dense_items=7), seed=1)
    assert isinstance(pruned, sparse.csr_array)
    kept = pruned.toarray()
    for item in range(8):
        strongest = np.sort(np.argsort(-np.abs(dense[:, item]))[:3])
        assert np.flatnonzero(kept[:, item]).tolist() == strongest.tolist()
        assert kept[strongest, item] == pytest.approx(dense[strongest, item])


def test_only_so_many_people_are_asked():
    residuals = some_residuals(n_users=60)
    some = learn_neighbours(residuals, replace(SETTINGS, max_people=20), seed=1)
    again = learn_neighbours(residuals, replace(SETTINGS, max_people=20), seed=1)
    everyone = learn_neighbours(residuals, SETTINGS, seed=1)
    assert np.array_equal(some, again)
    assert not np.allclose(some, everyone)


def test_items_nobody_rated_are_never_chosen_and_ties_go_to_the_first():
    assert most_rated(np.array([2, 0, 5, 2]), 2).tolist() == [0, 2]
    assert most_rated(np.array([2, 0, 5, 2]), 9).tolist() == [0, 2, 3]


def test_inputs_are_scaled_by_how_much_a_person_rated():
    residuals = sparse.csr_array(np.array([[3.0, 0, 3.0], [0, 0, 0]], dtype=np.float32))
    assert scaled_inputs(residuals, damping=7.0).toarray()[0] == pytest.approx([1, 0, 1])


def test_an_error_grows_by_what_its_own_rating_explained():
    assert left_out_factors(np.array([0.0, 0.5, 1.0])).tolist() == pytest.approx([1, 2, 10])
