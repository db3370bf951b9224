import numpy as np
import pytest

from recommendations.engine.evaluation.judge import judge, judge_intervals, pool
from recommendations.engine.evaluation.rankings import NOTHING, find_hits, rank_cases
from recommendations.engine.evaluation.splits import hold_people_out, split_at_random
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.item_knn import ItemKnn
from recommendations.engine.models.popularity import Popularity
from tests.recommendations.engine.worlds import two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=120, with_events=False)


def test_lists_hold_everything_but_the_history_in_order_of_score(world):
    split = split_at_random(world, seed=1)
    model = Ease().fit(split.train)
    rankings = rank_cases(model, split.cases[:5], world.n_items)
    for case, ranking in zip(split.cases, rankings, strict=False):
        scores = model.score(case.history)
        outside = np.setdiff1d(np.arange(world.n_items), case.history.item_indices)
        expected = sorted(outside, key=lambda item: (-scores[item], item))
        assert ranking[: len(outside)].tolist() == expected
        assert (ranking[len(outside) :] == NOTHING).all()


def test_hits_are_found_where_they_are():
    rankings = np.array([[3, 1, NOTHING], [0, 2, 1]])
    hits, n_relevant = find_hits(rankings, [np.array([1, 2]), np.array([0])], n_items=4)
    assert hits.tolist() == [[False, True, False], [True, False, False]]
    assert n_relevant.tolist() == [2, 1]


def test_a_planted_pattern_shows_in_the_figures(world):
    split = hold_people_out(world, seed=1, n_people=12)
    results = {
        model.name: judge(model.fit(split.train), split.cases, depth=10, least_stars=4)
        for model in (Popularity(), Ease())
    }
    assert results["ease"].ndcg_above(results["popularity"], seed=1).low > 0
    found = results["ease"].against(results["popularity"], seed=1)
    assert found["recall@20"].ratio.value >= 1


def test_people_who_liked_nothing_held_back_are_not_judged_by_lists(world):
    split = split_at_random(world, seed=1)
    result = judge(Bias().fit(split.train), split.cases, depth=10, least_stars=4)
    n_liking = sum(len(case.liked(4)) > 0 for case in split.cases)
    assert len(result.ndcg) == n_liking < len(split.cases)
    assert len(result.sums["rmse"].own_values) == len(split.cases)


def test_stars_are_judged_only_by_models_that_predict_them(world):
    split = split_at_random(world, seed=1)
    without = judge(Popularity().fit(split.train), split.cases, depth=10, least_stars=4)
    figures = judge(Bias().fit(split.train), split.cases, depth=10, least_stars=4).figures(seed=1)
    assert "rmse" not in without.sums
    assert figures["rmse"].low < figures["rmse"].value < figures["rmse"].high


def test_errors_of_stars_are_those_worked_out_slowly(world):
    split = split_at_random(world, seed=1)
    model = Bias().fit(split.train)
    errors = np.concatenate(
        [model.predict(case.history, case.target_items) - case.target_stars for case in split.cases]
    )
    sums = judge(model, split.cases, depth=10, least_stars=4, judges_lists=False).sums
    assert sums["rmse"].value == pytest.approx(np.sqrt((errors**2).mean()))
    assert sums["mae"].value == pytest.approx(np.abs(errors).mean())
    assert set(sums) == {"rmse", "mae", "inside@80", "width@80"}


def test_intervals_are_judged_by_what_lies_inside(world):
    split = split_at_random(world, seed=1)
    model = Bias().fit(split.train)
    inside, widths = [], []
    for case in split.cases:
        low, high = model.predict_interval(case.history, case.target_items, coverage=0.8)
        inside += ((case.target_stars >= low) & (case.target_stars <= high)).tolist()
        widths += (high - low).tolist()
    sums = judge_intervals(model, split.cases)
    assert sums["inside@80"].value == pytest.approx(np.mean(inside))
    assert sums["width@80"].value == pytest.approx(np.mean(widths))


def test_a_model_without_intervals_is_not_judged_by_them(world):
    split = split_at_random(world, seed=1)
    assert judge_intervals(ItemKnn().fit(split.train), split.cases) == {}


def test_splits_are_pooled_by_person(world):
    parts = []
    for seed in (1, 2):
        split = split_at_random(world, seed=seed)
        parts.append(judge(Bias().fit(split.train), split.cases, depth=10, least_stars=4))
    pooled = pool(parts)
    assert pooled.user_ids.tolist() == sorted({*parts[0].user_ids, *parts[1].user_ids})
    squares = sum(part.sums["rmse"].numerators.sum() for part in parts)
    rated = sum(part.sums["rmse"].denominators.sum() for part in parts)
    assert pooled.sums["rmse"].value == pytest.approx(np.sqrt(squares / rated))
    assert pool(parts[:1]) is parts[0]
