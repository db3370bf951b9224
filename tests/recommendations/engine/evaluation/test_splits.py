import numpy as np
import pytest

from recommendations.engine.evaluation.judge import judge
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.evaluation.splits import (
    hold_people_out,
    leave_last_out,
    newcomers,
    split_at_random,
    split_by_time,
)
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.popularity import Popularity
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


def test_no_protocol_shows_what_it_asks_for(world):
    for protocol in PROTOCOLS.values():
        split = protocol.split(world, 3)
        assert split.cases
        for case in split.cases:
            assert not np.isin(case.target_items, case.history.item_indices).any()


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


def test_a_planted_pattern_shows_in_the_figures(world):
    split = hold_people_out(world, seed=1, n_people=12)
    results = {
        model.name: judge(model.fit(split.train), split.cases, depth=10, least_stars=4)
        for model in (Popularity(), Ease())
    }
    above = results["ease"].ndcg_above(results["popularity"], seed=1)
    assert above.low > 0


def test_stars_are_judged_only_by_models_that_predict_them(world):
    split = split_at_random(world, seed=1)
    without = judge(Popularity().fit(split.train), split.cases, depth=10, least_stars=4)
    figures = judge(Bias().fit(split.train), split.cases, depth=10, least_stars=4).figures(seed=1)
    assert "rmse" not in without.figures(seed=1)
    assert figures["rmse"].low < figures["rmse"].value < figures["rmse"].high


def test_training_on_the_future_would_show(world):
    honest = split_by_time(world, train_share=0.75)
    noise = np.random.default_rng(1).permutation(world.n_ratings) < world.n_ratings // 4
    leaky_train = world.keep_ratings(noise | (world.timestamps > honest.train.newest_timestamp))
    depth = {"depth": 10, "least_stars": 4}
    fair = judge(Popularity().fit(honest.train), honest.cases, **depth)
    leaked = judge(Popularity().fit(leaky_train), honest.cases, **depth)
    assert leaked.ndcg.mean() > fair.ndcg.mean()
