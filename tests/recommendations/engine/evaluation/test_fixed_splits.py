import gzip
from dataclasses import replace

import numpy as np
import pytest

from recommendations.engine.csv_files import RatingRows
from recommendations.engine.errors import InputFileError, InvalidInteractionsError
from recommendations.engine.evaluation.fixed_splits import (
    DrawnCandidates,
    are_among,
    read_ncf,
    split_among_drawn,
    split_off,
)
from recommendations.engine.evaluation.leaks import check_no_leak
from tests.recommendations.engine.worlds import tagged_camps, two_camps


@pytest.fixture(scope="module")
def world():
    return two_camps(n_users=20, with_events=False)


def rows_of(world, positions):
    return RatingRows(
        user_ids=world.user_ids[world.rating_users[positions]],
        item_ids=world.items.ids[world.user_items.indices[positions]],
        stars=world.user_items.data[positions],
        timestamps=world.timestamps[positions],
    )


def test_exactly_the_ratings_of_the_file_are_held_back(world):
    positions = np.array([0, 1, 30, 200])
    split = split_off(world, rows_of(world, positions))
    held = {
        (case.user_id, int(world.items.ids[item]))
        for case in split.cases
        for item in case.target_items
    }
    rows = rows_of(world, positions)
    assert held == set(zip(rows.user_ids.tolist(), rows.item_ids.tolist(), strict=True))
    assert split.train.n_ratings == world.n_ratings - 4


def test_ratings_that_are_not_there_cannot_be_held_back(world):
    rows = rows_of(world, np.array([0]))
    stranger = RatingRows(
        user_ids=rows.user_ids + 5000,
        item_ids=rows.item_ids,
        stars=rows.stars,
        timestamps=rows.timestamps,
    )
    with pytest.raises(InvalidInteractionsError, match="0 of them are there"):
        split_off(world, stranger)


@pytest.fixture
def ncf(tmp_path):
    (tmp_path / "item_map.csv").write_text("ncf_item,movie_id\n0,15\n1,25\n2,35\n")
    (tmp_path / "ml-1m.test.rating").write_text("0\t1\t4\t100\n")
    with gzip.open(tmp_path / "ml-1m.test.negative.gz", "wt") as stream:
        stream.write("(0,1)\t2\t0\t1\n")
    return tmp_path


def test_numbers_of_ncf_become_movielens_ids(ncf):
    drawn = read_ncf(ncf)
    assert (drawn.test.user_ids.tolist(), drawn.test.item_ids.tolist()) == ([1], [25])
    assert drawn.item_ids[1].tolist() == [35, 15, 25]


def test_a_test_item_among_its_own_negatives_counts_once(world, ncf):
    drawn = read_ncf(ncf)
    rows = rows_of(world, np.array([0]))
    user_id = int(rows.user_ids[0])
    negatives = np.concatenate([rows.item_ids, [15, 35, 999]])
    split = split_among_drawn(world, type(drawn)(test=rows, item_ids={user_id: negatives}))
    expected = set(rows.item_ids.tolist()) | {15, 35}
    assert set(world.items.ids[split.cases[0].candidates].tolist()) == expected


def test_what_people_tag_after_their_drawn_test_rating_is_forgotten():
    world = tagged_camps(n_users=20)
    last = np.flatnonzero(np.diff(world.rating_users, append=-1))
    drawn = drawn_from(rows_of(world, last), negatives=[15, 35])
    split = split_among_drawn(world, drawn)
    moments = dict(zip(drawn.test.user_ids.tolist(), drawn.test.timestamps.tolist(), strict=True))
    tags = split.train.given_tags
    by_people = [
        (user, time)
        for user, time in zip(tags.user_ids.tolist(), tags.timestamps.tolist(), strict=True)
        if user in moments
    ]
    assert by_people
    assert all(time <= moments[user] for user, time in by_people)
    assert check_no_leak(split) is split


