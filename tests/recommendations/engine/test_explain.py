import numpy as np
import pytest

from recommendations.engine.explain import strongest_ratings, sum_by_model
from recommendations.engine.explanation import Explanation, Part
from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid
from tests.recommendations.engine.worlds import two_camps

HISTORY = History(
    item_indices=np.array([4, 7, 9, 1]),
    values=np.array([5, 4, 1, 3], dtype=np.float32),
    timestamps=np.arange(4),
)


def account(*shares, constant=0.0):
    part = Part(name="ease.ratings", contributions=np.array(shares), constant=constant)
    parts = (part, Part(name="ease.centring", constant=1.0), Part(name="content", constant=0.5))
    return Explanation(
        item_index=0, score=sum(shares) + constant + 1.5, parts=parts, n_entries=len(shares)
    )


def test_ratings_for_and_against_are_named_strongest_first():
    effects = strongest_ratings(account(0.2, 0.9, -0.4, 0.0), HISTORY, limit=5)
    assert [(each.item_index, each.stars) for each in effects.supportive] == [(7, 4.0), (4, 5.0)]
    assert [(each.item_index, each.value) for each in effects.opposed] == [(9, -0.4)]


def test_no_more_are_named_than_asked_for_and_ties_keep_their_order():
    effects = strongest_ratings(account(0.5, 0.5, 0.5, 0.5), HISTORY, limit=2)
    assert [each.item_index for each in effects.supportive] == [4, 7]
    assert effects.opposed == ()


def test_nothing_rated_means_no_effects():
    effects = strongest_ratings(account(), History(), limit=3)
    assert effects.supportive == effects.opposed == ()


def test_parts_are_summed_by_model():
    assert sum_by_model(account(0.2, 0.3, constant=0.1)) == pytest.approx(
        {"ease": 1.6, "content": 0.5}
    )


def test_the_sums_of_the_models_are_the_score():
    explanation = Hybrid().fit(two_camps()).explain(HISTORY, 3)
    total = sum(sum_by_model(explanation).values())
    assert total == pytest.approx(explanation.score, abs=explanation.tolerance)


def test_a_part_knows_its_value_and_an_explanation_its_total():
    explanation = account(0.2, 0.3, constant=0.1)
    assert explanation.parts[0].value == pytest.approx(0.6)
    assert explanation.total == pytest.approx(2.1)
    assert explanation.value_of("ease") == pytest.approx(1.6)
    assert explanation.value_of("eas") == 0.0
