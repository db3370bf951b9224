from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.events import Events
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.models.newcomers_choice import FEWEST_PEOPLE, choose_for_newcomers
from recommendations.engine.models.popularity import Popularity
from tests.recommendations.engine.worlds import two_camps

WORLD = two_camps(n_users=FEWEST_PEOPLE, with_events=False)
WISE, BLIND = EaseLayer(ridge=20), Popularity()  # in two camps the popular is right half the time


@pytest.mark.parametrize(
    ("candidates", "chosen"), [((WISE, BLIND), 0), ((BLIND, WISE), 1), ((BLIND, BLIND), 0)]
)
def test_the_better_for_newcomers_is_chosen_and_of_equals_the_first(candidates, chosen):
    assert choose_for_newcomers(candidates, WORLD, seed=1) == chosen


def test_with_too_few_people_to_tell_the_first_stays():
    few = WORLD.keep_users(np.arange(FEWEST_PEOPLE - 1))
    assert choose_for_newcomers((BLIND, WISE), few, seed=1) == 0


def test_where_nobody_likes_anything_the_first_stays():
    dull = WORLD.keep_ratings(WORLD.user_items.data < 4)
    assert choose_for_newcomers((BLIND, WISE), dull, seed=1) == 0


def test_people_without_a_rating_do_not_count():
    raters = np.flatnonzero(np.diff(WORLD.user_items.indptr))
    lookers = replace(
        WORLD.keep_ratings(WORLD.rating_users < 1),
        event_user_indices=raters,
        events=Events(
            item_indices=raters % 3,
            codes=np.zeros(len(raters), dtype=np.int8),
            timestamps=raters,
        ),
    )
    for seed in range(20):
        assert choose_for_newcomers((BLIND, WISE), lookers, seed=seed) == 0


def test_candidates_stay_unfitted():
    choose_for_newcomers((BLIND, WISE), WORLD, seed=1)
    assert not hasattr(WISE, "weights_")


def test_a_layer_takes_the_ridge_that_serves_newcomers():
    absurd = EaseLayer(ridge=1e9, other_ridges=(20.0,)).fit(WORLD)
    assert np.array_equal(absurd.weights_, WISE.fit(WORLD).weights_)
