"""Splits that come from files: official folds, and one item among drawn others.

The second is the protocol of He, Liao, Zhang, Nie, Hu and Chua, "Neural Collaborative Filtering",
WWW 2017: each person's held-out item is ranked among 99 items they did not rate.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.csv_files import RatingRows, read_rows
from recommendations.engine.errors import InputFileError, InvalidInteractionsError
from recommendations.engine.evaluation.splits import Case, Split, forget_later, split_by_mask
from recommendations.engine.history import WHOLE_STARS
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex

ITEM_MAP, TEST, NEGATIVES = "item_map.csv", "ml-1m.test.rating", "ml-1m.test.negative.gz"
NCF_FILES = (ITEM_MAP, TEST, NEGATIVES)
_TEST_FIELDS = 4
_MOST_ITEMS = 10_000_000
_NO_MOVIE = np.iinfo(np.int64).min
_TEST_FORM = "expected user, item, rating and time between tabs"
_PERSON = re.compile(r"\((\d{1,18}),(\d{1,18})\)")


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnCandidates:
    """The held-out ratings of NCF's files and, by outer user id, the outer ids to rank."""

    test: RatingRows
    item_ids: dict[int, IndexArray]


def split_off(interactions: Interactions, test: RatingRows) -> Split:
    """Hold back the ratings of these people and items, all of which must be there."""
    return split_by_mask(interactions, _is_left(interactions, test))


def _is_left(interactions: Interactions, test: RatingRows) -> BoolArray:
    is_test: BoolArray = np.isin(_rated_cells(interactions), _cells(interactions, test))
    if int(is_test.sum()) != len(test.stars):
        raise InvalidInteractionsError(
            f"{len(test.stars)} ratings are to be held back, {int(is_test.sum())} of them are there"
        )
    return ~is_test


def _rated_cells(interactions: Interactions) -> IndexArray:
    return interactions.rating_users * interactions.n_items + interactions.user_items.indices


def _cells(interactions: Interactions, rows: RatingRows) -> IndexArray:
    """Return one number per pair of person and item, −1 where one of them is not there."""
    users, is_user = ItemIndex(interactions.user_ids).find(rows.user_ids)
    items, is_item = interactions.items.find(rows.item_ids)
    return np.where(is_user & is_item, users * interactions.n_items + items, -1)


def split_among_drawn(interactions: Interactions, drawn: DrawnCandidates) -> Split:
    """Hold back NCF's test ratings; each is ranked among its person's drawn items.

    A test item that was drawn among its own negatives (156 people of ML-1M) counts once, as in
    the authors' program, so its list has 99 items.
    """
    is_train = _is_left(interactions, drawn.test)
    split = split_by_mask(forget_later(interactions, is_train), is_train)
    return replace(split, cases=[_narrow(case, interactions, drawn) for case in split.cases])


def _narrow(case: Case, interactions: Interactions, drawn: DrawnCandidates) -> Case:
    indices, is_known = interactions.items.find(drawn.item_ids[case.user_id])
    return replace(case, candidates=np.union1d(indices[is_known], case.target_items))


def are_among(drawn: DrawnCandidates, interactions: Interactions, directory: Path) -> bool:
    """Return whether NCF's test ratings are among these: all of them are, or none.

    Raises `InputFileError` for the first person and the first movie that are not, and where
    some of the ratings are there and others are not: then the files are of other data.
    """
    test, path = drawn.test, directory / TEST
    raters = interactions.user_ids[np.diff(interactions.user_items.indptr) > 0]
    strangers = np.flatnonzero(~np.isin(test.user_ids, raters))
    if len(strangers):
        stranger = test.user_ids[strangers[0]]
        message = f"user {stranger} of MovieLens gave none of the ratings"
        raise InputFileError(message, path=path, line=int(strangers[0]) + 1)
    _refuse_unknown(test.item_ids[:, np.newaxis], interactions, path)
    _refuse_unknown(list(drawn.item_ids.values()), interactions, directory / NEGATIVES)
    is_there = np.isin(_cells(interactions, test), _rated_cells(interactions))
    if is_there.any() and not is_there.all():
        place = int(np.argmin(is_there))
        raise InputFileError(
            f"user {test.user_ids[place]} did not rate movie {test.item_ids[place]}, "
            f"while {int(is_there.sum())} of these {len(is_there)} ratings are there",
            path=path,
            line=place + 1,
        )
    return bool(is_there.all())


def _refuse_unknown(item_ids: Iterable[IndexArray], interactions: Interactions, path: Path) -> None:
    for line, own in enumerate(item_ids, start=1):
        _, is_known = interactions.items.find(own)
        if not is_known.all():
            unknown = own[~is_known][0]
            message = f"movie {unknown} is in neither ratings nor movies"
            raise InputFileError(message, path=path, line=line)


