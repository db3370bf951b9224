from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.evaluation.beyond_accuracy import judge_variety
from recommendations.engine.evaluation.breakdown import (
    bucket_name,
    bucket_of,
    by_group,
    by_length,
    people_by_group,
    people_by_length,
)
from recommendations.engine.evaluation.judge import judge
from recommendations.engine.evaluation.learning_curve import thin_out
from recommendations.engine.evaluation.splits import hide_items, split_at_random
from recommendations.engine.evaluation.variety import Catalogue
from recommendations.engine.models.popularity import Popularity
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=120, with_events=False)


@pytest.fixture(scope="module")
def split(world):
    return split_at_random(world, seed=1, test_share=0.3)


@pytest.fixture(scope="module")
def judgement(split):
    return judge(Popularity().fit(split.train), split.cases, depth=10, least_stars=4)


def test_buckets_hold_their_first_length():
    assert bucket_of(np.array([0, 1, 4, 5, 299, 300, 5000])).tolist() == [0, 1, 1, 2, 5, 6, 6]
    assert [bucket_name(bucket) for bucket in (0, 1, 6)] == ["0", "1–4", "300+"]


def test_people_are_judged_within_their_bucket(judgement):
    found = by_length([judgement], seed=1)
    for name, figures in found.items():
        positions = [
            row
            for row, length in enumerate(judgement.lengths)
            if bucket_name(int(bucket_of(np.array([length]))[0])) == name
        ]
        expected = judgement.take(np.array(positions)).ndcg.mean()
        assert figures["ndcg@10"].value == pytest.approx(expected)
    assert sum(people_by_length(judgement).values()) == len(judgement.user_ids)


def test_a_group_is_judged_if_it_is_large_enough(judgement):
    rare = replace(judgement, groups=[("rare",), *judgement.groups[1:]])
    assert set(by_group([rare], seed=1)) == {"gender:F", "gender:M"}
    counts = people_by_group(rare)
    assert counts["rare"] == 1
    assert sum(counts.values()) == len(rare.user_ids)


def test_variety_is_that_of_the_lists(split, judgement):
    catalogue = Catalogue.of(split.train)
    found = judge_variety(judgement, split.cases, catalogue, least_stars=4)
    lists = judgement.rankings[:, :10]
    assert found.wholes["coverage@10"] == len(np.unique(lists)) / split.train.n_items
    listed = catalogue.counts[lists].mean(axis=1).sum()
    known = sum(catalogue.counts[case.history.item_indices].mean() for case in split.cases)
    assert found.sums["popularity@10"].value == pytest.approx(listed / known)
    assert found.sums["ndcg@10"] is judgement.sums["ndcg@10"]


def test_lists_among_given_candidates_have_no_variety(world):
    split = hide_items(world, seed=1)
    judgement = judge(Popularity().fit(split.train), split.cases, depth=10, least_stars=4)
    catalogue = Catalogue.of(split.train)
    assert judge_variety(judgement, split.cases, catalogue, least_stars=4) is judgement


def test_a_smaller_share_is_part_of_a_larger_one(split):
    small, large = (thin_out(split, share=share, seed=2) for share in (0.25, 0.5))
    assert small.train.n_users == 30
    assert set(small.train.user_ids) < set(large.train.user_ids)
    assert small.cases is split.cases
    assert thin_out(split, share=1.0, seed=2).train.n_ratings == split.train.n_ratings
