from copy import copy

import numpy as np
import pytest

from recommendations.engine.increments.joined_rows import join_rows
from recommendations.engine.increments.newcomers import join_copied, with_new_items
from recommendations.engine.items import ItemContent
from recommendations.engine.models import closest
from recommendations.engine.models.closest import CloseItems, ClosestItems
from recommendations.engine.models.hybrid import Hybrid
from tests.recommendations.engine.worlds import N_ITEMS, UNRATED_ITEM, content_of_camps, two_camps

EVERY = np.arange(N_ITEMS)


@pytest.fixture(scope="module")
def model():
    return Hybrid().fit(two_camps())


@pytest.fixture
def listed(model, monkeypatch):
    """Return the model as it would be if its catalogue were large."""
    monkeypatch.setattr(closest, "LARGE_CATALOGUE", 0)
    return fitted_anew(model)


def fitted_anew(model):
    copied = Hybrid().restore(items=model.items_, training=model.training_, arrays=model.arrays())
    copied.finish(two_camps())
    return copied


def without_lists(model):
    bare = copy(model)
    bare._keep(ClosestItems.none(n_items=model.n_items))
    return bare


def assert_alike(found, expected):
    for one, other in zip(found, expected, strict=True):
        n_alike = np.count_nonzero(other.similarities > 1e-6)  # the rest is rounding
        assert one.indices[:n_alike].tolist() == other.indices[:n_alike].tolist()
        assert one.similarities[:n_alike] == pytest.approx(other.similarities[:n_alike], abs=1e-6)


def test_likeness_is_half_of_taste_and_half_of_content(model):
    taste = model.components_["ease"].similarities(3)
    content = model.content_.similarities(3)
    content[3] = 0.0
    expected = taste / taste.max() / 2 + content / content.max() / 2
    assert model.similarities(3) == pytest.approx(expected, abs=1e-6)


def test_the_closest_are_the_most_similar(model):
    by_sorting = []
    for item in EVERY:
        indices = model.similar(item, N_ITEMS)
        by_sorting.append(CloseItems(indices, model.similarities(item)[indices]))
    assert_alike(model.closest(EVERY), by_sorting)


def test_a_small_catalogue_has_no_lists(model):
    assert not len(model.closest_items_)


def test_lists_of_a_fit_say_what_is_found_without_them(listed, model, monkeypatch):
    assert listed.closest_places_[UNRATED_ITEM] == -1
    assert (listed.closest_places_[:UNRATED_ITEM] >= 0).all()
    expected = model.closest(EVERY)
    assert_alike(listed.closest(EVERY), expected)
    monkeypatch.setattr(Hybrid, "_likenesses", None)
    assert_alike(listed.closest(EVERY[:UNRATED_ITEM]), expected[:UNRATED_ITEM])


def test_only_the_most_rated_have_lists(model, monkeypatch):
    monkeypatch.setattr(closest, "LARGE_CATALOGUE", 0)
    monkeypatch.setattr(closest, "MOST_SOURCES", 4)
    few = fitted_anew(model)
    counts = np.bincount(two_camps().user_items.indices, minlength=N_ITEMS)
    most_rated = np.sort(np.argsort(-counts, kind="stable")[:4])
    assert np.flatnonzero(few.closest_places_ >= 0).tolist() == most_rated.tolist()
    assert_alike(few.closest(EVERY), model.closest(EVERY))


def test_lists_shorter_than_all_hold_the_best(model, monkeypatch):
    monkeypatch.setattr(closest, "LARGE_CATALOGUE", 0)
    monkeypatch.setattr(closest, "CLOSEST", 3)
    short = fitted_anew(model)
    assert short.closest_items_.shape == (N_ITEMS - 1, 3)
    assert short.closest(EVERY[3:4])[0].indices.tolist() == model.similar(3, 3).tolist()


@pytest.mark.parametrize("join", [join_copied, join_rows])
def test_a_newer_item_takes_its_place_in_the_lists(listed, join):
    content = content_of_camps(N_ITEMS + 40)
    new = [1_000, 1_001, 1_002]
    described = ItemContent(
        **{name: each[-3:] for name, each in vars(content).items() if len(each)}
    )
    grown = with_new_items(listed, item_ids=new, content=described, join=join)
    found = grown.closest(np.arange(grown.n_items))
    assert_alike(found, without_lists(grown).closest(np.arange(grown.n_items)))
    assert any(np.isin([24, 25, 26], close.indices).any() for close in found[:N_ITEMS])


def test_a_newer_item_more_like_it_than_all_makes_others_less_like_it(listed):
    content = content_of_camps()
    same = ItemContent(**{name: each[3:4] for name, each in vars(content).items() if len(each)})
    grown = with_new_items(listed, item_ids=[1_000], content=same)
    before, after = listed.closest(EVERY[3:4])[0], grown.closest(EVERY[3:4])[0]
    assert after.similarities[after.indices == N_ITEMS] == pytest.approx(0.5)
    assert_alike([after], without_lists(grown).closest(EVERY[3:4]))
    assert after.similarities.sum() < before.similarities.sum()


def test_an_artefact_of_before_has_no_lists(listed):
    arrays = {
        name: each for name, each in listed.arrays().items() if not name.startswith("closest")
    }
    before = Hybrid().restore(items=listed.items_, training=listed.training_, arrays=arrays)
    assert len(listed.closest_items_)
    assert not len(before.closest_items_)
    assert_alike(before.closest(EVERY), listed.closest(EVERY))


def test_unlike_items_are_in_no_list():
    close = CloseItems.among(np.array([0.0, 0.2, -0.1, 0.2], dtype=np.float32))
    assert close.indices.tolist() == [1, 3]
    none = ClosestItems.none(n_items=4)
    assert none.of(np.arange(4), newer=np.zeros((4, 0), dtype=np.float32)) == {}