def read_ncf(directory: Path) -> DrawnCandidates:
    """Read ml-1m.test.rating, ml-1m.test.negative.gz and item_map.csv of a directory.

    User numbers there count from 0 where MovieLens counts from 1. Raises `InputFileError` for
    what cannot be read, and unless each test rating has one line of drawn items.
    """
    outer_ids = _read_item_map(directory / ITEM_MAP)
    path = directory / TEST
    lines = enumerate(_read_lines(path), start=1)
    numbers = np.array([_read_test_line(line, path, number) for number, line in lines])
    if not len(numbers):
        raise InputFileError(_TEST_FORM, path=path, line=1)
    users, items = numbers[:, 0], numbers[:, 1]
    places = enumerate(items[:, np.newaxis], start=1)
    movie_ids = [_look_up(item, outer_ids, path, line=number) for number, item in places]
    negatives = _read_negatives(directory / NEGATIVES, outer_ids, test=numbers)
    _refuse_repeated(users, path)
    for number, user_id in enumerate((users + 1).tolist(), start=1):
        if user_id not in negatives:
            message = f"user {user_id - 1} is not in {NEGATIVES}"
            raise InputFileError(message, path=path, line=number)
    test = RatingRows(
        user_ids=users + 1,
        item_ids=np.concatenate(movie_ids),
        stars=numbers[:, 2].astype(np.float32),
        timestamps=numbers[:, 3],
    )
    return DrawnCandidates(test=test, item_ids=negatives)


def _refuse_repeated(users: IndexArray, path: Path) -> None:
    _, firsts = np.unique(users, return_index=True)
    repeated = np.setdiff1d(np.arange(len(users)), firsts)
    if len(repeated):
        message = f"user {users[repeated[0]]} has a test rating already"
        raise InputFileError(message, path=path, line=int(repeated[0]) + 1)


def _read_test_line(line: str, path: Path, number: int) -> IndexArray:
    cells = line.split("\t")
    if len(cells) != _TEST_FIELDS:
        raise InputFileError(_TEST_FORM, path=path, line=number)
    numbers = _whole_numbers(cells, path, number)
    if numbers[2] not in WHOLE_STARS:
        raise InputFileError(f"expected 1 to 5 stars, got {numbers[2]}", path=path, line=number)
    return numbers


def _read_item_map(path: Path) -> IndexArray:
    movie_ids: dict[int, int] = {}
    for row in read_rows(path, required=("ncf_item", "movie_id")):
        item = row.integer("ncf_item")
        if not 0 <= item <= _MOST_ITEMS:
            raise row.error("ncf_item", f"expected items from 0 to {_MOST_ITEMS}, got {item}")
        if item in movie_ids:
            raise row.error("ncf_item", f"item {item} is given twice")
        movie_ids[item] = row.integer("movie_id")
    if not movie_ids:
        raise InputFileError("there is no item", path=path, line=2, column="ncf_item")
    outer_ids = np.full(max(movie_ids) + 1, _NO_MOVIE, dtype=np.int64)
    outer_ids[list(movie_ids)] = list(movie_ids.values())
    return outer_ids


def _read_negatives(
    path: Path, outer_ids: IndexArray, *, test: IndexArray
) -> dict[int, IndexArray]:
    negatives: dict[int, IndexArray] = {}
    pairs = set(zip(test[:, 0].tolist(), test[:, 1].tolist(), strict=True))
    for number, line in enumerate(_read_lines(path), start=1):
        person, *items = line.split("\t")
        match = _PERSON.fullmatch(person)
        if match is None:
            raise InputFileError(f"expected (user,item), got {person!r}", path=path, line=number)
        user, item = int(match[1]), int(match[2])
        if (user, item) not in pairs:
            raise InputFileError(f"{person} is not in {TEST}", path=path, line=number)
        if user + 1 in negatives:
            raise InputFileError(f"user {user} has a line already", path=path, line=number)
        if not items:
            raise InputFileError(f"{person} has no drawn item", path=path, line=number)
        inner = _whole_numbers(items, path, number)
        negatives[user + 1] = _look_up(inner, outer_ids, path, line=number)
    return negatives


def _whole_numbers(cells: Sequence[str], path: Path, line: int) -> IndexArray:
    try:
        return np.array(cells, dtype=np.int64)
    except (ValueError, OverflowError):
        raise InputFileError("expected whole numbers between tabs", path=path, line=line) from None


def _look_up(inner: IndexArray, outer_ids: IndexArray, path: Path, *, line: int) -> IndexArray:
    is_mapped = (inner >= 0) & (inner < len(outer_ids))
    is_mapped[is_mapped] = outer_ids[inner[is_mapped]] != _NO_MOVIE
    if not is_mapped.all():
        unmapped = inner[~is_mapped][0]
        raise InputFileError(f"item {unmapped} is not in {ITEM_MAP}", path=path, line=line)
    return outer_ids[inner]


def _read_lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputFileError(f"cannot be read: {error.strerror}", path=path) from error
    try:
        text = gzip.decompress(content) if path.suffix == ".gz" else content
        return text.decode("utf-8").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputFileError(f"cannot be read: {error}", path=path) from error
