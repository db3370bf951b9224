import numpy as np

from recommendations.engine.ranking.calibration import genre_membership
from recommendations.engine.ranking.cold_start import spread_out

ITEMS = np.arange(20, 26)
SCORES = np.linspace(1, 0, 6)
GENRES = genre_membership([[0], [0], [0], [1], [1], [2]], n_genres=3)
YEARS = np.array([1994, 1995, 1972, 1999, 1981, 1960])


def spread(**changes):
    options = {"scores": SCORES, "membership": GENRES, "years": YEARS, "k": 6}
    return spread_out(ITEMS, **{**options, **changes}).tolist()


def test_the_best_is_first_and_all_are_there():
    assert spread()[0] == 20
    assert sorted(spread()) == ITEMS.tolist()
    assert spread(k=99) == spread()


def test_the_twin_of_the_first_never_stands_beside_it():
    # 21 has the genre and the decade of 20; with variety 0 nothing else keeps it away.
    assert spread(variety=0.0, k=3) == [20, 22, 21]


def test_the_second_differs_in_genre_and_period():
    # Of 22 (.6 − .5, same genre), 23 (.4 − .5, same decade), 24 (.2), 25 (0) the 24 is worth most.
    assert spread(k=2) == [20, 24]


def test_likeness_keeps_neighbours_apart():
    alike = np.eye(6)
    alike[0, 2] = alike[2, 0] = 0.7
    assert spread(variety=0.0, k=2, likeness=lambda place: alike[place]) == [20, 23]


def test_films_of_which_nothing_is_known_are_no_twins():
    found = spread(membership=np.zeros((6, 3)), years=np.zeros(6, dtype=np.int64))
    assert found == ITEMS.tolist()


def test_where_all_are_twins_they_still_fill_the_list():
    found = spread(membership=np.ones((6, 1)), years=np.full(6, 1990))
    assert sorted(found) == ITEMS.tolist()


def test_nothing_gives_nothing():
    empty = np.zeros(0, dtype=np.int64)
    assert not len(
        spread_out(empty, scores=np.zeros(0), membership=np.zeros((0, 2)), years=empty, k=3)
    )
