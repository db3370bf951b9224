"""Ratings that are made up: what must hold of them at any size."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from movies.errors import ImpossiblePlanError
from movies.simulation import Plan, RatingBlock, make_films, make_people, ratings
from movies.simulation.timing import years_of

SMALL = Plan(users=300, movies=200, ratings=5_000, seed=1)
MIDDLING = Plan(users=1_200, movies=1_500, ratings=150_000, seed=3)
PLANS = pytest.mark.parametrize("plan", [SMALL, MIDDLING])


@cache
def made_up(plan: Plan) -> RatingBlock:
    blocks = list(ratings.rate_films(plan, make_films(plan), make_people(plan)))
    names = ("users", "items", "half_stars", "seconds")
    joined = {name: np.concatenate([getattr(block, name) for block in blocks]) for name in names}
    return RatingBlock(**joined)


@PLANS
def test_there_are_as_many_ratings_as_asked_for_and_nobody_rates_a_film_twice(plan):
    made = made_up(plan)
    assert len(np.unique(made.users * plan.movies + made.items)) == plan.ratings
    assert set(made.users.tolist()) == set(range(plan.users))


def test_the_same_seed_makes_up_the_same():
    again = next(ratings.rate_films(SMALL, make_films(SMALL), make_people(SMALL)))
    assert np.array_equal(again.items, made_up(SMALL).items)
    assert np.array_equal(again.seconds, made_up(SMALL).seconds)
    other = Plan(users=300, movies=200, ratings=5_000, seed=2)
    assert not np.array_equal(made_up(other).items, again.items)


@PLANS
def test_people_rate_in_order_of_time_and_nothing_before_it_is_out(plan):
    made, films = made_up(plan), make_films(plan)
    assert (np.diff(made.seconds)[np.diff(made.users) == 0] >= 0).all()
    assert (years_of(made.seconds) >= films.years[made.items]).all()


def test_many_blocks_give_whole_histories(monkeypatch):
    monkeypatch.setattr(ratings, "BLOCK_RATINGS", 1_000)
    blocks = list(ratings.rate_films(SMALL, make_films(SMALL), make_people(SMALL)))
    assert len(blocks) > 3
    for before, after in pairwise(blocks):
        assert before.users[-1] + 1 == after.users[0]


def test_few_films_carry_most_ratings_and_few_people_give_them():
    made = made_up(MIDDLING)
    for places in (made.users, made.items):
        counts = np.sort(np.bincount(places))[::-1]
        assert counts[: len(counts) // 5].sum() > 0.45 * counts.sum()


def test_likes_follow_tastes():
    made, films, people = made_up(MIDDLING), make_films(MIDDLING), make_people(MIDDLING)
    liking = np.einsum("ij,ij->i", people.tastes[made.users], films.tastes[made.items])
    assert np.corrcoef(liking, made.half_stars)[0, 1] > 0.3


def test_half_stars_are_given_as_often_as_planned():
    shares = np.bincount(made_up(MIDDLING).half_stars, minlength=11)[1:] / MIDDLING.ratings
    assert shares[[0, 7]] == pytest.approx([0.014, 0.266], abs=0.02)


@pytest.mark.parametrize(
    ("users", "movies", "n_ratings"), [(0, 10, 10), (10, 10, 5), (10, 10, 1_000)]
)
def test_what_cannot_be_is_refused(users, movies, n_ratings):
    with pytest.raises(ImpossiblePlanError):
        Plan(users=users, movies=movies, ratings=n_ratings, seed=1)
