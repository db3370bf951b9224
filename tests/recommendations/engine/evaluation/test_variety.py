from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from recommendations.engine.evaluation.rankings import NOTHING
from recommendations.engine.evaluation.variety import (
    Catalogue,
    catalogue_coverage,
    genre_shares,
    gini,
    history_popularity,
    intra_list_diversity,
    long_tail_share,
    mean_popularity,
    miscalibration,
    novelty,
    serendipity,
)
from recommendations.engine.items import ItemContent
from tests.recommendations.engine.worlds import two_camps

# Five items rated by 8, 4, 2, 1 and 0 of eight people; the head is the first.
GENRES = [("Action",), ("Action", "Drama"), ("Drama",), (), ("Drama",)]
LISTS = np.array([[0, 2], [3, 4], [1, NOTHING]])


@pytest.fixture(scope="module")
def catalogue():
    counts = np.array([8, 4, 2, 1, 0])
    terms = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 0], [1, 0]], dtype=np.float32)
    return Catalogue(
        n_users=8,
        counts=counts,
        is_tail=np.array([False, True, True, True, True]),
        genres=genre_shares(ItemContent(genres=GENRES), n_items=5),
        terms=sparse.csr_array(terms),
    )


def test_coverage_counts_each_item_once():
    assert catalogue_coverage(np.array([[0, 1], [1, NOTHING]]), n_items=5) == 2 / 5


def test_gini_runs_from_all_alike_to_one_only():
    assert gini(np.array([[0, 1], [2, 3]]), n_items=4) == pytest.approx(0.0)
    assert gini(np.array([[0], [0], [0]]), n_items=4) == pytest.approx(3 / 4)
    # Shown 0, 1, 3 times: mean |difference| = (1 + 3 + 2) · 2 / 9, over twice the mean 4/3.
    assert gini(np.array([[1, 2], [2, 2]]), n_items=3) == pytest.approx((12 / 9) / (2 * 4 / 3))


def test_the_tail_is_what_is_not_the_most_rated_fifth(catalogue):
    assert long_tail_share(LISTS, catalogue) == pytest.approx([0.5, 1.0, 1.0])


def test_novelty_is_the_surprise_in_bits(catalogue):
    # 8, 2, 1, none (as one) and 4 of eight people: 0, 2, 3, 3 and 1 bits.
    assert novelty(LISTS, catalogue) == pytest.approx([(0 + 2) / 2, (3 + 3) / 2, 1.0])


def test_diversity_is_the_mean_over_pairs(catalogue):
    three = np.array([[0, 1, 2], [3, 4, NOTHING], [1, NOTHING, NOTHING]])
    found = intra_list_diversity(three, catalogue)
    assert found[0] == pytest.approx(1 - (0.6 + 0.0 + 0.8) / 3)
    assert found[1] == pytest.approx(1.0)
    assert np.isnan(found[2])


def test_diversity_agrees_with_scikit_learn():
    catalogue = Catalogue.of(two_camps(with_events=False))
    ranking = np.random.default_rng(1).permutation(len(catalogue.counts))[:10]
    cosines = cosine_similarity(catalogue.terms[ranking].toarray())
    expected = 1 - (cosines.sum() - np.trace(cosines)) / 90
    assert intra_list_diversity(ranking[np.newaxis], catalogue) == pytest.approx([expected])


def test_serendipity_counts_hits_that_popularity_hides(catalogue):
    hits = np.array([[True, True], [False, True], [False, False]])
    found = serendipity(LISTS, hits, np.array([2, 1, 0]), catalogue)
    # First list: item 0 is the most popular (1 − 1), item 2 the third (4/5 − 3/5).
    assert found[0] == pytest.approx((0 + 1 / 5) / 2)
    assert found[1] == pytest.approx((4 / 5 - 1 / 5) / 2)
    assert np.isnan(found[2])


def test_a_list_of_the_same_mix_is_calibrated(catalogue):
    histories = [np.array([0, 2]), np.array([1]), np.zeros(0, dtype=int)]
    lists = np.array([[0, 2], [0, 4], [0, 2]])
    found = miscalibration(lists, histories, catalogue)
    assert found[:2] == pytest.approx([0.0, 0.0])
    assert np.isnan(found[2])


def test_a_list_of_the_wrong_genre_is_not_calibrated(catalogue):
    found = miscalibration(np.array([[2, 4]]), [np.array([0, 2])], catalogue)
    # p = (.5, .5), q = (0, 1): q̃ = (.005, .995).
    expected = 0.5 * np.log(0.5 / 0.005) + 0.5 * np.log(0.5 / 0.995)
    assert found == pytest.approx([expected])


def test_popularity_of_lists_and_of_histories(catalogue):
    assert mean_popularity(LISTS, catalogue) == pytest.approx([5.0, 0.5, 4.0])
    found = history_popularity([np.array([0, 1]), np.zeros(0, dtype=int)], catalogue)
    assert found[0] == 6.0
    assert np.isnan(found[1])


def test_a_catalogue_without_content_is_no_obstacle():
    world = replace(two_camps(with_events=False), content=None)
    catalogue = Catalogue.of(world)
    lists = np.array([[0, 1]])
    assert intra_list_diversity(lists, catalogue) == pytest.approx([1.0])
    assert np.isnan(miscalibration(lists, [np.array([2])], catalogue)).all()
    assert catalogue.is_tail.sum() == world.n_items - round(0.2 * world.n_items)
