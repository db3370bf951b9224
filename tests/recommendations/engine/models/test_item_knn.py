import numpy as np
import pytest
from scipy import sparse

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.models.item_knn import ItemKnn
from recommendations.engine.models.neighbours import nearest_columns, strongest
from tests.recommendations.engine.worlds import UNRATED_ITEM, camp_of, two_camps

BOTH = pytest.mark.parametrize("similarity", ["cosine", "pearson-baseline"])


def history_of(items, stars):
    return History(
        item_indices=np.array(items, dtype=np.int64),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


def random_values(*, n_rows=30, n_columns=9, seed=1):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_rows, n_columns)) * (rng.random((n_rows, n_columns)) < 0.4)
    return values.astype(np.float32)


def similarity_of(first, second, *, similarity, shrinkage):
    """Work one similarity out over the rows both columns have."""
    common = (first != 0) & (second != 0)
    if similarity == "cosine":
        squares = (first**2).sum() * (second**2).sum()
    else:
        squares = (first[common] ** 2).sum() * (second[common] ** 2).sum()
    if not common.any():
        return 0.0
    shrunk = common.sum() / (common.sum() + shrinkage)
    return max(0.0, shrunk * (first @ second) / np.sqrt(squares))


@BOTH
def test_similarities_are_those_worked_out_pair_by_pair(similarity):
    values = random_values()
    rules = {"similarity": similarity, "shrinkage": 3.0}
    found = nearest_columns(sparse.csr_array(values), neighbours=9, **rules).toarray()
    for i in range(9):
        for j in range(9):
            expected = 0.0 if i == j else similarity_of(values[:, i], values[:, j], **rules)
            assert found[i, j] == pytest.approx(expected, abs=1e-6)


def test_only_the_nearest_of_each_column_are_kept(monkeypatch):
    values = sparse.csr_array(random_values())
    rules = {"similarity": "cosine", "shrinkage": 1.0}
    whole = nearest_columns(values, neighbours=9, **rules).toarray()
    monkeypatch.setattr("recommendations.engine.models.neighbours._CELLS_A_BLOCK", 20)
    pruned = nearest_columns(values, neighbours=3, **rules).toarray()
    for column in range(9):
        best = np.argsort(-whole[:, column], kind="stable")[:3]
        expected = np.zeros(9)
        expected[best] = whole[best, column]
        assert np.allclose(pruned[:, column], expected, atol=1e-7)


def test_ties_go_to_the_first():
    kept = strongest(np.array([[1.0, 2.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]], dtype=np.float32), 2)
    assert kept.tolist() == [[True, True, False, False], [True, True, False, False]]


@BOTH
@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(similarity, camp):
    model = ItemKnn(similarity=similarity, star_similarity=similarity)
    model.fit(two_camps(n_users=200))
    some = history_of(range(8), [5.0 if camp_of(item) == camp else 1.0 for item in range(8)])
    for numbers in (model.score(some), model.predict(some, np.arange(24))):
        own = [numbers[item] for item in range(8, UNRATED_ITEM) if camp_of(item) == camp]
        other = [numbers[item] for item in range(8, UNRATED_ITEM) if camp_of(item) != camp]
        assert min(own) > max(other)


@BOTH
def test_stars_are_the_bias_and_a_weighted_mean_of_residuals(similarity):
    model = ItemKnn(star_similarity=similarity, power=2.0, damping=0.3).fit(two_camps())
    items, stars = [1, 2, 6], np.array([5.0, 2.0, 4.0])
    rest = stars - model.mean_[0] - model.item_effects_[items]
    effect = rest.sum() / (3 + 5)
    weights = model.star_similarities_.toarray()[items, 10].astype(np.float64) ** 2
    expected = model.mean_[0] + model.item_effects_[10] + effect
    expected += (weights * (rest - effect)).sum() / (weights.sum() + 0.3)
    assert model.predict(history_of(items, stars), [10])[0] == pytest.approx(expected)


def test_nobody_known_gets_the_bias_and_no_score():
    model = ItemKnn().fit(two_camps())
    assert not model.score(History()).any()
    expected = model.mean_[0] + model.item_effects_[4]
    assert model.predict(History(), [4])[0] == pytest.approx(expected)
    assert model.predict_unknown(History()) == pytest.approx(model.mean_[0])


def test_similar_items_come_from_the_same_camp():
    model = ItemKnn(neighbours=5).fit(two_camps(n_users=200))
    assert {camp_of(item) for item in model.similar(6, 5)} == {0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"similarity": "euclid"},
        {"star_similarity": "euclid"},
        {"shrinkage": -1},
        {"star_neighbours": 0},
        {"power": 0},
        {"damping": 0},
        {"rating_weights": (1.0,)},
        {"rounds": 0},
    ],
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="item_knn"):
        ItemKnn(**wrong).fit(two_camps())
