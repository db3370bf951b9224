import warnings

import numpy as np
import pytest
from scipy import optimize

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.events import EVENT_KINDS, EventKind, Events
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.nmf import Nmf
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps

LIKES = (0.0, 0.0, 0.0, 1.0, 1.0)


def history_of(items, stars, *, dismissed=()):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
        events=Events(
            item_indices=np.array(dismissed, dtype=np.int64),
            codes=np.full(len(dismissed), EVENT_KINDS.index(EventKind.DISMISSED), dtype=np.int8),
            timestamps=np.arange(len(dismissed)),
        ),
    )


@pytest.fixture(scope="module")
def model():
    return Nmf(factors=2, rating_weights=LIKES).fit(two_camps(n_users=200))


@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(model, camp):
    liked = [item for item in range(8) if camp_of(item) == camp]
    scores = model.score(history_of(liked, [5.0] * len(liked)))
    own = [scores[item] for item in range(8, UNRATED_ITEM) if camp_of(item) == camp]
    other = [scores[item] for item in range(8, UNRATED_ITEM) if camp_of(item) != camp]
    assert min(own) > max(other)


def test_each_taste_is_a_camp(model):
    tastes = model.item_vectors_[:UNRATED_ITEM].argmax(axis=1)
    assert len({(camp_of(item), taste) for item, taste in enumerate(tastes)}) == 2


def test_factors_and_scores_are_never_negative_without_dismissals(model):
    assert (model.item_vectors_ >= 0).all()
    assert (model.score(history_of([0, 1, 2], [5, 4, 1])) >= 0).all()


def test_folding_in_is_non_negative_ridge_over_all_items():
    model = Nmf(factors=6, ridge=0.3).fit(two_camps())
    weights = np.zeros(N_ITEMS)
    weights[[1, 4, 7]] = 1.2, 0.2, -0.5
    H = model.item_vectors_.astype(np.float64)
    stacked = np.vstack([H, np.sqrt(0.3) * np.eye(6)])
    person, _ = optimize.nnls(stacked, np.concatenate([weights, np.zeros(6)]))
    assert np.allclose(model.score(history_of([1, 4], [5, 1], dismissed=[7])), H @ person)


def test_nobody_known_and_only_dismissals_score_nothing(model):
    assert not model.score(History()).any()
    assert not model.score(history_of([], [], dismissed=[0, 1, 2])).any()


def test_nothing_liked_at_all_leaves_no_tastes():
    world = Interactions.from_arrays(user_ids=[1, 2], item_ids=[7, 8], stars=[1, 2])
    model = Nmf(rating_weights=LIKES).fit(world)
    assert not model.score(history_of([0], [5])).any()


def test_stopping_early_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Nmf(iterations=2).fit(two_camps())


def test_similar_items_come_from_the_same_camp(model):
    assert {camp_of(item) for item in model.similar(6, 5)} == {0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"factors": 0},
        {"ridge": 0},
        {"rating_weights": (1.0,)},
        {"rating_weights": (-1, 0, 0, 1, 1)},
    ],
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="nmf"):
        Nmf(**wrong).fit(two_camps())
