import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.engine.events import Events
from recommendations.engine.history import History
from recommendations.engine.ranking.calibration import (
    GenreFit,
    calibrate,
    divergence,
    genre_membership,
    genre_mix,
)

COMEDY, DRAMA, WAR = 0, 1, 2
MEMBERSHIP = genre_membership([[COMEDY], [DRAMA], [WAR, DRAMA], [], [COMEDY]], n_genres=3)


def history(items, stars, times=None, events=None):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.zeros(len(items), dtype=np.int64) if times is None else np.array(times),
        as_of=864_000,
        events=Events.none() if events is None else events,
    )


def mix(some, **options):
    return genre_mix(some, MEMBERSHIP[some.entry_items], **options)


def test_the_genres_of_an_item_share_it_equally():
    assert MEMBERSHIP.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 0], [1, 0, 0]]


def test_a_mix_weighs_genres_by_stars():
    # 4 stars weigh 1, 3 stars .4: comedy 1, drama .2, war .2.
    assert np.allclose(mix(history([0, 2], [4, 3])), [1 / 1.4, 0.2 / 1.4, 0.2 / 1.4])


def test_with_a_half_life_old_ratings_fade():
    ten_days_apart = history([0, 1], [4, 4], times=[0, 864_000])
    assert np.allclose(mix(ten_days_apart, half_life_days=10.0), [1 / 3, 2 / 3, 0])


def test_a_watchlist_counts_and_a_dismissal_does_not():
    events = Events(
        item_indices=np.array([1, 0]),
        codes=np.array([1, 2], dtype=np.int8),
        timestamps=np.array([1, 2]),
    )
    assert np.allclose(mix(history([], [], events=events)), [0, 1, 0])


@pytest.mark.parametrize(("items", "stars"), [([], []), ([3], [5]), ([0], [1])])
def test_nothing_liked_with_a_genre_is_no_mix(items, stars):
    assert mix(history(items, stars)) is None


def test_divergence_is_as_worked_out():
    wanted, found = np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0])
    # q̃ = .99 q + .01 p = (.995, .005)
    expected = 0.5 * np.log(0.5 / 0.995) + 0.5 * np.log(0.5 / 0.005)
    assert divergence(wanted, found) == pytest.approx(expected)
    assert divergence(wanted, wanted) == pytest.approx(0.0)
    assert divergence(wanted, np.zeros(3)) == pytest.approx(-np.log(0.01))


genre_sets = st.lists(st.lists(st.integers(0, 3), unique=True, max_size=3), min_size=1, max_size=12)


@settings(deadline=None)
@given(genres=genre_sets, weights=st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_the_force_is_the_divergence_worked_out_the_slow_way(genres, weights):
    if not sum(weights):
        return
    membership = genre_membership(genres, n_genres=4)
    wanted = np.array(weights) / sum(weights)
    force = GenreFit(membership, wanted, strength=2.0)
    listed = np.zeros((0, 4))
    for position in range(len(genres)):
        slow = []
        for candidate in membership:
            rows = np.vstack([listed, candidate])
            rows = rows[rows.any(axis=1)]
            slow.append(divergence(wanted, rows.mean(axis=0) if len(rows) else np.zeros(4)))
        assert np.allclose(force.pull(), -2.0 * np.array(slow))
        force.take(position)
        listed = np.vstack([listed, membership[position]])


def test_a_lover_of_two_genres_gets_both():
    candidates = np.arange(10, 16)
    membership = genre_membership([[0], [0], [0], [0], [1], [1]], n_genres=2)
    options = {"scores": np.linspace(1, 0, 6), "membership": membership, "k": 4}
    wanted = np.array([0.5, 0.5])
    assert calibrate(candidates, **options, wanted=wanted, calibration=0.0).tolist() == [
        10, 11, 12, 13,
    ]  # fmt: skip
    assert calibrate(candidates, **options, wanted=None, calibration=0.9).tolist() == [
        10, 11, 12, 13,
    ]  # fmt: skip
    assert calibrate(candidates, **options, wanted=wanted, calibration=0.9).tolist() == [
        10, 14, 11, 15,
    ]  # fmt: skip


def test_nothing_to_calibrate_stays_empty():
    empty = np.zeros(0, dtype=np.int64)
    found = calibrate(
        empty,
        scores=np.zeros(0),
        membership=np.zeros((0, 2)),
        wanted=np.array([0.5, 0.5]),
        k=3,
        calibration=0.5,
    )
    assert not len(found)
