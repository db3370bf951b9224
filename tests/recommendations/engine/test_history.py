import numpy as np
import pytest

from recommendations.engine.errors import InvalidInteractionsError, UnknownItemError
from recommendations.engine.events import EVENT_WEIGHTS, EventKind, Events, encode_kinds
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex

ITEMS = ItemIndex.of([10, 20, 30])


def test_unknown_ids_are_reported_and_left_out():
    history, unknown = History.from_ids(items=ITEMS, item_ids=[20, 99, 10], stars=[5, 4, 3])
    assert history.item_indices.tolist() == [1, 0]
    assert history.values.tolist() == [5, 3]
    assert unknown.tolist() == [99]


def test_ratings_are_put_in_order_of_time_and_ties_stay():
    history, _ = History.from_ids(
        items=ITEMS, item_ids=[30, 20, 10], stars=[1, 2, 3], timestamps=[7, 5, 5]
    )
    assert history.item_indices.tolist() == [1, 0, 2]
    assert history.as_of == 7


def test_nothing_rated_is_a_history():
    history, unknown = History.from_ids(items=ITEMS, item_ids=[], stars=[])
    assert history.n_entries == 0
    assert not len(unknown)


def test_an_item_rated_twice_is_refused():
    with pytest.raises(InvalidInteractionsError, match="twice"):
        History.from_ids(items=ITEMS, item_ids=[10, 10], stars=[1, 2])


def test_a_history_without_an_item_keeps_the_rest():
    history, _ = History.from_ids(items=ITEMS, item_ids=[10, 20], stars=[1, 2])
    assert history.without_item(0).item_indices.tolist() == [1]


def test_entries_are_ratings_and_then_events():
    events = Events(
        item_indices=np.array([2]), codes=encode_kinds(["viewed"]), timestamps=np.array([3])
    )
    history, _ = History.from_ids(items=ITEMS, item_ids=[10], stars=[4], events=events)
    assert history.entry_items.tolist() == [0, 2]
    assert history.n_entries == 2


def weights_of(kinds, items, *, rated=()):
    events = Events(
        item_indices=np.array(items),
        codes=encode_kinds(kinds),
        timestamps=np.arange(len(items)),
    )
    rated = np.array(rated, dtype=np.int64)
    return History(
        item_indices=rated,
        values=np.full(len(rated), 4, dtype=np.float32),
        timestamps=rated,
        events=events,
    ).event_weights.tolist()


def test_every_kind_of_event_has_a_weight():
    assert set(EVENT_WEIGHTS) == set(EventKind)
    assert weights_of(["viewed", "watchlisted", "dismissed"], [0, 1, 2]) == pytest.approx(
        [0.1, 0.5, -0.5]
    )


def test_only_the_last_event_of_a_kind_counts():
    assert weights_of(["viewed", "viewed", "watchlisted"], [0, 0, 0]) == pytest.approx(
        [0, 0.1, 0.5]
    )


def test_a_rating_says_it_better_than_events():
    assert weights_of(["viewed", "viewed"], [0, 1], rated=[0]) == pytest.approx([0, 0.1])


def test_an_index_finds_what_it_knows():
    indices, is_known = ITEMS.find([30, 5, 10])
    assert indices.tolist() == [2, -1, 0]
    assert is_known.tolist() == [True, False, True]
    assert ITEMS.index_of(20) == 1
    with pytest.raises(UnknownItemError, match="25"):
        ITEMS.index_of(25)


def test_an_empty_index_knows_nothing():
    indices, is_known = ItemIndex.of([]).find([1])
    assert indices.tolist() == [-1]
    assert not is_known.any()


def test_ids_out_of_order_are_refused():
    with pytest.raises(InvalidInteractionsError, match="ascend"):
        ItemIndex(np.array([2, 1]))


def test_a_changed_rating_keeps_its_time_and_place():
    some = a_history([4, 7, 9], [5, 4, 1], [10, 20, 20])
    changed = some.with_rating(7, 0.5)
    assert changed.item_indices.tolist() == [4, 7, 9]
    assert changed.values.tolist() == [5, 0.5, 1]
    assert changed.timestamps.tolist() == [10, 20, 20]
    assert some.with_rating(7, 2, timestamp=5).item_indices.tolist() == [7, 4, 9]


def test_a_new_rating_is_given_now_unless_a_time_is_said():
    some = a_history([4, 7], [5, 4], [10, 20])
    assert some.with_rating(1, 3).item_indices.tolist() == [4, 7, 1]
    assert some.with_rating(1, 3).timestamps.tolist() == [10, 20, 30]
    assert some.with_rating(1, 3, timestamp=10).item_indices.tolist() == [4, 1, 7]
    assert History().with_rating(2, 4).item_indices.tolist() == [2]


def test_stars_out_of_range_are_refused_when_trying_out():
    with pytest.raises(InvalidInteractionsError):
        History().with_rating(2, 6)


def a_history(items, stars, times):
    return History(
        item_indices=np.array(items),
        values=np.array(stars, dtype=np.float32),
        timestamps=np.array(times),
        as_of=30,
    )
