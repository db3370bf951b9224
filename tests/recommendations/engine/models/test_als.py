import warnings

import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import EVENT_KINDS, EventKind, Events
from recommendations.engine.history import History
from recommendations.engine.models.als import Als
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps

SMALL = {"factors": 4, "ridge": 1.0}


def history_of(items, stars, *events):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
        events=Events(
            item_indices=np.array([item for item, _ in events], dtype=np.int64),
            codes=np.array([EVENT_KINDS.index(kind) for _, kind in events], dtype=np.int8),
            timestamps=np.arange(len(events)),
        ),
    )


@pytest.fixture(scope="module")
def model():
    return Als(**SMALL, rating_weights=(-1.0, -0.5, 0.0, 1.0, 1.5)).fit(two_camps(n_users=200))


@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(model, camp):
    liked = [item for item in range(8) if camp_of(item) == camp]
    scores = model.score(history_of(liked, [5.0] * len(liked)))
    unseen = range(8, UNRATED_ITEM)
    own = [scores[item] for item in unseen if camp_of(item) == camp]
    other = [scores[item] for item in unseen if camp_of(item) != camp]
    assert min(own) > max(other)


def test_folding_in_solves_the_equation_of_the_paper(model):
    """Over all items, densely: x = (YᵀCY + λI)⁻¹ YᵀCp."""
    weights = np.zeros(N_ITEMS)
    weights[[2, 4, 5, 7, 9, 10]] = 1.5, 1.0, -1.0, 0.0, 0.5, 0.1 - 0.5
    confidence = np.diag(1 + model.alpha * np.abs(weights))
    Y = model.item_vectors_.astype(np.float64)
    matrix = Y.T @ confidence @ Y + model.ridge * np.eye(4)
    expected = np.linalg.solve(matrix, Y.T @ confidence @ (weights > 0))
    events = [(9, EventKind.WATCHLISTED), (10, EventKind.VIEWED), (10, EventKind.DISMISSED)]
    some = history_of([2, 4, 5, 7], [5, 4, 1, 3], *events)
    vector, covariance = model.fold_in(some)
    assert np.allclose(vector, expected, atol=1e-9)
    assert np.allclose(covariance, model.noise_[0] * np.linalg.inv(matrix), atol=1e-9)
    assert np.allclose(model.score(some), Y @ expected, atol=1e-9)


def test_noise_is_the_mean_weighted_error_of_the_people_fitted():
    world = two_camps(n_users=30)
    model = Als(**SMALL, rating_weights=(0.0, 0.0, 0.0, 1.0, 1.0)).fit(world)
    total = 0.0
    for user in range(world.n_users):
        history = world.history_of(user)
        weights = np.zeros(N_ITEMS)
        np.add.at(weights, history.events.item_indices, history.event_weights)
        weights[history.item_indices] = history.values >= 4
        errors = (weights > 0) - model.score(history)
        total += ((1 + model.alpha * np.abs(weights)) * errors**2).sum()
    assert model.noise_[0] == pytest.approx(total / (30 * N_ITEMS), rel=1e-4)


def test_a_dislike_lowers_what_is_like_it(model):
    before = model.score(history_of([0, 2], [5, 5]))
    after = model.score(history_of([0, 2, 4], [5, 5, 1]))
    assert after[4] < before[4]
    assert after[6] < before[6]


def test_a_dislike_has_confidence_but_no_preference(model):
    explanation = model.explain(history_of([0, 1], [5, 1], (3, EventKind.DISMISSED)), 6)
    contributions = explanation.parts[0].contributions
    assert contributions[0] == explanation.total != 0
    assert contributions[1:].tolist() == [0, 0]


def test_weight_zero_is_as_if_the_item_was_never_touched(model):
    assert np.allclose(
        model.score(history_of([0, 5], [5, 3])), model.score(history_of([0], [5])), atol=1e-12
    )


def test_events_of_one_item_share_its_contribution_by_weight(model):
    both = history_of([], [], (2, EventKind.VIEWED), (2, EventKind.WATCHLISTED))
    contributions = model.explain(both, 4).contributions
    assert contributions[1] == pytest.approx(5 * contributions[0])


def test_nobody_known_scores_nothing(model):
    assert not model.score(History()).any()


def test_the_posterior_narrows_with_every_rating(model):
    _, before = model.fold_in(history_of([0], [5]))
    _, after = model.fold_in(history_of([0, 2, 4], [5, 5, 5]))
    assert np.trace(after) < np.trace(before)


def test_an_item_nobody_touched_scores_nothing_and_is_like_nothing(model):
    world = two_camps(with_events=False)
    model = Als(**SMALL).fit(world)
    assert model.score(history_of([0, 2], [5, 5]))[UNRATED_ITEM] == 0.0
    assert not model.similarities(UNRATED_ITEM).any()


def test_similar_items_come_from_the_same_camp(model):
    assert {camp_of(item) for item in model.similar(6, 5)} == {0}
    assert model.similarities(6)[6] == pytest.approx(1.0)


def test_people_of_one_camp_are_a_taste_group(model):
    liked = [item for item in range(8) if camp_of(item) == 1]
    vector, _ = model.fold_in(history_of(liked, [5.0] * len(liked)))
    groups = model.taste_groups
    group = groups.of(vector)
    assert groups.opinion(group, 9).mean_stars > 4
    assert groups.opinion(group, 10).mean_stars < 2


def test_groups_can_be_left_out():
    model = Als(**SMALL, n_groups=0).fit(two_camps())
    assert len(model.taste_groups) == 0
    assert model.taste_groups.of(np.ones(4)) is None


def test_fitting_warns_of_nothing_and_shows_no_progress(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Als(**SMALL).fit(two_camps(n_users=20))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "wrong", [{"factors": 0}, {"ridge": 0}, {"alpha": -1}, {"rating_weights": (1.0,)}]
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="als"):
        Als(**wrong).fit(two_camps())
