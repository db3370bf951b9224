from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.errors import HyperparameterError, InvalidInteractionsError
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.content import Content
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, camp_of, two_camps


@pytest.fixture(scope="module")
def model():
    return Content().fit(two_camps())


@pytest.fixture(scope="module")
def likeness_alone():
    return Content(map_weight=0.0).fit(two_camps())


def liking(*items, stars=5.0):
    return History(
        item_indices=np.array(items),
        values=np.full(len(items), stars, dtype=np.float32),
        timestamps=np.arange(len(items)),
    )


def own_and_other(camp):
    return (liking(1, 3), liking(0, 2)) if camp else (liking(0, 2), liking(1, 3))


def test_the_planted_camp_is_recovered_for_an_item_nobody_rated(model):
    own, other = own_and_other(camp_of(UNRATED_ITEM))
    assert model.score(own)[UNRATED_ITEM] > model.score(other)[UNRATED_ITEM] + 0.1


def test_the_map_alone_recovers_the_camp_of_an_item_nobody_rated():
    model = Content(map_weight=1.0, field_weights={}).fit(two_camps())
    own, other = own_and_other(camp_of(UNRATED_ITEM))
    assert model.score(own)[UNRATED_ITEM] > model.score(other)[UNRATED_ITEM] + 0.1


def test_taste_links_what_shares_no_term():
    """Lovers of westerns love space: a cold space film is theirs, though no word says so."""
    genres = [("western",)] * 4 + [("space",)] * 4 + [("tears",)] * 4 + [("ball",)] * 4
    pairs = [
        (user, item, 5.0)
        for user in range(40)
        for item in range(16)
        if (item // 8 == user % 2) and item not in {7, 15} and (user + item) % 3
    ]
    users, items, stars = zip(*pairs, strict=True)
    world = Interactions.from_arrays(
        user_ids=users,
        item_ids=items,
        stars=stars,
        catalogue=ItemIndex.of(range(16)),
        content=ItemContent(genres=genres),
    )
    scores = Content(map_ridge=1.0, content_ridge=0.1).fit(world).score(liking(0, 1))
    assert scores[7] > scores[15] + 0.1


def test_a_dislike_pushes_what_is_like_it_down(likeness_alone):
    scores = likeness_alone.score(liking(0, 2, stars=0.5))
    own = np.mean([scores[item] for item in range(4, N_ITEMS) if camp_of(item) == 0])
    other = np.mean([scores[item] for item in range(4, N_ITEMS) if camp_of(item) == 1])
    assert own < other


def test_one_film_liked_makes_the_likeness_its_cosine_with_all_topics():
    model = Content(map_weight=0.0, topics=1000).fit(two_camps())
    rows = model.terms_.toarray().astype(np.float64)
    assert np.allclose(model.score(liking(4)), rows @ rows[4], atol=1e-5)


def test_a_film_nobody_rated_can_be_all_there_is_of_a_history(model):
    scores = model.score(liking(UNRATED_ITEM))
    own = [scores[item] for item in range(UNRATED_ITEM) if camp_of(item) == camp_of(UNRATED_ITEM)]
    other = [scores[item] for item in range(UNRATED_ITEM) if camp_of(item) != camp_of(UNRATED_ITEM)]
    assert np.mean(own) > np.mean(other) + 0.1


def test_without_content_nothing_is_foretold():
    world = Interactions.from_arrays(user_ids=[1], item_ids=[1], stars=[4])
    assert Content().fit(world).score(liking(0)).tolist() == [0.0]


def test_only_the_most_rated_items_teach_the_map():
    world = two_camps()
    counts = np.bincount(world.user_items.indices, minlength=N_ITEMS)
    model = Content(map_items=5)
    members = model._map_members(counts)
    assert sorted(counts[members]) == sorted(counts)[-5:]
    assert np.isfinite(model.fit(world).score(liking(0, 1))).all()


def test_embedding_an_item_that_was_there_gives_its_stored_vector(model):
    content = two_camps().content
    assert np.array_equal(model.embed(content, n_items=N_ITEMS), model.vectors_)
    one = ItemContent(**{name: [values[7]] for name, values in vars(content).items() if values})
    assert np.allclose(model.embed(one, n_items=1)[0], model.vectors_[7], atol=1e-6)


def test_a_film_saved_later_scores_as_if_it_had_been_there(model):
    content = two_camps().content
    one = ItemContent(**{name: [values[7]] for name, values in vars(content).items() if values})
    some = liking(1, 3)
    score = model.embed(one, n_items=1) @ model.profile(some)
    assert score == pytest.approx(model.score(some)[[7]], abs=1e-6)


def test_a_film_of_which_nothing_is_known_embeds_as_nothing(model):
    new = model.embed(ItemContent(genres=[[], ["Unheard-of"]]), n_items=2)
    assert new.shape == (2, model.vectors_.shape[1])
    assert not new.any()


def test_content_of_another_number_of_films_is_refused(model):
    with pytest.raises(InvalidInteractionsError, match="genres"):
        model.embed(ItemContent(genres=[["Drama"]]), n_items=2)


@pytest.mark.parametrize("missing", ["genres", "years", "overviews", "directors"])
def test_a_field_may_be_missing(missing):
    world = two_camps()
    bare = replace(world, content=replace(world.content, **{missing: ()}))
    own, other = own_and_other(camp_of(UNRATED_ITEM))
    model = Content().fit(bare)
    assert model.score(own)[UNRATED_ITEM] > model.score(other)[UNRATED_ITEM]


def test_what_two_films_share_is_told(model):
    shared = model.shared_terms(0, 6, limit=10)
    assert ("genres", "action") in shared
    assert ("directors", "director 0 0") in shared
    assert ("genres", "action") not in model.shared_terms(0, 1, limit=10)


def test_likeness_is_the_matrix_of_cosines(model):
    likeness = model.likeness(np.array([0, 1, 2]))
    assert np.allclose(np.diag(likeness), 1)
    assert likeness[0, 2] > likeness[0, 1]


@pytest.mark.parametrize("name", ["field_weights", "map_field_weights"])
def test_an_unknown_field_is_refused(name):
    with pytest.raises(HyperparameterError, match=name):
        Content(**{name: {"smell": 1.0}}).fit(two_camps(n_users=10))


@pytest.mark.parametrize(
    "wrong", [{"map_factors": 0}, {"content_ridge": 0.0}, {"map_weight": -1.0}]
)
def test_hyperparameters_out_of_range_are_refused(wrong):
    with pytest.raises(HyperparameterError, match="content"):
        Content(**wrong).fit(two_camps(n_users=10))


def test_a_copy_with_other_vectors_has_likenesses_of_its_own(model):
    some = np.array([0, UNRATED_ITEM])
    before = model.similarities_of(some)
    turned = copy(model)
    turned.vectors_ = model.vectors_[::-1].copy()
    other_way_round = turned.similarities_of(N_ITEMS - 1 - some)
    assert other_way_round == pytest.approx(before[:, ::-1], abs=1e-6)
    assert model.similarities_of(some).tolist() == before.tolist()
