from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from movies.demo.films import read_films
from movies.demo.people import FEWEST_RATINGS, MOST_RATINGS, PEOPLE, simulate_people
from movies.demo.tastes import TASTES, affinity


@pytest.fixture(scope="module")
def films():
    return read_films()


@pytest.fixture(scope="module")
def people(films):
    return simulate_people(films)


@pytest.fixture(scope="module")
def half_stars(people):
    return np.array([rating.half_stars for person in people for rating in person.ratings])


def test_same_seed_gives_the_same_people(films, people):
    assert simulate_people(films) == people


def test_another_seed_gives_other_ratings(films, people):
    assert simulate_people(films, seed=8)[0].ratings != people[0].ratings


def test_too_few_films_are_refused(films):
    with pytest.raises(ValueError, match="at least 150 films, got 10"):
        simulate_people(films[:10])


def test_names_say_that_people_are_simulated(people):
    assert len(people) == PEOPLE
    assert people[16].display_name == "Simulated viewer 17"
    assert len({person.display_name for person in people}) == PEOPLE


def test_ratings_are_half_stars_in_range(half_stars):
    assert set(half_stars.tolist()) == set(range(1, 11))


def test_nobody_rates_a_film_twice(people):
    for person in people:
        rated = [rating.movielens_id for rating in person.ratings]
        assert len(set(rated)) == len(rated)


def test_times_ascend_over_five_years(people):
    for person in people:
        assert all(a.rated_at < b.rated_at for a, b in pairwise(person.ratings))
    moments = [rating.rated_at for person in people for rating in person.ratings]
    assert {moment.year for moment in moments} == {2019, 2020, 2021, 2022, 2023}


def test_stars_are_spread_like_those_of_movielens(half_stars):
    """MovieLens latest-small: mean 3.50 stars, deviation 1.04; whole stars aside."""
    assert 3.4 < half_stars.mean() / 2 < 3.6
    assert 0.8 < half_stars.std() / 2 < 1.1


def test_activity_has_a_long_tail(people):
    counts = np.array([len(person.ratings) for person in people])
    assert counts.min() >= FEWEST_RATINGS
    assert counts.max() <= MOST_RATINGS
    assert counts.mean() > 1.15 * np.median(counts)


def test_a_tenth_of_the_films_gets_a_quarter_of_the_ratings(films, people):
    counts = Counter(rating.movielens_id for person in people for rating in person.ratings)
    top = sum(count for _, count in counts.most_common(len(films) // 10))
    assert top > counts.total() / 4
    assert min(counts.values()) < np.median(list(counts.values())) / 2


@pytest.mark.parametrize("taste", TASTES, ids=lambda taste: taste.slug)
def test_planted_taste_shows_in_the_ratings(taste, films, people):
    affinity_of = {film.movielens_id: affinity(taste, film) for film in films}
    ratings = [rating for person in people if person.taste is taste for rating in person.ratings]
    loved = [r.half_stars / 2 for r in ratings if affinity_of[r.movielens_id] >= 0.6]
    others = [r.half_stars / 2 for r in ratings if affinity_of[r.movielens_id] <= 0]
    assert np.mean(loved) - np.mean(others) > 0.5


@pytest.mark.parametrize("taste", TASTES, ids=lambda taste: taste.slug)
def test_people_look_for_what_suits_them(taste, films, people):
    loved = {film.movielens_id for film in films if affinity(taste, film) >= 0.6}
    seen = [
        rating.movielens_id in loved
        for person in people
        if person.taste is taste
        for rating in person.ratings
    ]
    assert np.mean(seen) > 1.5 * len(loved) / len(films)


@pytest.mark.parametrize("taste", TASTES, ids=lambda taste: taste.slug)
def test_every_taste_has_films_to_love(taste, films):
    assert sum(affinity(taste, film) >= 0.6 for film in films) >= 15


def test_affinity_stays_between_minus_one_and_one(films):
    values = [affinity(taste, film) for taste in TASTES for film in films]
    assert min(values) >= -1
    assert max(values) == 1


def test_tags_are_put_on_liked_films_only(people, films):
    tags_of = {film.movielens_id: film.tags for film in films}
    for person in people:
        liked = {rating.movielens_id for rating in person.ratings if rating.half_stars >= 8}
        for tag in person.tags:
            assert tag.movielens_id in liked
            assert tag.name in tags_of[tag.movielens_id]


def test_some_people_never_tag(people):
    counts = Counter(len(person.tags) for person in people)
    assert counts[0] > 0
    assert max(counts) <= 6
