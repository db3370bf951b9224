import numpy as np

from recommendations.engine.ranking.greedy import (
    Boost,
    causes_of,
    choose,
    nudges_of,
)
from recommendations.engine.ranking.moves import Nudge

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
