from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.groups import FEWEST_PEOPLE
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


def test_likes_count_as_they_are_where_asked_for():
    model = Popularity(mean_weight=0, count_weight=0, liked_weight=2, group_weight=0)
    scores = model.fit(world({1: [4, 5, 3], 2: [3], 3: [4]})).score(History())
    assert scores == pytest.approx(2 * np.array([2, 0, 1]) / np.std([2, 0, 1]))


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
    recent = [part[3].value for part in model._parts(History(), [0, 1])]
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


def two_groups(n_each=FEWEST_PEOPLE):
    """Let everybody rate item 1, the women item 2 too and the men item 3."""
    women, men = range(n_each), range(n_each, 2 * n_each)
    users = [*women, *men, *women, *men]
    items = [1] * (2 * n_each) + [2] * n_each + [3] * n_each
    groups = {user: ("gender:F" if user in women else "gender:M",) for user in (*women, *men)}
    return Interactions.from_arrays(
        user_ids=users, item_ids=items, stars=[4.0] * len(users), groups=groups
    )


def test_a_newcomer_is_shown_first_what_their_group_rates():
    model = Popularity(mean_weight=0).fit(two_groups())

    women, men = (model.score(History(group=(f"gender:{code}",))) for code in "FM")

    assert women[1] > women[2]
    assert men[2] > men[1]


def test_the_lift_is_the_damped_ratio_of_own_to_expected_ratings():
    model = Popularity(group_weight=1, group_damping=5).fit(two_groups())

    lift = model.score(History(group=("gender:F",))) - model.score(History())

    own, expected = FEWEST_PEOPLE, FEWEST_PEOPLE / 2
    assert lift == pytest.approx(np.log([1, (own + 5) / (expected + 5), 5 / (expected + 5)]))


def rated(n_items):
    return {
        "item_indices": np.arange(n_items),
        "values": np.full(n_items, 4, dtype=np.float32),
        "timestamps": np.zeros(n_items, dtype=np.int64),
    }


def test_groups_speak_less_with_every_entry_and_then_no_more():
    model = Popularity(first_entries=2).fit(two_groups())
    woman = History(group=("gender:F",))

    lifts = [
        model.score(replace(woman, **rated(n))) - model.score(History(**rated(n))) for n in range(3)
    ]

    assert lifts[1] == pytest.approx(lifts[0] / 2)
    assert lifts[2] == pytest.approx(np.zeros(3))


def test_groups_of_a_few_people_and_unknown_ones_say_nothing():
    model = Popularity().fit(two_groups(n_each=FEWEST_PEOPLE - 1))

    for label in ("gender:F", "occupation:99"):
        assert model.score(History(group=(label,))) == pytest.approx(model.score(History()))


def test_a_copy_with_another_part_has_scores_of_its_own():
    model = Popularity().fit(world({1: [4, 5], 2: [3]}))
    before = model.score(History())
    grown = copy(model)
    grown.mean_part_ = model.mean_part_ + np.float32(1.0)
    assert grown.score(History()) == pytest.approx(before + 1.0)
    assert model.score(History()).tolist() == before.tolist()
