"""What models do differently where there are very many ratings; here "many" is a few thousand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from benchmarks.made_up import make_ratings
from recommendations.engine.models import dropout_ridge, samples, set_ridge
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.gram_blocks import weighted_grams
from recommendations.engine.models.samples import some_people
from recommendations.engine.models.sequence import Sequence
from recommendations.engine.models.stars import Stars


@pytest.fixture(scope="module")
def ratings():
    return make_ratings(n_users=400, n_items=150, n_ratings=16_000, seed=3)


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(samples, "MANY_RATINGS", 6_000)
    monkeypatch.setattr(dropout_ridge, "MANY_RATINGS", 6_000)


def test_gram_matrices_are_those_of_plain_products():
    rng = np.random.default_rng(1)
    shares = np.repeat([0.05, 0.5], [600, 20])[:, np.newaxis]  # most sparse, some dense
    cells = rng.random((620, 300)) * (rng.random((620, 300)) < shares)
    inputs = sparse.csr_array(cells.astype(np.float32))
    targets = inputs.copy()
    targets.data = (inputs.data > 0.5).astype(np.float32)
    weights = rng.random(620)
    gram, cross = weighted_grams(inputs, targets, user_weights=weights)
    weighted = cells.T * weights
    assert np.allclose(gram, weighted @ cells, rtol=1e-4, atol=1e-5)
    assert np.allclose(cross, weighted @ (cells > 0.5), rtol=1e-4, atol=1e-5)


def test_ease_learns_the_same_with_many_ratings(ratings, few_are_many, monkeypatch):
    learned = EaseLayer().fit(ratings).weights_
    monkeypatch.setattr(dropout_ridge, "MANY_RATINGS", 10**9)
    assert np.allclose(learned, EaseLayer().fit(ratings).weights_, atol=1e-4)


def test_some_people_are_whole_and_no_more_than_many(ratings, few_are_many):
    some = some_people(ratings, seed=7)
    assert 0.9 * 6_000 < some.n_ratings <= 6_000
    person = int(np.searchsorted(ratings.user_ids, some.user_ids[5]))
    own = ratings.history_of(person).item_indices
    assert np.array_equal(some.history_of(5).item_indices, own)
    assert np.array_equal(some_people(ratings, seed=7).user_ids, some.user_ids)


def test_everybody_is_taken_of_few(ratings):
    assert some_people(ratings, seed=7) is ratings


def test_a_sequence_is_learned_from_some_people_and_popularity_from_all(ratings, few_are_many):
    learned = Sequence().fit(ratings)
    of_some = Sequence().fit(some_people(ratings, seed=Sequence().seed))
    columns = np.isin(learned.active_items_, of_some.active_items_)
    assert columns.all()
    assert np.allclose(learned.weights_, of_some.weights_)
    assert not np.allclose(learned.intercepts_, of_some.intercepts_)


@pytest.mark.parametrize("largest_cholesky", [8_000, 10])
def test_stars_from_a_sample_are_as_good(ratings, few_are_many, monkeypatch, largest_cholesky):
    monkeypatch.setattr(set_ridge, "LARGEST_CHOLESKY", largest_cholesky)
    is_known = np.random.default_rng(5).random(ratings.n_ratings) < 0.9
    known, rest = ratings.keep_ratings(is_known), ratings.keep_ratings(~is_known)
    model = Stars(factors=(8,), iterations=10)
    from_some = replace(model).fit(known)
    monkeypatch.setattr(samples, "MANY_RATINGS", 10**9)
    errors = [_error(fitted, known, rest) for fitted in (from_some, replace(model).fit(known))]
    assert errors[0] < 1.02 * errors[1]
    assert errors[0] < 0.99 * _error(Bias().fit(known), known, rest)


def _error(model, known, rest) -> float:
    squares = 0.0
    for user in np.flatnonzero(np.diff(rest.user_items.indptr)).tolist():
        asked = rest.history_of(user)
        found = model.predict(known.history_of(user), asked.item_indices)
        squares += float(np.sum((found - asked.values) ** 2))
    return float(np.sqrt(squares / rest.n_ratings))