def test_ncf_files_that_are_not_there_are_named(tmp_path):
    with pytest.raises(InputFileError, match=r"item_map\.csv"):
        read_ncf(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ml-1m.test.rating", "", "line 1: expected user, item, rating and time"),
        ("ml-1m.test.rating", "0\t1\t4\t100\n0\t1\n", "line 2: expected user, item, rating"),
        ("ml-1m.test.rating", "0\tone\t4\t100\n", "line 1: expected whole numbers"),
        ("ml-1m.test.rating", "0\t9\t4\t100\n", "line 1: item 9 is not in"),
        ("ml-1m.test.rating", "0\t1\t9\t100\n", "line 1: expected 1 to 5 stars, got 9"),
        (
            "ml-1m.test.rating",
            "0\t1\t4\t1\n7\t1\t4\t1\n",
            "line 2: user 7 is not in ml-1m.test.neg",
        ),
        ("item_map.csv", "ncf_item,movie_id\n", "line 2, column ncf_item: there is no item"),
        (
            "item_map.csv",
            "ncf_item,movie_id\n-1,5\n",
            "line 2, column ncf_item: expected items fro",
        ),
        ("item_map.csv", "ncf_item,movie_id\n1,5\n1,6\n", "line 3, .*: item 1 is given twice"),
        (
            "item_map.csv",
            "ncf_item,movie_id\n0,5\n1,6\n5,6\n",
            "negative.gz, line 1: item 2 is not",
        ),
    ],
)
def test_ncf_files_that_cannot_be_used_are_named(ncf, name, content, message):
    (ncf / name).write_text(content)
    with pytest.raises(InputFileError, match=message):
        read_ncf(ncf)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("(0,2)\t2\n", r"line 1: \(0,2\) is not in ml-1m\.test\.rating"),
        ("(0,1)\t2\n(0,1)\t0\n", "line 2: user 0 has a line already"),
        ("(0,1)\n", r"line 1: \(0,1\) has no drawn item"),
        ("(0,1)\t2\n\n", r"line 2: expected \(user,item\)"),
    ],
)
def test_drawn_items_of_other_ratings_are_named(ncf, content, message):
    with gzip.open(ncf / "ml-1m.test.negative.gz", "wt") as stream:
        stream.write(content)
    with pytest.raises(InputFileError, match=message):
        read_ncf(ncf)


def drawn_from(rows, *, negatives):
    return DrawnCandidates(
        test=rows, item_ids={int(user_id): np.array(negatives) for user_id in rows.user_ids}
    )


def test_test_ratings_are_all_among_the_ratings_or_none_of_them_is(world, tmp_path):
    last = np.searchsorted(world.rating_users, [1, 2, 3]) - 1
    drawn = drawn_from(rows_of(world, last), negatives=[15, 35])
    assert are_among(drawn, world, tmp_path)
    is_train = ~np.isin(np.arange(world.n_ratings), last)
    assert not are_among(drawn, world.keep_ratings(is_train), tmp_path)
    is_train[last[0]] = True
    with pytest.raises(InputFileError, match=r"line 2: .* did not rate .* 1 of these 3 ratings"):
        are_among(drawn, world.keep_ratings(is_train), tmp_path)


def test_people_and_movies_of_other_data_are_named(world, tmp_path):
    rows = rows_of(world, np.array([0, 100]))
    foreign = replace(rows, user_ids=rows.user_ids + np.array([0, 5000]))
    with pytest.raises(InputFileError, match=r"test\.rating, line 2: user 6008 of MovieLens gave"):
        are_among(drawn_from(foreign, negatives=[15]), world, tmp_path)
    foreign = replace(rows, item_ids=np.array([999, 15]))
    with pytest.raises(InputFileError, match=r"test\.rating, line 1: movie 999 is in neither"):
        are_among(drawn_from(foreign, negatives=[15]), world, tmp_path)
    with pytest.raises(InputFileError, match=r"negative\.gz, line 1: movie 998 is in neither"):
        are_among(drawn_from(rows, negatives=[15, 998]), world, tmp_path)


def test_ncf_negatives_that_are_cut_short_are_named(ncf):
    path = ncf / "ml-1m.test.negative.gz"
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(InputFileError, match="cannot be read"):
        read_ncf(ncf)
