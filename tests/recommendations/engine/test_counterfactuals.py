"""What would be different, checked against every way of leaving ratings out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.engine.base import Recommender
from recommendations.engine.counterfactuals import (
    MOST_RESCORED,
    compare_histories,
    count_rescored,
    diff_lists,
    find_drop_set,
)
from recommendations.engine.explanation import Part
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking import top_k
from tests.recommendations.engine.worlds import N_ITEMS, two_camps


class Sums(Recommender):
    """Score by the sum of `gifts` of the history's items, times itself if `is_curved`."""

    name = "sums"

    def __init__(self, gifts, *, is_curved=False):
        self.gifts = np.array(gifts, dtype=np.float64)
        self.items_ = ItemIndex.of(np.arange(self.gifts.shape[1]))
        self.is_curved = is_curved

    def _score(self, history):
        total = self.gifts[history.item_indices].sum(axis=0)
        return total * np.abs(total) if self.is_curved else total

    def _parts(self, history, item_indices):
        shares = self.gifts[history.item_indices]
        if self.is_curved:
            shares = shares * np.abs(shares.sum(axis=0))
        return [[Part(name="sums", contributions=shares[:, item])] for item in item_indices]

    def _fit(self, interactions): ...

    def _check_hyperparameters(self): ...


def rated(n_ratings):
    return History(
        item_indices=np.arange(n_ratings),
        values=np.full(n_ratings, 4, dtype=np.float32),
        timestamps=np.arange(n_ratings),
    )


def gifts(*rows, n_items=6):
    """Return what items 0, 1, … of a history give to the last two items."""
    matrix = np.zeros((n_items, n_items))
    matrix[: len(rows), -2:] = rows
    return matrix


UNSEEN = np.array([False, False, False, False, True, True])


def drop(rows, **options):
    found = find_drop_set(Sums(gifts(*rows)), rated(4), 4, n=1, allowed=UNSEEN, **options)
    return found if found is None else (found.item_indices, found.is_smallest)


def test_the_one_rating_that_carries_an_item_is_found():
    assert drop([(1, 0), (5, 0), (1, 4), (0, 0)]) == ((1,), True)


def test_two_ratings_are_found_where_one_is_not_enough():
    assert drop([(3, 0), (0, 0), (3, 0), (0, 2)]) == ((0, 2), True)


def test_a_pair_is_found_though_another_rating_gives_most():
    # Item 0 gives most, but gives the rival more: only without 1 and 2 is the rival ahead.
    assert drop([(9, 9), (2, 0), (2, 0), (0, 1)]) == ((1, 2), True)


def test_three_ratings_are_the_smallest_where_no_pair_does_it():
    assert drop([(2, 0), (2, 0), (2, 0), (0, 1)]) == ((0, 1, 2), True)


def test_nothing_is_found_beyond_the_limit_or_where_nothing_helps():
    assert drop([(2, 0), (2, 0), (2, 0), (0, 1)], most_ratings=2) is None
    assert drop([(1, 0), (0, 0), (0, 0), (0, 0)], most_ratings=1) is None
    assert drop([(0, 0), (0, 0), (0, 0), (0, 0)]) is None


def test_with_too_few_tries_a_set_is_not_called_the_smallest():
    assert drop([(2, 0), (2, 0), (2, 0), (0, 1)], most_rescored=5) == ((0, 1, 2), False)


class Together(Sums):
    """Give item 4 a point for itself unless both of two ratings are missing."""

    name = "together"

    def __init__(self, n_ratings, pair):
        super().__init__(np.zeros((n_ratings + 2, n_ratings + 2)))
        self.pair = pair

    def _score(self, history):
        scores = np.zeros(self.n_items)
        scores[-1] = float(np.isin(self.pair, history.item_indices).any())
        scores[-2] = 0.5
        return scores


