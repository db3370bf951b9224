import numpy as np

from recommendations.engine.ranking.boosts import (
    decade_boost,
    period_boost,
    popularity_boost,
    standardise,
)


def test_popularity_works_in_both_directions():
    counts = np.array([0.0, 9.0, 99.0])  # log(1 + count) is 0, 1 and 2 times log 10
    assert np.allclose(popularity_boost(counts, popularity=0.5), [-0.6124, 0, 0.6124], atol=1e-4)
    assert np.allclose(popularity_boost(counts, popularity=-1), [1.2247, 0, -1.2247], atol=1e-4)


def test_newer_films_are_lifted_and_unknown_years_left_alone():
    boost = period_boost(np.array([1980, 0, 2000]), newness=0.3)
    assert np.allclose(boost, [-0.3, 0.0, 0.3])
    assert np.allclose(period_boost(np.array([1980, 0, 2000]), newness=-0.3), -boost)


def test_a_decade_is_lifted_and_its_neighbours_half():
    years = np.array([1970, 1979, 1989, 1960, 2009, 0])
    expected = [0.8, 0.8, 0.4, 0.4, 0.1, 0]
    assert np.allclose(decade_boost(years, decade=1970, strength=0.8), expected)


def test_what_does_not_differ_is_not_boosted():
    assert popularity_boost(np.full(3, 7.0), popularity=1).tolist() == [0, 0, 0]
    assert period_boost(np.zeros(2, dtype=np.int64), newness=1).tolist() == [0, 0]
    assert not len(standardise(np.zeros(0)))
