from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.history import History
from recommendations.engine.increments.joined_rows import join_rows
from recommendations.engine.increments.newcomers import with_new_items
from recommendations.engine.items import ItemContent
from recommendations.engine.models import stack
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.top import top_k
from tests.recommendations.engine.worlds import two_camps, with_few_active

N_ITEMS = 90
N_ACTIVE = 30


@pytest.fixture(scope="module")
def world():
    return two_camps(n_items=N_ITEMS, n_users=80)


@pytest.fixture(scope="module")
def model(world):
    return with_few_active(Hybrid(), N_ACTIVE).fit(world)


def assert_near_are_the_best(model, histories, *, number):
    near = model.score_near(histories, numbers=[number] * len(histories))
    expected = model.score_many(histories)
    assert np.allclose(near.scores, expected[:, near.items], atol=1e-9)
    assert np.allclose(near.deviations, expected.std(axis=1), atol=1e-9)
    assert ((near.scores >= near.least[:, np.newaxis]).sum(axis=1) >= number).all()
    for row, scores in enumerate(expected):
        best = near.items[top_k(near.scores[row], number, items=near.items)]
        assert best.tolist() == top_k(scores, number).tolist()


@pytest.mark.parametrize("number", [1, 5, 25])
def test_the_best_by_what_they_can_reach_are_the_best_of_all(world, model, number):
    histories = [History(), *(world.history_of(user) for user in range(0, 80, 4))]
    assert_near_are_the_best(model, histories, number=number)


def test_histories_scored_in_several_blocks_are_scored_alike(world, model, monkeypatch):
    monkeypatch.setattr(stack, "_HISTORIES", 3)
    histories = [world.history_of(user) for user in range(8)]
    assert_near_are_the_best(model, histories, number=5)


def test_reasons_of_near_scores_are_those_of_all(world, model):
    one, same = world.history_of(3), replace(world.history_of(3))
    model.score_near([one], numbers=[5])
    model.score_many([same])
    given = model.contributions(one, [1, 2, 50])
    assert np.allclose(given, model.contributions(same, [1, 2, 50]), atol=1e-9)


def test_most_of_a_catalogue_is_left_out(world, model):
    assert len(model.score_near([world.history_of(3)], numbers=[3]).items) < N_ITEMS


def test_whoever_wants_more_than_is_active_gets_none(world, model):
    assert model.score_near([world.history_of(3)], numbers=[N_ACTIVE + 1]) is None


def test_a_small_catalogue_is_scored_as_a_whole(world):
    assert Hybrid().fit(world).score_near([world.history_of(3)], numbers=[3]) is None


def test_new_items_can_be_among_the_best(world, model):
    new_ids = np.array([1_000, 1_001])
    content = ItemContent(genres=[("Drama",), ("Comedy",)])
    grown = with_new_items(model, item_ids=new_ids, content=content, join=join_rows)
    assert_near_are_the_best(grown, [world.history_of(user) for user in (1, 2)], number=20)
