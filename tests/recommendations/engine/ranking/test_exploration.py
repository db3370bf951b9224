import numpy as np
import pytest

from recommendations.engine.history import History
from recommendations.engine.ranking.exploration import (
    Posterior,
    explore,
    fold_in_posterior,
    insert_at,
    open_slots,
    seed_of,
)

AXES = np.eye(2, dtype=np.float32)


def rated(items, stars):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.zeros(len(items), dtype=np.int64),
    )


def test_draws_have_the_mean_and_covariance_of_the_posterior():
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    posterior = Posterior(mean=np.array([1.0, -1.0]), covariance=covariance)
    rng = np.random.default_rng(5)
    draws = np.stack([posterior.draw(rng) for _ in range(20_000)])
    assert np.allclose(draws.mean(axis=0), [1, -1], atol=0.05)
    assert np.allclose(np.cov(draws.T), covariance, atol=0.06)


@pytest.mark.parametrize("scale", [0.0, -1e-12])
def test_a_covariance_that_rounding_broke_is_no_trouble(scale):
    posterior = Posterior(mean=np.array([1.0, 2.0]), covariance=scale * np.eye(2))
    assert np.allclose(posterior.draw(np.random.default_rng(1)), [1, 2])


def test_without_history_the_prior_is_left():
    posterior = fold_in_posterior(History(), AXES, prior_variance=3.0)
    assert posterior.mean.tolist() == [0, 0]
    assert np.allclose(posterior.covariance, 3 * np.eye(2))


def test_a_rating_narrows_what_it_speaks_of():
    posterior = fold_in_posterior(rated([0], [5]), AXES, prior_variance=1, noise_variance=1)
    # Precision 1 + 1 along the first axis: variance ½, mean ½ · reward 1.
    assert np.allclose(posterior.covariance, [[0.5, 0], [0, 1]])
    assert np.allclose(posterior.mean, [0.5, 0])


def test_seeds_are_the_same_in_every_process_and_differ_by_day():
    assert seed_of(7, 12, "2024-05-01") == 5707012406508448982
    assert seed_of(7, 12, "2024-05-01") != seed_of(7, 12, "2024-05-02")
    assert seed_of(1, 23) != seed_of(12, 3)


def test_slots_fade_with_the_history():
    rng = np.random.default_rng(3)
    assert open_slots([4, 8], n_entries=0, half_length=10, rng=rng) == [4, 8]
    opened = [len(open_slots([4], n_entries=30, half_length=10, rng=rng)) for _ in range(4000)]
    assert np.mean(opened) == pytest.approx(0.25, abs=0.03)


def test_a_sure_taste_finds_its_best_and_none_twice():
    posterior = Posterior(mean=np.array([1.0, 0.0]), covariance=np.zeros((2, 2)))
    vectors = np.array([[0.1, 5], [0.9, 0], [0.9, 1]], dtype=np.float32)
    options = {"posterior": posterior, "item_vectors": vectors, "rng": np.random.default_rng(1)}
    assert explore(np.array([7, 5, 6]), **options, n_items=2).tolist() == [5, 6]
    assert explore(np.array([7, 5, 6]), **options, n_items=9).tolist() == [5, 6, 7]
    offsets = np.array([1.0, 0.0, 0.1])
    assert explore(np.array([7, 5, 6]), **options, offsets=offsets, n_items=1).tolist() == [7]


def test_an_unsure_taste_tries_both_sides_and_a_seed_repeats_it():
    posterior = fold_in_posterior(History(), AXES)
    pool = np.array([3, 4])

    def draw(seed):
        rng = np.random.default_rng(seed)
        return explore(pool, posterior=posterior, item_vectors=AXES, n_items=1, rng=rng)[0]

    assert {int(draw(seed)) for seed in range(20)} == {3, 4}
    assert draw(11) == draw(11)


def test_an_empty_pool_has_nothing_to_explore():
    found = explore(
        np.zeros(0, dtype=np.int64),
        posterior=fold_in_posterior(History(), AXES),
        item_vectors=np.zeros((0, 2), dtype=np.float32),
        n_items=2,
        rng=np.random.default_rng(1),
    )
    assert not len(found)


def test_items_are_put_at_their_places_and_the_others_close_up():
    ranking = np.array([1, 2, 3, 4, 5])
    assert insert_at(ranking, np.array([9, 4]), [1, 3]).tolist() == [1, 9, 2, 4, 3, 5]
    assert insert_at(ranking, np.array([9]), [99]).tolist() == [1, 2, 3, 4, 5, 9]
