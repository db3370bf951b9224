import numpy as np
import pytest

from recommendations.engine.errors import UnsupportedError
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.content import Content
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.features import features_of
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps


@pytest.fixture(scope="module")
def features():
    return features_of(Hybrid().fit(two_camps()))


def test_genres_are_those_of_the_content(features):
    membership = features.membership(np.arange(N_ITEMS))
    assert membership.shape == (N_ITEMS, 2)
    assert (membership.argmax(axis=1) == [camp_of(item) for item in range(N_ITEMS)]).all()
    assert (membership.sum(axis=1) == 1).all()


def test_years_are_known_within_two(features):
    assert np.abs(features.years - np.arange(1990, 1990 + N_ITEMS)).max() <= 2


def test_popularity_is_standardised_and_nobody_rated_the_last(features):
    assert features.popularity.mean() == pytest.approx(0, abs=1e-9)
    assert features.popularity.argmin() == UNRATED_ITEM


def test_films_of_a_camp_are_alike(features):
    likeness = features.likeness(np.arange(6), taste_share=0.5)(0)
    assert likeness[0] == pytest.approx(1, abs=1e-5)
    assert likeness[[2, 4]].min() > likeness[[1, 3, 5]].max()


def test_features_are_read_once_for_a_model():
    model = Content().fit(two_camps())
    assert features_of(model) is features_of(model)
    assert not features_of(model).popularity.any()


def test_a_model_without_content_has_no_features():
    with pytest.raises(UnsupportedError, match="bias has no content"):
        features_of(Bias().fit(two_camps()))
