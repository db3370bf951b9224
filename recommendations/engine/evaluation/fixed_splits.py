"""Splits that come from files: official folds, and one item among drawn others.

The second is the protocol of He, Liao, Zhang, Nie, Hu and Chua, "Neural Collaborative Filtering",
WWW 2017: each person's held-out item is ranked among 99 items they did not rate.
"""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.csv_files import RatingRows, read_rows
from recommendations.engine.errors import InputFileError, InvalidInteractionsError
from recommendations.engine.evaluation.splits import Case, Split, split_by_mask
from recommendations.engine.interactions import Interactions

ITEM_MAP, TEST, NEGATIVES = "item_map.csv", "ml-1m.test.rating", "ml-1m.test.negative.gz"
NCF_FILES = (ITEM_MAP, TEST, NEGATIVES)
_TEST_FIELDS = 4
_MOST_ITEMS = 10_000_000
_PERSON = re.compile(r"\((\d+),\d+\)")


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnCandidates:
    """The held-out ratings of NCF's files and, by outer user id, the outer ids to rank."""

    test: RatingRows
    item_ids: dict[int, IndexArray]


def split_off(interactions: Interactions, test: RatingRows) -> Split:
    """Hold back the ratings of these people and items, all of which must be there."""
    users = np.searchsorted(interactions.user_ids, test.user_ids)
    items, _ = interactions.items.find(test.item_ids)
    cells = interactions.rating_users * interactions.n_items + interactions.user_items.indices
    is_test: BoolArray = np.isin(cells, users * interactions.n_items + items)
    if int(is_test.sum()) != len(test.stars):
        raise InvalidInteractionsError(
            f"{len(test.stars)} ratings are to be held back, {int(is_test.sum())} of them are there"
        )
    return split_by_mask(interactions, ~is_test)


def split_among_drawn(interactions: Interactions, drawn: DrawnCandidates) -> Split:
    """Hold back NCF's test ratings; each is ranked among its person's drawn items.

    A test item that was drawn among its own negatives (156 people of ML-1M) counts once, as in
    the authors' program, so its list has 99 items.
    """
    split = split_off(interactions, drawn.test)
    return replace(split, cases=[_narrow(case, interactions, drawn) for case in split.cases])


def _narrow(case: Case, interactions: Interactions, drawn: DrawnCandidates) -> Case:
    indices, is_known = interactions.items.find(drawn.item_ids[case.user_id])
    return replace(case, candidates=np.union1d(indices[is_known], case.target_items))


def read_ncf(directory: Path) -> DrawnCandidates:
    """Read ml-1m.test.rating, ml-1m.test.negative.gz and item_map.csv of a directory.

    User numbers there count from 0 where MovieLens counts from 1. Raises `InputFileError` for
    what cannot be read.
    """
    outer_ids = _read_item_map(directory / ITEM_MAP)
    path = directory / TEST
    lines = _read_lines(path)
    rows = [line.split("\t") for line in lines]
    if not rows or any(len(row) != _TEST_FIELDS for row in rows):
        raise InputFileError("expected user, item, rating and time between tabs", path=path)
    numbers = np.stack([_whole_numbers(row, path, line) for line, row in enumerate(rows, start=1)])
    test = RatingRows(
        user_ids=numbers[:, 0] + 1,
        item_ids=_look_up(numbers[:, 1], outer_ids, path),
        stars=numbers[:, 2].astype(np.float32),
        timestamps=numbers[:, 3],
    )
    negatives = _read_negatives(directory / NEGATIVES, outer_ids)
    return DrawnCandidates(test=test, item_ids=negatives)


def _read_item_map(path: Path) -> IndexArray:
    rows = read_rows(path, required=("ncf_item", "movie_id"))
    pairs = [(row.integer("ncf_item"), row.integer("movie_id")) for row in rows]
    largest = max((item for item, _ in pairs), default=-1)
    if not pairs or min(pairs)[0] < 0 or largest > _MOST_ITEMS:
        raise InputFileError(f"expected items from 0 to {_MOST_ITEMS}", path=path)
    outer_ids = np.full(largest + 1, -1, dtype=np.int64)
    for item, movie_id in pairs:
        outer_ids[item] = movie_id
    return outer_ids


def _read_negatives(path: Path, outer_ids: IndexArray) -> dict[int, IndexArray]:
    negatives = {}
    for number, line in enumerate(_read_lines(path), start=1):
        person, *items = line.split("\t")
        match = _PERSON.fullmatch(person)
        if match is None:
            raise InputFileError(f"expected (user,item), got {person!r}", path=path, line=number)
        inner = _whole_numbers(items, path, number)
        negatives[int(match[1]) + 1] = _look_up(inner, outer_ids, path, line=number)
    return negatives


def _whole_numbers(cells: Sequence[str], path: Path, line: int) -> IndexArray:
    try:
        return np.array(cells, dtype=np.int64)
    except (ValueError, OverflowError):
        raise InputFileError("expected whole numbers between tabs", path=path, line=line) from None


def _look_up(
    inner: IndexArray, outer_ids: IndexArray, path: Path, *, line: int | None = None
) -> IndexArray:
    is_mapped = (inner >= 0) & (inner < len(outer_ids))
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
