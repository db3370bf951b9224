import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.popularity import Popularity

DAY = 86_400


def world(stars_by_item, *, times=None):
    users, items, stars = [], [], []
    for item, given in stars_by_item.items():
        users += range(len(given))
        items += [item] * len(given)
        stars += given
    return Interactions.from_arrays(user_ids=users, item_ids=items, stars=stars, timestamps=times)


def test_the_score_is_the_log_of_damped_mean_times_damped_count():
    model = Popularity(mean_damping=2, count_damping=1, mean_weight=1)
    scores = model.fit(world({1: [4, 5], 2: [3]})).score(History())
    assert scores[0] == pytest.approx(np.log((9 + 2 * 4) / 4) + np.log(2 + 1))
    assert scores[1] == pytest.approx(np.log((3 + 2 * 4) / 3) + np.log(1 + 1))


def test_one_perfect_rating_does_not_beat_many_good_ones():
    model = Popularity().fit(world({1: [5], 2: [4.5, 4.5, 4, 5, 4, 4.5]}))
    assert model.score(History())[1] > model.score(History())[0]


def test_between_equally_many_the_better_liked_wins():
    scores = Popularity().fit(world({1: [3, 3], 2: [4, 5]})).score(History())
    assert scores[1] > scores[0]


def test_recent_ratings_count_by_half_life():
    times = [0, 0, 60 * DAY]
    model = Popularity(mean_weight=0, recent_weight=1, half_life_days=60, count_damping=1)
    model.fit(world({1: [4, 4], 2: [4]}, times=times))
    recent = [part[2].value for part in model._parts(History(), [0, 1])]
    assert recent == pytest.approx([np.log(2 * 0.5 + 1), np.log(1 + 1)])


def test_everybody_gets_the_same_scores():
    model = Popularity().fit(world({1: [4], 2: [5]}))
    somebody = History(
        item_indices=np.array([0]),
        values=np.array([5], dtype=np.float32),
        timestamps=np.array([0]),
    )
    assert np.array_equal(model.score(somebody), model.score(History()))


def test_a_damping_of_nothing_is_refused():
    with pytest.raises(HyperparameterError, match="above 0"):
        Popularity(mean_damping=0).fit(world({1: [4]}))
