import numpy as np
import pytest

from recommendations.engine import artefacts
from recommendations.engine.errors import HyperparameterError, UnsupportedError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.user_knn import UserKnn
from tests.recommendations.engine.worlds import UNRATED_ITEM, camp_of, two_camps


def history_of(items, stars):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


def three_people():
    """Return people who rated items 0 to 3: 5 5 – –, 5 – 4 –, – – – 5."""
    return Interactions.from_arrays(
        user_ids=[1, 1, 2, 2, 3],
        item_ids=[0, 1, 0, 2, 3],
        stars=[5, 5, 5, 4, 5],
        catalogue=ItemIndex.of([0, 1, 2, 3]),
    )


WEIGHTS = (0.0, 0.0, 0.0, 1.0, 2.0)


def test_the_score_is_what_neighbours_rated_by_how_alike_they_are():
    model = UserKnn(rating_weights=WEIGHTS, shrinkage=1.0).fit(three_people())
    scores = model.score(history_of([0], [4]))
    first = 0.5 * 2 / np.sqrt(8)  # one film in common, shrunk by 1 / (1 + 1)
    second = 0.5 * 2 / np.sqrt(5)
    assert scores == pytest.approx([2 * first + 2 * second, 2 * first, second, 0.0])


def test_only_the_nearest_people_speak():
    model = UserKnn(rating_weights=WEIGHTS, neighbours=1).fit(three_people())
    scores = model.score(history_of([0], [4]))
    assert scores[1] == 0
    assert scores[2] > 0


def test_pearson_compares_residuals_over_what_is_in_common():
    world = two_camps()
    model = UserKnn(similarity="pearson-baseline", shrinkage=2.0, neighbours=1000).fit(world)
    some = history_of([1, 2, 6], [5, 2, 4])
    own = np.zeros(world.n_items)
    rest = some.values - model.mean_[0] - model.item_effects_[some.item_indices]
    own[some.item_indices] = rest - rest.sum() / (3 + 5)
    expected = np.zeros(world.n_items)
    for theirs, weights in zip(model.compared_.toarray(), model.weights_.toarray(), strict=True):
        common = (own != 0) & (theirs != 0)
        if (own @ theirs) > 0:
            length = np.linalg.norm(own[common]) * np.linalg.norm(theirs[common])
            expected += weights * (own @ theirs) / length * common.sum() / (common.sum() + 2)
    assert np.allclose(model.score(some), expected)


@pytest.mark.parametrize("similarity", ["cosine", "pearson-baseline"])
@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(similarity, camp):
    model = UserKnn(similarity=similarity).fit(two_camps(n_users=200))
    some = history_of(range(8), [5.0 if camp_of(item) == camp else 1.0 for item in range(8)])
    scores = model.score(some)
    own = [scores[item] for item in range(8, UNRATED_ITEM) if camp_of(item) == camp]
    other = [scores[item] for item in range(8, UNRATED_ITEM) if camp_of(item) != camp]
    assert min(own) > max(other)


def test_nobody_known_is_like_nobody():
    assert not UserKnn().fit(two_camps()).score(History()).any()


def test_storing_it_is_refused(tmp_path):
    model = UserKnn().fit(two_camps())
    with pytest.raises(UnsupportedError, match="row per person"):
        artefacts.save(model, tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong",
    [{"similarity": "x"}, {"shrinkage": -1}, {"neighbours": 0}, {"rating_weights": (1.0,)}],
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="user_knn"):
        UserKnn(**wrong).fit(two_camps())
