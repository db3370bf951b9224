from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.evaluation.splits import (
    hide_items,
    hold_people_out,
    leave_last_out,
    newcomers,
    shuffle_ties,
    sort_ties_by_item,
    split_at_random,
    split_by_time,
    split_fold,
)
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=120, with_events=False)


def n_held_back(split):
    return sum(len(case.target_items) for case in split.cases)


def test_a_cut_in_time_never_shows_the_future(world):
    split = split_by_time(world, train_share=0.75)
    newest = split.train.newest_timestamp
    assert split.train.n_ratings + n_held_back(split) == world.n_ratings
    assert all(case.history.timestamps.max(initial=0) <= newest for case in split.cases)
    later = world.timestamps[world.timestamps > newest]
    assert all(newest <= case.history.as_of <= later.min() for case in split.cases)
    assert any(case.history.n_ratings == 0 for case in split.cases)


def test_a_cut_in_time_forgets_later_events():
    world = two_camps(n_users=120)
    spread = np.linspace(world.timestamps.min(), world.timestamps.max(), len(world.events))
    events = replace(world.events, timestamps=spread.astype(np.int64))
    world = replace(world, events=events)
    split = split_by_time(world, train_share=0.75)
    is_early = world.events.timestamps <= split.cut
    assert 0 < is_early.sum() < len(world.events)
    assert len(split.train.events) == is_early.sum()
    assert max(case.history.events.timestamps.max(initial=0) for case in split.cases) <= split.cut


def test_people_held_out_are_not_trained_on(world):
    split = hold_people_out(world, seed=1, n_people=10)
    assert split.train.n_users == world.n_users - 10
    assert split.train.n_ratings + 10 * 12 == world.n_ratings
    assert len(split.cases) <= 10


def test_low_ratings_of_people_held_out_can_be_left_out(world):
    split = hold_people_out(world, seed=1, n_people=10, least_stars=4)
    for case in split.cases:
        assert min(case.history.values.min(initial=5), case.target_stars.min()) >= 4


def test_the_last_rating_is_the_last_in_the_order_given(world):
    split = leave_last_out(world)
    assert len(split.cases) == world.n_users
    for user, case in enumerate(split.cases):
        assert case.target_items.tolist() == world.history_of(user).item_indices[-1:].tolist()


def test_ties_are_shuffled_within_their_second_only(world):
    shuffled = shuffle_ties(world, seed=4)
    mine, theirs = world.history_of(3), shuffled.history_of(3)
    assert mine.timestamps.tolist() == theirs.timestamps.tolist()
    assert mine.item_indices.tolist() != theirs.item_indices.tolist()
    assert set(mine.item_indices) == set(theirs.item_indices)
    again = shuffle_ties(world, seed=4).history_of(3)
    assert again.item_indices.tolist() == theirs.item_indices.tolist()


def test_ties_can_follow_the_item(world):
    history = sort_ties_by_item(world).history_of(3)
    pairs = list(zip(history.timestamps, history.item_indices, strict=True))
    assert pairs == sorted(pairs)


def test_each_rating_is_held_back_in_one_fold(world):
    folds = [split_fold(world, seed=2, fold=fold, n_folds=5) for fold in range(5)]
    assert [n_held_back(split) for split in folds] == [world.n_ratings // 5] * 5
    held = [
        (case.user_id, item)
        for split in folds
        for case in split.cases
        for item in case.target_items
    ]
    assert len(set(held)) == world.n_ratings


def test_cold_movies_are_known_by_their_content_only(world):
    split = hide_items(world, seed=1, share=0.2)
    n_rated = len(np.unique(world.user_items.indices))
    assert len(split.hidden_items) == round(0.2 * n_rated)
    assert split.train.n_items == world.n_items
    assert not np.isin(split.train.user_items.indices, split.hidden_items).any()
    for case in split.cases:
        assert np.isin(case.target_items, split.hidden_items).all()
        assert case.candidates is split.hidden_items
    assert n_held_back(split) + split.train.n_ratings == world.n_ratings


def test_newcomers_are_known_by_their_first_ratings(world):
    split = newcomers(world, seed=1, n_people=10, n_known=3)
    assert {case.history.n_ratings for case in split.cases} == {3}
    assert {len(case.target_items) for case in split.cases} == {9}


def test_a_seed_gives_the_same_split_again(world):
    first, second = (split_at_random(world, seed=5) for _ in range(2))
    assert np.array_equal(first.train.timestamps, second.train.timestamps)
    assert not np.array_equal(
        first.train.user_items.indices, split_at_random(world, seed=6).train.user_items.indices
    )