def test_a_pair_that_acts_only_together_is_found_where_all_are_tried():
    allowed = np.arange(32) >= 30

    def search(tries):
        model = Together(30, pair=(28, 29))
        return find_drop_set(model, rated(30), 31, n=1, allowed=allowed, most_rescored=tries)

    assert search(count_rescored(30) - 1) is None
    found = search(count_rescored(30))
    assert (found.item_indices, found.is_smallest) == ((28, 29), True)


def test_all_pairs_of_two_hundred_ratings_are_tried_anyway():
    assert count_rescored(200) == MOST_RESCORED


def test_an_item_outside_of_the_first_n_needs_nothing():
    assert drop([(0, 1), (0, 0), (0, 0), (0, 0)]) == ((), True)


def test_an_empty_history_has_nothing_to_leave_out():
    model = Sums(gifts((0, 0)))
    assert find_drop_set(model, History(), 4, n=1, allowed=UNSEEN) is None


def test_fewer_candidates_than_places_leave_every_item_in():
    model = Sums(gifts((5, 0)))
    assert find_drop_set(model, rated(4), 4, n=2, allowed=UNSEEN) is None


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.integers(-3, 5), min_size=9, max_size=9), min_size=5, max_size=5),
    n=st.integers(1, 3),
    is_curved=st.booleans(),
)
def test_no_smaller_set_does_it_by_brute_force(rows, n, is_curved):
    matrix = np.zeros((9, 9))
    matrix[:5] = rows
    model, history = Sums(matrix, is_curved=is_curved), rated(5)
    allowed = np.arange(9) >= 5
    found = find_drop_set(model, history, 6, n=n, allowed=allowed, most_ratings=5)

    def drops(left_out):
        kept = [place for place in range(5) if place not in left_out]
        shown = top_k(model.score(history.take(np.array(kept, dtype=np.int64))), n,
                      candidates=allowed)  # fmt: skip
        return 6 not in shown

    smallest = next(
        (size for size in range(3) if any(map(drops, combinations(range(5), size)))), None
    )
    if smallest is not None:
        assert found is not None
        assert len(found.item_indices) == smallest
        assert found.is_smallest
    if found is not None:
        assert drops(found.item_indices)


def test_a_hybrid_drops_its_item_when_scored_anew():
    model = Hybrid().fit(two_camps())
    history = History(
        item_indices=np.arange(0, 12),
        values=np.array([5, 1] * 6, dtype=np.float32),
        timestamps=np.arange(12),
    )
    allowed = np.arange(N_ITEMS) >= 12
    last = int(top_k(model.score(history), 5, candidates=allowed)[4])
    found = find_drop_set(model, history, last, n=5, allowed=allowed, most_ratings=12)
    assert found is not None
    for item in found.item_indices:
        history = history.without_item(item)
    assert last not in top_k(model.score(history), 5, candidates=allowed)


def test_two_lists_differ_by_what_entered_left_and_moved():
    diff = diff_lists(np.array([7, 5, 9, 2]), np.array([5, 7, 9, 3]))
    assert diff.entered == ((3, 3),)
    assert diff.left == ((2, 3),)
    assert diff.moved == ((5, 1, 0), (7, 0, 1))
    same = diff_lists(np.array([1, 2]), np.array([1, 2]))
    assert (same.entered, same.left, same.moved) == ((), (), ())


@pytest.mark.parametrize("stars", [1.0, 5.0])
def test_a_changed_rating_changes_the_list_as_scoring_anew_does(stars):
    model = Hybrid().fit(two_camps())
    before = rated(3)
    after = before.with_rating(1, stars)
    allowed = np.arange(N_ITEMS) >= 3
    diff = compare_histories(model, before, after, allowed=allowed, k=5)
    lists = [top_k(model.score(each), 5, candidates=allowed) for each in (before, after)]
    assert {item for item, _ in diff.entered} == set(lists[1].tolist()) - set(lists[0].tolist())
    assert len(diff.entered) == len(diff.left)
