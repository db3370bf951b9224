from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.events import Events
from recommendations.engine.history import History
from recommendations.engine.models.evidence import Evidence


def rated(*stars, n_events=0):
    places = np.arange(n_events)
    return History(
        item_indices=np.arange(len(stars)),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(stars)),
        events=Events(item_indices=places, codes=places.astype(np.int8), timestamps=places),
    )


def test_a_history_with_low_ratings_is_a_diary():
    shown = Evidence.of(rated(5, 1, 4, 2))  # half of it is low: .5 / (.5 + .05)
    assert shown.diary == pytest.approx(10 / 11)
    assert shown.length == pytest.approx(4 * (1 + 3 / 11))


def test_a_choice_of_favourites_stands_for_a_longer_history():
    assert Evidence.of(rated(4, 5, 4.5)) == Evidence(length=12.0, diary=0.0)


def test_a_diary_shows_more_and_more_with_every_low_rating():
    shown = [Evidence.of(rated(*[2] * low, *[5] * (10 - low))).diary for low in range(11)]
    assert shown == sorted(set(shown))


def test_nothing_shows_nothing_and_events_alone_are_no_diary():
    assert Evidence.of(History()) == Evidence(length=0.0, diary=0.0)
    assert Evidence.of(rated(n_events=2)) == Evidence(length=2.0, diary=0.0)


def test_whoever_rated_last_days_ago_was_away():
    history = rated(5, 1, 4)  # the last in second 2
    shown = [Evidence.of(replace(history, as_of=moment)).away for moment in (0, 2, 2 + 6 * 3_600)]
    assert shown == pytest.approx([0, 0, 0.5])


def test_nobody_is_away_whose_times_are_not_known():
    history = replace(rated(5, 1), timestamps=np.zeros(2, dtype=np.int64), as_of=1_700_000_000)
    assert Evidence.of(history).away == 0.0


def test_an_event_is_a_sign_of_life():
    history = replace(rated(5, 1, n_events=8), as_of=7)
    assert Evidence.of(history).away == 0.0
    assert Evidence.of(History(as_of=7)).away == 0.0
