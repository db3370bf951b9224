from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.errors import LeakError
from recommendations.engine.evaluation.leaks import check_no_leak
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.evaluation.splits import (
    Split,
    hide_items,
    hold_people_out,
    keep_events,
    leave_last_out,
    split_at_random,
    split_by_time,
)
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=120)


def leaks(split, message):
    with pytest.raises(LeakError, match=message):
        check_no_leak(split)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_protocol_leaks(world, name):
    assert PROTOCOLS[name].split(world, 3).cases


def test_a_target_planted_in_training_is_caught(world):
    split = split_at_random(world, seed=1)
    case = split.cases[0]
    is_target = (world.user_ids[world.rating_users] == case.user_id) & (
        world.user_items.indices == case.target_items[0]
    )
    is_train = np.random.default_rng(1).random(world.n_ratings) >= 0.1
    leaks(replace(split, train=world.keep_ratings(is_train | is_target)), "training ratings of its")


def test_a_rating_of_the_future_in_training_is_caught(world):
    split = split_by_time(world)
    is_planted = world.timestamps <= split.cut
    is_planted[np.argmax(world.timestamps)] = True
    only_future = replace(split, train=world.keep_ratings(is_planted), cases=[])
    leaks(only_future, "training rating is newer")


def test_an_event_of_the_future_in_training_is_caught(world):
    split = split_by_time(world)
    late = replace(split.train.events, timestamps=split.train.events.timestamps + 10**9)
    leaks(replace(split, train=replace(split.train, events=late)), "training event is newer")


def test_a_target_in_the_history_is_caught(world):
    split = split_at_random(world, seed=1)
    case = split.cases[0]
    planted = replace(case, target_items=case.history.item_indices[:1])
    leaks(replace(split, cases=[planted]), "training ratings|in the history")


def test_an_event_about_a_target_is_caught(world):
    split = split_at_random(world, seed=1)
    told = replace(
        split,
        train=replace(
            world,
            user_items=split.train.user_items,
            timestamps=split.train.timestamps,
            sequence=split.train.sequence,
        ),
    )
    cells = world.event_user_indices * world.n_items + world.events.item_indices
    kept = split.train.event_user_indices * world.n_items + split.train.events.item_indices
    assert len(np.setdiff1d(cells, kept))
    leaks(told, "an event about a target is in training")


def test_a_judged_stranger_in_training_is_caught(world):
    split = hold_people_out(world, seed=1, n_people=10, known_share=0.5)
    known = replace(
        split.cases[0],
        user_id=int(split.train.user_ids[0]),
        target_items=np.zeros(0, dtype=np.int64),
        history=split.cases[0].history.take(np.zeros(0, dtype=np.int64)),
    )
    leaks(replace(split, cases=[known]), "trained on|event about")


def test_a_hidden_item_in_training_is_caught(world):
    split = hide_items(world, seed=1, share=0.2)
    nobody = replace(split, train=keep_events(world, np.zeros(len(world.events), bool)), cases=[])
    leaks(nobody, "hidden item is rated in training")


def test_a_target_outside_of_its_candidates_is_caught(world):
    split = hide_items(world, seed=1, share=0.2)
    narrow = replace(split.cases[0], candidates=split.cases[0].target_items[1:])
    leaks(replace(split, cases=[narrow]), "candidates")


def test_a_history_newer_than_its_target_is_caught(world):
    split = leave_last_out(world)
    case = split.cases[0]
    early = replace(case, target_timestamps=case.target_timestamps - 10**6)
    leaks(replace(split, cases=[early]), "newer than what is asked")


def test_a_protocol_that_leaks_gives_no_split(world):
    leaky = replace(PROTOCOLS["random"], draw=lambda data, _: Split(train=data, cases=cases))
    cases = split_at_random(world, seed=1).cases
    with pytest.raises(LeakError):
        leaky.split(world, 1)
