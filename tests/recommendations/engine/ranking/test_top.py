import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.engine.ranking.top import kth_best, top_k


@given(
    scores=st.lists(st.integers(0, 4), max_size=30),
    k=st.integers(0, 35),
    barred=st.sets(st.integers(0, 29)),
)
def test_it_is_what_a_stable_sort_would_give(scores, k, barred):
    candidates = np.array([place not in barred for place in range(len(scores))], dtype=bool)
    open_places = [place for place in range(len(scores)) if place not in barred]
    expected = sorted(open_places, key=lambda place: -scores[place])[:k]
    found = top_k(np.array(scores, dtype=np.float64), k, candidates=candidates)
    assert found.tolist() == expected


def test_ties_go_to_the_lower_index():
    assert top_k(np.array([1.0, 3.0, 3.0, 3.0]), 2).tolist() == [1, 2]


def test_more_than_there_are_is_all_of_them():
    assert top_k(np.array([1.0, 2.0]), 9).tolist() == [1, 0]


@pytest.mark.parametrize("k", [1, 100, 9_000, 30_000])
@pytest.mark.parametrize("spread", [0, 3, 1_000_000])
def test_the_best_of_very_many_are_those_of_sorting_all(k, spread):
    rng = np.random.default_rng(5)
    scores = rng.integers(spread + 1, size=20_000).astype(np.float64)
    candidates = rng.random(20_000) < 0.9
    expected = [item for item in np.argsort(-scores, kind="stable") if candidates[item]][:k]
    assert top_k(scores, k, candidates=candidates).tolist() == expected


def test_the_best_are_found_where_the_sample_of_them_misleads():
    scores = np.zeros(20_000)
    scores[::32] = 1.0
    expected = np.argsort(-scores, kind="stable")[:700]
    assert top_k(scores, 700).tolist() == expected.tolist()


def test_values_may_belong_to_items_of_which_some_are_no_candidates():
    scores = np.array([9.0, 1.0, 7.0, 7.0])
    may_appear = np.array([False, True, True, False, True])

    found = top_k(scores, 2, candidates=may_appear, items=np.array([0, 1, 4, 2]))

    assert found.tolist() == [3, 2]


@pytest.mark.parametrize("n", [50, 20_000])
def test_the_kth_best_is_that_of_all_in_order(n):
    scores = np.random.default_rng(3).integers(0, 900, size=n).astype(np.float64)

    for k in (1, 7, 50):
        assert kth_best(scores, k) == np.sort(scores)[-k]


def test_the_best_candidates_are_found_though_thousands_of_better_ones_are_none():
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 4000, size=20_000).astype(np.float64)
    may_appear = scores < 2500
    allowed = np.flatnonzero(may_appear)
    expected = allowed[np.argsort(-scores[allowed], kind="stable")[:500]]

    assert top_k(scores, 500, candidates=may_appear).tolist() == expected.tolist()
