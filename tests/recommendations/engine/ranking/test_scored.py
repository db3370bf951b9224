import numpy as np
import pytest

from recommendations.engine.ranking.scored import Scored

SCORES = np.array([9.0, 1.0, 7.0, 7.0, 8.0, 2.0])
OPEN = np.array([True, True, True, True, False, True])
NEAR = np.array([0, 3, 4, 2])
ALL = Scored.of_all(SCORES)


@pytest.fixture(params=["all", None, 7.0])
def scored(request):
    if request.param == "all":
        return ALL
    return Scored(
        values=SCORES[NEAR], n_items=6, deviation=ALL.deviation, near=NEAR, least=request.param
    )


def test_the_best_are_those_allowed_and_ties_go_by_index(scored):
    head = scored.best(3, allowed=OPEN)

    assert head.items.tolist() == [0, 2, 3]
    assert head.scores.tolist() == [9.0, 7.0, 7.0]
    assert head.first(1).items.tolist() == [0]


def test_scores_and_places_are_found_by_item(scored):
    assert scored.of(np.array([4, 2])).tolist() == [8.0, 7.0]
    assert scored.places_of(np.array([3, 0]), allowed=OPEN).tolist() == [2, 0]


def test_of_fewer_than_are_wanted_all_are_the_best():
    assert ALL.best(9, allowed=OPEN).items.tolist() == [0, 2, 3, 5, 1]
    assert not len(ALL.best(9, allowed=np.zeros(6, dtype=bool)).items)
