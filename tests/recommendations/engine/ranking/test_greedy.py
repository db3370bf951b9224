import numpy as np
import pytest

from recommendations.engine.ranking.diversity import Sameness
from recommendations.engine.ranking.greedy import (
    Boost,
    causes_of,
    choose,
    nudges_of,
    within_reach,
)
from recommendations.engine.ranking.moves import Nudge
from recommendations.engine.ranking.standouts import StandOut

VALUES = np.array([0.9, 0.8, 0.5])
ITEMS = np.array([30, 10, 20])


def test_without_forces_values_decide_and_ties_go_to_the_earlier():
    choice = choose(np.array([0.5, 0.9, 0.9]), k=5, forces=[])
    assert choice.positions.tolist() == [1, 2, 0]
    assert causes_of(choose(VALUES, k=3, forces=[]), ITEMS) == {}


def test_a_boost_overtakes_and_both_sides_know_why():
    choice = choose(VALUES, k=3, forces=[Boost(why="period", values=np.array([0, 0, 0.45]))])
    assert choice.positions.tolist() == [2, 0, 1]
    assert choice.leaders.tolist() == [0, 0, 1]
    assert causes_of(choice, ITEMS) == {20: "period", 30: "period"}
    assert nudges_of(choice, ITEMS)[20] == (Nudge(why="period", value=0.45),)
    assert nudges_of(choice, ITEMS)[10] == ()


def test_of_two_forces_the_one_with_the_greater_advantage_is_the_cause():
    forces = [
        Boost(why="popularity", values=np.array([0.3, 0.0, 0.5])),  # .2 more than the leader's
        Boost(why="period", values=np.array([0.0, 0.0, 0.4])),  # .4 more
    ]
    assert causes_of(choose(VALUES, k=1, forces=forces), ITEMS)[20] == "period"


def test_nothing_to_choose_from_is_an_empty_choice():
    assert not len(choose(np.zeros(0), k=3, forces=[]).positions)
    assert not len(choose(VALUES, k=0, forces=[]).positions)


@pytest.mark.parametrize("seed", range(20))
def test_who_is_out_of_reach_would_not_be_chosen(seed):
    rng = np.random.default_rng(seed)
    values = np.sort(rng.random(60))[::-1]
    likeness, stand_out = rng.random((60, 60)), rng.normal(size=60)

    def choose_among(near):
        variety = Sameness(
            lambda position: likeness[near[position], near], n_candidates=len(near), strength=0.1
        )
        places = StandOut(stand_out[near], shares=(0.0, 0.0, 0.3))
        return near[choose(values[near], k=7, forces=[variety, places]).positions]

    kinds = StandOut(stand_out, shares=(0.0, 0.0, 0.3)).kinds(7)
    near = within_reach(values, k=7, kinds=kinds, most_off=0.1)
    assert choose_among(near).tolist() == choose_among(np.arange(60)).tolist()
    assert len(near) < 60


def test_all_are_within_reach_where_there_are_hardly_more_than_places():
    near = within_reach(VALUES, k=3, kinds=[(3, np.zeros(3))], most_off=0.1)
    assert near.tolist() == [0, 1, 2]


def test_a_place_is_as_near_as_what_it_adds_makes_it():
    near = within_reach(
        np.array([1.0, 0.9, 0.5, 0.4]), k=1, kinds=[(1, np.array([0, 0, 0, 0.55]))], most_off=0.1
    )
    assert near.tolist() == [0, 1, 3]
