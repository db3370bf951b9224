import numpy as np
import pytest

from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.history import History
from recommendations.engine.increments.joined_rows import join_rows
from recommendations.engine.increments.newcomers import with_new_items
from tests.recommendations.engine.increments.worlds import Rows, content_of, quick_hybrid

NEW = [1_000, 1_001, 1_002]


@pytest.fixture(scope="module")
def model():
    return quick_hybrid().fit(Rows.random().interactions())


@pytest.fixture(scope="module")
def grown(model):
    # Films 60 to 62 are of another genre each.
    return with_new_items(model, item_ids=NEW, content=content_of(range(60, 63)))


def fan_of(genre):
    """Return somebody who likes all films of a genre and dislikes the others."""
    items = np.arange(0, 30)
    return History(
        item_indices=items,
        values=np.where(items % 3 == genre, 5.0, 1.5).astype(np.float32),
        timestamps=np.arange(30) * 100_000,
    )


@pytest.mark.parametrize("genre", [0, 1, 2])
def test_a_new_film_is_recommended_to_who_likes_its_like(grown, genre):
    new = grown.score(fan_of(genre))[-3:]
    assert int(np.argmax(new)) == genre


def test_a_new_film_scores_as_one_that_nobody_has_rated(grown):
    history = fan_of(0)
    unrated = [38, 39]  # described as films 60 and 61 but for the director
    for component in ("popularity", "als", "sequence", "ease", "returns"):
        scores = grown.components_[component].score(history)
        assert np.allclose(scores[-3:], scores[unrated].mean(), atol=1e-6), component


def test_what_is_known_scores_the_same_beside_new_films(model, grown):
    history = fan_of(1)
    for name, component in model.components_.items():
        ours = grown.components_[name].score(history)[: model.n_items]
        if name not in {"ease"}:  # a stack standardises over all items
            assert np.allclose(ours, component.score(history)), name
    assert model.n_items == 40


def test_new_films_are_explained_and_predicted(grown):
    history = fan_of(2)
    account = grown.explain(history, 42)
    assert sum(part.value for part in account.parts) == pytest.approx(account.score, abs=1e-6)
    stars = grown.predict(history, [40, 41, 42])
    assert np.all((stars >= 0.5) & (stars <= 5))
    assert len(grown.similar(42, 5)) == 5


def test_a_rating_of_a_new_film_says_what_its_content_says(grown):
    rated = History(
        item_indices=np.array([40]),
        values=np.array([5], dtype=np.float32),
        timestamps=np.array([1]),
    )
    scores = grown.content_.score(rated)
    assert scores[[3, 9, 15]].mean() > scores[[4, 10, 16]].mean()


def test_two_processes_grow_alike_whichever_way_rows_are_joined(model, grown):
    again = with_new_items(model, item_ids=NEW, content=content_of(range(60, 63)), join=join_rows)
    history = fan_of(1)
    assert np.array_equal(again.score(history), grown.score(history))
    assert np.allclose(again.score_many([history]), grown.score_many([history]))
    assert np.array_equal(again.predict(history, [1, 41]), grown.predict(history, [1, 41]))
    assert np.array_equal(again.similar(41, 5), grown.similar(41, 5))
    low, high = again.predict_interval(history, [0, 41])
    assert np.all(low < high)


def test_nothing_new_is_the_same_model(model):
    assert with_new_items(model, item_ids=[], content=content_of([])) is model


@pytest.mark.parametrize("ids", [[395], [1_001, 1_000]])
def test_new_ids_ascend_above_the_known(model, ids):
    with pytest.raises(InvalidInteractionsError):
        with_new_items(model, item_ids=ids, content=content_of(range(len(ids))))
