import numpy as np
import pytest

from recommendations.engine.evaluation.patterns import describe_ratings
from recommendations.engine.interactions import Interactions

MONDAY_NOON = 1_700_481_600  # 20 November 2023, 12:00 UTC


@pytest.fixture(scope="module")
def found():
    """Describe one person's Monday, Tuesday and later, and one person with a single rating."""
    day = 86_400
    return describe_ratings(
        Interactions.from_arrays(
            user_ids=[1, 1, 1, 2],
            item_ids=[5, 6, 7, 5],
            stars=[2, 3, 4, 5],
            timestamps=[MONDAY_NOON, MONDAY_NOON + day, MONDAY_NOON + 40 * day, MONDAY_NOON],
        )
    )


def test_ratings_are_counted_by_stars(found):
    assert found["stars"] == {"values": [2, 3, 4, 5], "counts": [1, 1, 1, 1]}


def test_hours_and_weekdays_are_those_of_the_clock(found):
    assert np.flatnonzero(found["by_hour"]["counts"]).tolist() == [12]
    assert found["by_weekday"]["counts"] == [2, 1, 0, 0, 0, 1, 0]


def test_drift_is_from_the_own_mean(found):
    assert found["by_days"]["counts"] == [2, 1, 0, 1, 0, 0]
    assert found["by_days"]["means"][0] == pytest.approx((-1 + 0) / 2)
    assert found["by_days"]["means"][3] == pytest.approx(1.0)


def test_tails_fall(found):
    assert found["per_movie"] == {"places": [1, 2, 3], "counts": [2, 1, 1], "half": 1}
    assert found["per_person"]["counts"] == [3, 1]
