from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from recommendations.engine.increments.trails import without_common_past
from recommendations.engine.models.lagged_ridge import Problem
from recommendations.engine.models.sequence import Sequence
from tests.recommendations.engine.increments.worlds import Rows, changed_rows

WINDOW = 3


@pytest.fixture(scope="module")
def trails():
    """Return the trails before and after, people numbered alike, and the model's kernels."""
    rows = Rows.random()
    before, after = rows.interactions(), changed_rows(rows)[0].interactions()
    people = np.union1d(before.user_ids, after.user_ids)
    model = Sequence(window=WINDOW)
    model.choose_active(before)
    numbered = []
    for world in (before, after):
        trail = model.trail(world)
        users = np.searchsorted(people, world.user_ids)[trail.users]
        numbered.append(replace(trail, users=users))
    return numbered, model.kernels()


def differences(before, after, kernels):
    """Return by how much every sum of the regression changes, worked out from whole trails."""
    old, new = (Problem(trail=trail, n_items=40, n_rows=1) for trail in (before, after))
    yield new.target_means - old.target_means
    for first, second in product(kernels, repeat=2):
        yield new.products(first, second) - old.products(first, second)
    for kernel in kernels:
        yield new.successions(kernel) - old.successions(kernel)
        yield new.input_means(kernel) - old.input_means(kernel)


def test_the_change_of_every_sum_stays(trails):
    whole, kernels = trails
    short = without_common_past(*whole, window=WINDOW)
    for ours, theirs in zip(
        differences(*short, kernels), differences(*whole, kernels), strict=True
    ):
        assert np.abs(theirs).max() > 0
        assert np.allclose(ours, theirs, atol=1e-5)


def test_only_what_is_near_a_change_is_left(trails):
    whole, _ = trails
    before, after = without_common_past(*whole, window=WINDOW)
    assert len(before.users) < len(whole[0].users) / 4
    assert set(np.unique(after.users)) < set(np.unique(whole[1].users))


def test_of_the_same_trails_nothing_is_left(trails):
    (before, _), _ = trails
    assert [len(trail.users) for trail in without_common_past(before, before, window=3)] == [0, 0]


def test_products_added_with_a_sign_are_those_made_anew(trails):
    (before, after), kernels = trails
    plus, minus = (Problem(trail=trail, n_items=40, n_rows=1) for trail in (after, before))
    for first, second in product(kernels, repeat=2):
        total = minus.products(first, second)
        minus.add_products(total, first, second, sign=-1)
        plus.add_products(total, first, second)
        assert np.allclose(total, plus.products(first, second), atol=1e-4)
