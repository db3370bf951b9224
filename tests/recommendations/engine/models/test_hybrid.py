import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import recipe_of
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.evidence import Evidence
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.stars import Stars
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps


@pytest.fixture(scope="module")
def model():
    return Hybrid().fit(two_camps(n_users=200))


def ratings(stars_of):
    return History(
        item_indices=np.array(list(stars_of)),
        values=np.array(list(stars_of.values()), dtype=np.float32),
        timestamps=np.arange(len(stars_of)),
    )


def test_the_score_is_the_weighted_sum_of_standardised_scores(model):
    history = ratings({0: 5, 2: 4, 1: 1})
    expected = np.zeros(N_ITEMS)
    weights = model.weights_for(Evidence.of(history))
    for name, weight in ((name, weight) for name, weight in weights.items() if weight):
        scores = model.components_[name].score(history)
        emphasis = model.content_emphasis_ if name == "content" else 1.0
        expected += emphasis * weight * (scores - scores.mean()) / scores.std()
    assert np.allclose(model.score(history), expected)


def test_nobody_known_gets_the_popular(model):
    scores = [model.components_[name].score(History()) for name in ("popularity", "favourites")]
    popular, liked = ((each - each.mean()) / each.std() for each in scores)
    assert np.allclose(model.score(History()), popular + 0.4 * liked)


def test_a_component_that_says_the_same_of_all_adds_nothing():
    world = two_camps()
    bare = Interactions.from_arrays(
        user_ids=world.rating_users,
        item_ids=world.user_items.indices,
        stars=world.user_items.data,
        catalogue=None,
    )
    model = Hybrid().fit(bare)
    history = ratings({0: 5, 2: 4})
    assert model.explain(history, 5).value_of("content") == 0.0
    assert np.isfinite(model.score(history)).all()


@pytest.mark.parametrize("camp", [0, 1])
def test_the_planted_camp_is_recovered(model, camp):
    liked = {item: 5.0 for item in range(8) if camp_of(item) == camp}
    scores = model.score(ratings(liked))
    unseen = range(8, N_ITEMS - 1)
    own = [scores[item] for item in unseen if camp_of(item) == camp]
    other = [scores[item] for item in unseen if camp_of(item) != camp]
    assert min(own) > max(other)


def test_weights_run_smoothly_between_the_lengths_given():
    weights = {"popularity": (1.0, 0.0), "ease": (0.0, 1.0)}
    model = Hybrid(
        lengths=(0, 3),
        weights=weights,
        diary_weights={"ease": (0.5, 0.5)},
        return_weights={"returns": (0.2, 0.2)},
    )
    assert model.weights_for(Evidence(length=0, diary=0.0))["popularity"] == 1.0
    one = model.weights_for(Evidence(length=1, diary=0.6))
    expected = {"popularity": 0.5, "ease": 0.5 + 0.6 * 0.5, "returns": 0.0}  # log 2 / log 4
    assert one == pytest.approx(expected)
    back = model.weights_for(Evidence(length=1, diary=0.6, away=0.5))
    assert back == pytest.approx(expected | {"returns": 0.6 * 0.5 * 0.2})
    assert model.weights_for(Evidence(length=99, diary=0.0))["ease"] == 1.0


def test_content_speaks_louder_of_what_few_rated():
    world = two_camps(n_users=200)
    history = ratings({0: 5, 2: 4, 1: 1})
    plain, boosted = Hybrid(cold_boost=0).fit(world), Hybrid(cold_boost=3).fit(world)
    for item in (3, UNRATED_ITEM):
        n_ratings = np.count_nonzero(world.user_items.indices == item)
        factor = 1 + 3 * 5 / (n_ratings + 5)
        expected = factor * plain.explain(history, item).value_of("content")
        assert boosted.explain(history, item).value_of("content") == pytest.approx(expected)
        others = [one.explain(history, item).value_of("ease") for one in (plain, boosted)]
        assert others[0] == others[1]


def test_among_items_nobody_rated_content_alone_decides():
    world = two_camps(n_users=200)
    cold = [3, 6, UNRATED_ITEM]
    model = Hybrid().fit(world.keep_ratings(~np.isin(world.user_items.indices, cold)))
    history = ratings({0: 5, 2: 4, 1: 1})
    scores, by_content = (each.score(history)[cold] for each in (model, model.content_))
    assert np.array_equal(np.argsort(scores), np.argsort(by_content))


def test_stars_are_those_of_the_star_model():
    world = two_camps(n_users=200)
    history = ratings({0: 5, 1: 2})
    model, stars = Hybrid(stars=Bias()).fit(world), Bias().fit(world)
    assert np.array_equal(model.predict(history, [3, 4]), stars.predict(history, [3, 4]))
    names = [part.name for part in model.explain_stars(history, 3).parts]
    assert names == ["overall-mean", "item-effect", "user-effect", "clipping"]


def test_stars_are_predicted_by_the_best_star_model_unless_told_otherwise():
    assert recipe_of(Hybrid())["hyperparameters"]["stars"] == recipe_of(Stars())


def test_a_rating_taken_back_is_as_if_never_given(model):
    with_it, without = ratings({0: 5, 2: 4, 5: 1}), ratings({0: 5, 2: 4})
    assert np.array_equal(model.score(with_it.without_item(5)), model.score(without))


def test_remembering_a_history_never_answers_for_another(model):
    first, second = ratings({0: 5}), ratings({1: 5})
    expected = model.score(second)
    model.score(first)
    assert np.array_equal(model.score(second), expected)
    assert model.explain(first, 4).score == model.score(first)[4]


def test_similar_items_share_the_camp(model):
    assert {camp_of(item) for item in model.similar(6, 4)} == {0}


def test_an_item_nobody_rated_has_similar_items_by_content(model):
    similar = model.similar(N_ITEMS - 1, 4)
    assert len(similar) == 4
    assert {camp_of(item) for item in similar} == {camp_of(N_ITEMS - 1)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"lengths": (1, 0)},
        {"lengths": (0, 1), "weights": {"ease": (1.0,)}, "diary_weights": {}, "return_weights": {}},
        {"lengths": (0,), "weights": {"oracle": (1.0,)}, "diary_weights": {}, "return_weights": {}},
        {"diary_weights": {"ease": (1.0,)}},
        {"return_weights": {"returns": (1.0,)}},
        {"cold_boost": -1},
        {"cold_ratings": 0},
    ],
)
def test_weights_that_do_not_fit_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="hybrid"):
        Hybrid(**wrong).fit(two_camps())
