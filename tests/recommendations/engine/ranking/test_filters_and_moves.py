import numpy as np
import pytest

from recommendations.engine.ranking.filters import (
    Rule,
    allow_all_but,
    apply_rules,
    keep_where,
    keep_years,
    reasons_against,
)
from recommendations.engine.ranking.moves import (
    Move,
    Nudge,
    pin_items,
    record_places,
    remove_items,
)


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


YEARS = np.array([1979, 1980, 0, 1995, 2001])


def test_years_are_kept_bounds_included_and_unknown_ones_go():
    assert keep_years(YEARS, first=1980, last=1995).removed.tolist() == [0, 2, 4]
    assert keep_years(YEARS, last=1980).removed.tolist() == [2, 3, 4]
    assert keep_years(YEARS, first=1980).detail == "released 1980–…"


def test_every_rule_that_takes_an_item_out_can_be_named():
    rules = [
        Rule(why="seen", removed=np.array([3, 1])),
        keep_where(np.array([True, False, True, True, True]), detail="suitable for children"),
        Rule(why="hidden", removed=np.array([], dtype=np.int64)),
    ]
    assert apply_rules(5, rules).tolist() == [True, False, True, False, True]
    assert [rule.detail for rule in reasons_against(1, rules)] == ["", "suitable for children"]
    assert [rule.why for rule in reasons_against(3, rules)] == ["seen"]
    assert reasons_against(0, rules) == []
    assert apply_rules(2, []).all()


def test_places_by_score_and_shown_places_give_every_move():
    nudge = Nudge(why="variety", value=-0.5)
    moves = record_places(
        np.array([4, 9, 6]),
        places_by_score={4: 0, 5: 1, 6: 2, 9: 7},
        causes={9: "popularity", 5: "variety"},
        nudges={9: (nudge,), 4: (nudge,)},
    )
    assert moves == [
        Move(item_index=9, from_place=7, to_place=1, why="popularity", nudges=(nudge,)),
        Move(item_index=5, from_place=1, to_place=None, why="variety"),
    ]
