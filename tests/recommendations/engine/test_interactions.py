import numpy as np
import pytest

from recommendations.engine.errors import InvalidInteractionsError
from recommendations.engine.interactions import Interactions, UserEvents
from recommendations.engine.items import ItemContent, ItemIndex


def build(**changes):
    given = {
        "user_ids": [8, 3, 8, 3],
        "item_ids": [50, 20, 20, 70],
        "stars": [4.0, 2.5, 5.0, 1.0],
        "timestamps": [100, 90, 100, 80],
    }
    return Interactions.from_arrays(**(given | changes))


def test_ids_become_ascending_indices():
    built = build()
    assert built.user_ids.tolist() == [3, 8]
    assert built.items.ids.tolist() == [20, 50, 70]
    assert built.user_items.toarray().tolist() == [[2.5, 0, 1], [5, 4, 0]]
    assert built.user_items.dtype == np.float32


def test_timestamps_stay_with_their_ratings():
    built = build()
    cells = zip(built.rating_users, built.user_items.indices, built.timestamps, strict=True)
    assert [tuple(map(int, cell)) for cell in cells] == [
        (0, 0, 90),
        (0, 2, 80),
        (1, 0, 100),
        (1, 1, 100),
    ]


def test_a_history_is_in_order_of_time_and_ties_keep_the_order_given():
    built = build()
    assert built.history_of(0).item_indices.tolist() == [2, 0]
    assert built.history_of(1).item_indices.tolist() == [1, 0]
    assert built.history_of(1).as_of == 100


def test_a_catalogue_adds_unrated_items_and_leaves_others_out():
    built = build(catalogue=ItemIndex.of([10, 20, 70]))
    assert built.items.ids.tolist() == [10, 20, 70]
    assert built.n_ratings == 3


def test_a_pair_given_twice_is_refused():
    with pytest.raises(InvalidInteractionsError, match="repeat"):
        build(item_ids=[50, 20, 50, 70])


@pytest.mark.parametrize("wrong", [0.0, 5.5, np.nan, np.inf, -1])
def test_a_rating_out_of_range_is_refused(wrong):
    with pytest.raises(InvalidInteractionsError, match=r"between 0\.5 and 5"):
        build(stars=[4, wrong, 5, 1])


def test_arrays_of_different_length_are_refused():
    with pytest.raises(InvalidInteractionsError, match="length"):
        build(stars=[4.0, 3.0])


def test_content_for_another_number_of_items_is_refused():
    with pytest.raises(InvalidInteractionsError, match="genres describes 1 items, expected 3"):
        build(content=ItemContent(genres=[("Drama",)]))


def test_keeping_ratings_keeps_users_items_and_order():
    built = build()
    kept = built.keep_ratings(built.user_items.data > 2)
    assert kept.user_items.toarray().tolist() == [[2.5, 0, 0], [5, 4, 0]]
    assert kept.history_of(1).item_indices.tolist() == [1, 0]
    assert kept.n_items == 3


def test_keeping_users_keeps_their_ratings_events_and_groups():
    built = build(events=events(), groups={8: ("gender:F",)})
    kept = built.keep_users(np.array([1]))
    assert kept.user_ids.tolist() == [8]
    assert kept.history_of(0).item_indices.tolist() == [1, 0]
    assert kept.history_of(0).group == ("gender:F",)
    assert len(kept.events) == 2
    assert kept.event_user_indices.tolist() == [0, 0]


def events():
    return UserEvents(
        user_ids=[8, 3, 8, 8],
        item_ids=[70, 50, 20, 999],
        kinds=["watchlisted", "dismissed", "viewed", "viewed"],
        timestamps=[5, 4, 6, 7],
    )


def test_events_follow_time_and_those_about_unknown_items_are_left_out():
    built = build(events=events())
    assert built.events.timestamps.tolist() == [4, 5, 6]
    assert built.event_user_indices.tolist() == [0, 1, 1]
    assert built.events.item_indices.tolist() == [1, 2, 0]


def test_events_weigh_only_where_there_is_no_rating():
    weights = build(events=events()).event_weights.toarray()
    assert weights.tolist() == [[0, -0.5, 0], [0, 0, 0.5]]


def test_an_unknown_kind_of_event_is_refused():
    odd = UserEvents(user_ids=[8], item_ids=[20], kinds=["sneezed"], timestamps=[1])
    with pytest.raises(InvalidInteractionsError, match="sneezed"):
        build(events=odd)


def test_somebody_with_events_only_has_a_history_too():
    only = UserEvents(user_ids=[1], item_ids=[20], kinds=["viewed"], timestamps=[1])
    built = build(events=only)
    assert built.user_ids.tolist() == [1, 3, 8]
    assert built.history_of(0).n_entries == 1


def test_a_history_has_its_own_events_in_order_of_time():
    built = build(events=events())
    assert built.history_of(0).events.timestamps.tolist() == [4]
    assert built.history_of(1).events.timestamps.tolist() == [5, 6]
    assert built.history_of(1).events.item_indices.tolist() == [2, 0]
