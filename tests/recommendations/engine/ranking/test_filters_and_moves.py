import numpy as np
import pytest

from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.moves import Move, pin_items, remove_items


def test_what_is_excluded_may_not_be_shown():
    allowed = allow_all_but(5, np.array([1]), np.array([3, 1]), np.array([], dtype=np.int64))
    assert allowed.tolist() == [True, False, True, False, True]


def test_pinned_items_come_first_and_every_move_is_recorded():
    ranking, moves = pin_items(np.array([7, 5, 9]), np.array([9]))
    assert ranking.tolist() == [9, 7, 5]
    assert moves == [
        Move(item_index=5, from_place=1, to_place=2, why="made room"),
        Move(item_index=7, from_place=0, to_place=1, why="made room"),
        Move(item_index=9, from_place=2, to_place=0, why="pinned"),
    ]


def test_pinning_never_pulls_in_what_may_not_be_shown():
    ranking, moves = pin_items(np.array([7, 5]), np.array([3]))
    assert ranking.tolist() == [7, 5]
    assert moves == []


def test_pinned_items_keep_the_order_of_their_pins():
    assert pin_items(np.array([1, 2, 3]), np.array([3, 2]))[0].tolist() == [3, 2, 1]


def test_a_removed_item_has_no_place_afterwards():
    ranking, moves = remove_items(np.array([7, 5]), np.array([7]), why="dismissed")
    assert ranking.tolist() == [5]
    assert moves[1] == Move(item_index=7, from_place=0, to_place=None, why="dismissed")


@pytest.mark.parametrize("pinned", [[], [7]])
def test_nothing_moved_means_no_record(pinned):
    assert pin_items(np.array([7, 5]), np.array(pinned, dtype=np.int64))[1] == []
