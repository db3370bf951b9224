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
from recommendations.engine.tags import GivenTags
from tests.recommendations.engine.worlds import tagged_camps, two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=120)


@pytest.fixture(scope="module")
def tagged():
    return tagged_camps()


def leaks(split, message):
    with pytest.raises(LeakError, match=message):
        check_no_leak(split)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_protocol_leaks(world, name):
    assert PROTOCOLS[name].split(world, 3).cases


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_protocol_leaks_by_tags(tagged, name):
    """All tags planted back are caught, so leaving some out is what keeps a split honest."""
    split = PROTOCOLS[name].split(tagged, 3)
    assert 0 < len(split.train.given_tags) < len(tagged.given_tags)
    all_tags = split.train.with_tags(tagged.given_tags)
    leaks(replace(split, train=all_tags), "tag")


def plant(split, *, user_id, item, time):
    """Return the split with one more tag."""
    tags = split.train.given_tags
    more = GivenTags(
        user_ids=np.append(tags.user_ids, user_id),
        item_indices=np.append(tags.item_indices, item),
        codes=np.append(tags.codes, 0),
        timestamps=np.append(tags.timestamps, time),
        terms=tags.terms,
    )
    return replace(split, train=split.train.with_tags(more))


def test_a_tag_after_the_cut_is_caught(tagged):
    split = split_by_time(tagged)
    anybody = {"user_id": -1, "item": 0}
    assert check_no_leak(plant(split, **anybody, time=split.cut))
    leaks(plant(split, **anybody, time=split.cut + 1), "a tag is newer than the cut")


def test_a_tag_about_a_target_is_caught(tagged):
    split = split_at_random(tagged, seed=1)
    case = split.cases[0]
    target = {"item": case.target_items[0], "time": 0}
    assert check_no_leak(plant(split, user_id=-1, **target))
    leaks(plant(split, user_id=case.user_id, **target), "a target has a tag of its person")


def test_a_later_tag_of_a_person_is_caught_where_time_is_followed(tagged):
    split = leave_last_out(tagged)
    case = split.cases[0]
    (moment,) = case.target_timestamps
    other = {"user_id": case.user_id, "item": case.history.item_indices[0]}
    assert check_no_leak(plant(split, **other, time=moment))
    leaks(plant(split, **other, time=moment + 1), "a tag is newer than what is asked")


def test_a_tag_of_a_stranger_is_caught(tagged):
    split = hold_people_out(tagged, seed=1, n_people=10)
    planted = plant(split, user_id=split.cases[0].user_id, item=0, time=0)
    leaks(planted, "somebody who is judged gave a tag")


def test_a_tag_of_a_hidden_item_is_caught(tagged):
    split = hide_items(tagged, seed=1, share=0.2)
    leaks(plant(split, user_id=-1, item=split.hidden_items[0], time=0), "hidden item has a tag")


def test_tags_in_the_content_that_were_left_out_are_caught(tagged):
    split = split_by_time(tagged)
    planted = replace(split.train, content=tagged.content)
    leaks(replace(split, train=planted), "tags that nobody gave")


def test_a_later_event_of_a_person_is_caught_where_time_is_followed(world):
    split = leave_last_out(world)
    case = next(case for case in split.cases if len(case.history.events))
    events = case.history.events
    late = replace(events, timestamps=events.timestamps + 10**9)
    leaks(
        replace(split, cases=[replace(case, history=replace(case.history, events=late))]), "newer"
    )


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
