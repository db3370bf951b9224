import numpy as np
import pytest

from recommendations.engine.ranking.group_lists import (
    aggregate,
    allow_for_group,
    standardise_people,
)
from recommendations.engine.ranking.top import places_of

#                    0    1    2    3
ANNA = np.array([3.0, 2.0, 1.0, 0.0])
BEN = np.array([0.0, 2.5, 1.5, 3.0])
BOTH = np.stack([ANNA, BEN])
ALL = np.ones(4, dtype=bool)


def together(aggregation, *, scores=BOTH, allowed=ALL, k=4):
    return aggregate(scores, allowed=allowed, k=k, aggregation=aggregation)


def test_the_average_takes_what_is_good_for_both_together():
    # Means 1.5, 2.25, 1.25, 1.5; the tie goes to the lower index.
    result = together("average")
    assert result.items.tolist() == [1, 0, 3, 2]
    assert result.scores.tolist() == [2.25, 1.5, 1.5, 1.25]


def test_least_misery_leaves_nobody_with_what_they_hate():
    assert together("least misery").items.tolist() == [1, 2, 0, 3]


def test_in_fair_turns_each_takes_the_best_left_and_the_order_rotates():
    result = together("fair turns")
    assert result.items.tolist() == [0, 3, 1, 2]
    assert result.pickers.tolist() == [0, 1, 1, 0]


def test_everybody_has_an_account():
    result = together("average", k=2)
    assert result.scores_by_person.tolist() == [[2.0, 3.0], [2.5, 0.0]]
    assert places_of(ANNA, result.items, allowed=ALL).tolist() == [1, 0]
    assert places_of(BEN, result.items, allowed=ALL).tolist() == [1, 3]
    assert result.pickers.tolist() == [-1, -1]


def test_places_count_only_what_may_be_shown_and_ties_by_index():
    allowed = np.array([False, True, True, True])
    scores = np.array([9.0, 1.0, 1.0, 1.0])
    assert places_of(scores, np.array([3, 1, 2]), allowed=allowed).tolist() == [2, 0, 1]


def test_what_anybody_has_seen_is_left_out_unless_allowed():
    seen = [np.array([0]), np.array([0, 2])]
    assert allow_for_group(4, seen, seen_allowed=False).tolist() == [False, True, False, True]
    assert allow_for_group(4, seen, seen_allowed=True).all()


def test_wide_scores_do_not_decide_once_standardised():
    standard = standardise_people(np.stack([ANNA * 100, BEN]))
    assert np.allclose(standard.mean(axis=1), 0)
    assert np.allclose(standard.std(axis=1), 1)
    assert standardise_people(np.ones((1, 3))).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("aggregation", ["average", "least misery", "fair turns"])
def test_one_person_gets_the_own_list_and_no_more_than_there_is(aggregation):
    assert together(aggregation, scores=ANNA[np.newaxis], k=9).items.tolist() == [0, 1, 2, 3]
    nothing = together(aggregation, allowed=np.zeros(4, dtype=bool))
    assert not len(nothing.items)


def test_a_group_of_nobody_is_refused():
    with pytest.raises(ValueError, match="one person"):
        together("average", scores=np.zeros((0, 4)))
