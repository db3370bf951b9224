import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.returns import Returns

HOUR = 3_600


def world(*diaries, n_items=4):
    """Take for each person what they rated: (item, stars, hour)."""
    rows = [(user, *entry) for user, diary in enumerate(diaries) for entry in diary]
    users, items, stars, hours = zip(*rows, strict=True)
    return Interactions.from_arrays(
        user_ids=users,
        item_ids=items,
        stars=stars,
        timestamps=HOUR * np.array(hours),
        catalogue=ItemIndex.of(range(n_items)),
    )


def lifts(*diaries, half_life_days=1e9):
    return Returns(half_life_days=half_life_days).fit(world(*diaries)).score(History())


def test_the_lift_is_what_was_liked_beyond_popularity_among_the_unrated():
    # Likes and a half: 1.5, 0.5, 1.5, 0.5. After the break items 1, 2 and 3 were left: 2.5.
    found = lifts([(0, 5, 0), (2, 4, 24), (1, 2, 24)])
    assert found == pytest.approx([0, -0.5 / 2.5, 1 - 1.5 / 2.5, -0.5 / 2.5])


def test_all_that_is_liked_after_a_return_shares_its_vote():
    found = lifts([(0, 5, 0), (1, 5, 24), (2, 5, 25)])
    assert found == pytest.approx([0, 0.5 - 1.5 / 3.5, 0.5 - 1.5 / 3.5, -0.5 / 3.5])


def test_the_returns_of_a_person_share_one_vote():
    often = [(0, 5, 0), (1, 5, 24), (2, 5, 48)]
    first = np.array([0, 0.5, 0.5, 0]) - np.array([0, 1.5, 1.5, 0.5]) / 3.5
    second = np.array([0, 0, 1, 0]) - np.array([0, 0, 1.5, 0.5]) / 2
    assert lifts(often) == pytest.approx((first + second) / 2)


def test_a_return_loses_half_its_vote_in_a_half_life():
    early, late = [(0, 5, 0), (1, 5, 24)], [(0, 5, 0), (2, 5, 48)]
    older, newer = lifts(early, half_life_days=1), lifts(early, late, half_life_days=1)
    weighed = np.array([0, 1, 0, 0]) / 2 + np.array([0, 0, 1, 0])
    foretold = np.array([0, 1.5, 1.5, 0.5]) / 3.5 * 1.5
    assert older == pytest.approx(np.array([0, 1, 0, 0]) - np.array([0, 1.5, 0.5, 0.5]) / 2.5)
    assert newer == pytest.approx(weighed - foretold)


@pytest.mark.parametrize(
    "diary",
    [
        [(0, 5, 0), (1, 5, 23)],  # no break
        [(0, 5, 0), (1, 2, 24)],  # nothing liked after it
        [(0, 5, 0)],
    ],
)
def test_without_a_return_and_a_like_nothing_is_lifted(diary):
    assert np.array_equal(lifts(diary), np.zeros(4))


def test_the_next_person_is_no_return():
    assert np.array_equal(lifts([(0, 5, 0)], [(1, 5, 100)]), np.zeros(4))


def test_what_is_found_later_is_told_from_what_everybody_rates_first():
    diaries = [[(0, 5, 0), (1, 5, 0), (2 + user % 2, 5, 500)] for user in range(6)]
    found = lifts(*diaries, [(0, 5, 0), (1, 5, 0)])
    assert min(found[2:]) > max(found[:2])


@pytest.mark.parametrize("wrong", [{"break_hours": 0}, {"half_life_days": 0}])
def test_what_must_be_above_nothing_is_refused_otherwise(wrong):
    with pytest.raises(HyperparameterError, match="above 0"):
        Returns(**wrong).fit(world([(0, 5, 0)]))
