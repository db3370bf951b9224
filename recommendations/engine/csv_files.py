"""Read MovieLens CSV files strictly: what cannot be used is an error with its place.

Every reader streams; an `InputFileError` names file, line and column. Columns are found by the
names in the header, in any order, and further ones are ignored.
"""

import csv
import io
import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommendations.engine.arrays import Float32Array, IndexArray
from recommendations.engine.errors import InputFileError
from recommendations.engine.events import EventKind
from recommendations.engine.history import HIGHEST_STARS, LOWEST_STARS
from recommendations.engine.interactions import UserEvents
from recommendations.engine.number_columns import read_number_columns

_YEAR = re.compile(r"\((\d{4})\)\s*$")
_NO_GENRES = "(no genres listed)"
_LARGEST_ID = 2**63 - 1
_TAG_NUMBERS = ("userId", "movieId", "timestamp")
GROUP_COLUMNS = ("gender", "age", "occupation")
METADATA_COLUMNS = (
    "title",
    "year",
    "genres",
    "overview",
    "director",
    "writer",
    "cast",
    "keywords",
    "certification",
    "original_language",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class RatingRows:
    """The rows of a ratings file in file order; arrays of shape (n_rows,)."""

    user_ids: IndexArray
    item_ids: IndexArray
    stars: Float32Array
    timestamps: IndexArray


@dataclass(frozen=True, kw_only=True, eq=False)
class TagRows:
    """The rows of a tags file in file order; shape (n_rows,) each."""

    user_ids: IndexArray
    item_ids: IndexArray
    tags: Sequence[str]
    timestamps: IndexArray


@dataclass(kw_only=True)
class MovieFacts:
    """What files say about one movie."""

    title: str = ""
    year: int = 0
    genres: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    overview: str = ""
    certification: str = ""
    language: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of a file, with what is needed to complain about it."""

    path: Path
    line: int
    values: dict[str, str]

    def error(self, column: str, message: str) -> InputFileError:
        """Return the error that names this place."""
        return InputFileError(message, path=self.path, line=self.line, column=column)

    def integer(self, column: str) -> int:
        """Return a whole number, or raise `InputFileError`."""
        text = self.values[column]
        try:
            number = int(_without_underscores(text))
        except ValueError:
            raise self.error(column, f"expected a whole number, got {text!r}") from None
        if abs(number) > _LARGEST_ID:
            raise self.error(column, f"{text} is too large")
        return number

    def stars(self, column: str) -> float:
        """Return a rating between 0.5 and 5, or raise `InputFileError`."""
        text = self.values[column]
        try:
            number = float(_without_underscores(text))
        except ValueError:
            raise self.error(column, f"expected a number, got {text!r}") from None
        if math.isnan(number) or not LOWEST_STARS <= number <= HIGHEST_STARS:
            raise self.error(column, f"a rating must be between 0.5 and 5, got {text}")
        return number


def read_rows(
    path: Path, *, required: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[Row]:
    """Yield the rows of a CSV file with the columns asked for; optional ones may be absent.

    Raises `InputFileError` for a file that is missing, empty, not UTF-8 or not CSV, a column
    that is missing and a row that is too short. Blank lines are skipped.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            places = _find_columns(path, next(reader, []), required=required, optional=optional)
            last = max(places.values())
            for cells in reader:
                if not cells:
                    continue
                if len(cells) <= last:
                    missing = next(name for name, place in places.items() if place >= len(cells))
                    raise InputFileError(
                        "the value is missing", path=path, line=reader.line_num, column=missing
                    )
                values = {name: cells[place] for name, place in places.items()}
                yield Row(path=path, line=reader.line_num, values=values)
    except OSError as error:
        raise InputFileError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error
    except csv.Error as error:
        raise InputFileError(f"is not CSV: {error}", path=path, line=reader.line_num) from error


def _not_utf8(path: Path) -> InputFileError:
    """Return the error with its place, which the decoder counts within a piece of the file.

    A pipe cannot be read a second time, so there the place stays open.
    """
    start, n_lines = 0, 0
    with path.open("rb") if path.is_file() else io.BytesIO() as stream:
        for line in stream:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                n_lines += _count_line_ends(line[: error.start])
                place = start + error.start + 1
                return InputFileError(
                    f"byte {place} of the file is not UTF-8", path=path, line=n_lines + 1
                )
            start += len(line)
            n_lines += _count_line_ends(line)
    return InputFileError("is not UTF-8", path=path)


def _count_line_ends(content: bytes) -> int:
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def _find_columns(
    path: Path, header: list[str], *, required: Sequence[str], optional: Sequence[str]
) -> dict[str, int]:
    if not header:
        raise InputFileError("the file is empty", path=path, line=1, column=required[0])
    places = {name.strip(): place for place, name in enumerate(header)}
    for column in required:
        if column not in places:
            raise InputFileError("the column is missing", path=path, line=1, column=column)
    return {name: places[name] for name in (*required, *optional) if name in places}


def read_ratings(path: Path) -> RatingRows:
    """Read userId, movieId, rating, timestamp; a pair given twice is an error.

    A rating is any number between 0.5 and 5. Files of plain numbers and half stars are read
    at once; whatever is odd in others is read, or refused with its place, row by row.
    """
    rows = _read_plain_ratings(path)
    return _read_ratings_strictly(path) if rows is None else rows


def read_some_ratings(path: Path) -> RatingRows:
    """Read ratings as `read_ratings` does; a file without any is an error."""
    rows = read_ratings(path)
    if not len(rows.stars):
        raise InputFileError("there is no rating", path=path, line=2, column="rating")
    return rows


def _read_plain_ratings(path: Path) -> RatingRows | None:
    """Return the ratings of a file without anything odd in it, else None."""
    columns = read_number_columns(path, whole=("userId", "movieId", "timestamp"), halves=["rating"])
    if columns is None:
        return None
    rows = RatingRows(
        user_ids=columns["userId"].astype(np.int64, copy=False),
        item_ids=columns["movieId"].astype(np.int64, copy=False),
        stars=columns["rating"].astype(np.float32, copy=False),
        timestamps=columns["timestamp"].astype(np.int64, copy=False),
    )
    is_in_range = (rows.stars >= LOWEST_STARS) & (rows.stars <= HIGHEST_STARS)
    return rows if is_in_range.all() and not _may_repeat_pairs(rows) else None


def _may_repeat_pairs(rows: RatingRows) -> bool:
    """Tell whether a pair is given twice, or ids lie too far apart to see it at once."""
    if not len(rows.stars):
        return False
    users = rows.user_ids - rows.user_ids.min()
    items = rows.item_ids - rows.item_ids.min()
    width = int(items.max()) + 1
    has_overflowed = min(int(users.min()), int(items.min())) < 0
    if has_overflowed or (int(users.max()) + 1) * width > _LARGEST_ID:
        return True
    keys = np.sort(users * width + items)
    return bool((keys[1:] == keys[:-1]).any())


def _read_ratings_strictly(path: Path) -> RatingRows:
    users, items, lines, times = array("q"), array("q"), array("q"), array("q")
    stars = array("f")
    for row in read_rows(path, required=("userId", "movieId", "rating", "timestamp")):
        users.append(row.integer("userId"))
        items.append(row.integer("movieId"))
        stars.append(row.stars("rating"))
        times.append(row.integer("timestamp"))
        lines.append(row.line)
    rows = RatingRows(
        user_ids=np.array(users, dtype=np.int64),
        item_ids=np.array(items, dtype=np.int64),
        stars=np.array(stars, dtype=np.float32),
        timestamps=np.array(times, dtype=np.int64),
    )
    _refuse_repeated_pairs(path, rows, lines=np.array(lines, dtype=np.int64))
    return rows


def _refuse_repeated_pairs(path: Path, rows: RatingRows, *, lines: IndexArray) -> None:
    order = np.lexsort((rows.item_ids, rows.user_ids))
    users, items = rows.user_ids[order], rows.item_ids[order]
    repeats = np.flatnonzero((users[1:] == users[:-1]) & (items[1:] == items[:-1]))
    if not len(repeats):
        return
    place = repeats[np.argmin(lines[order[repeats + 1]])]
    raise InputFileError(
        f"user {users[place]} already rated movie {items[place]} in line {lines[order[place]]}",
        path=path,
        line=int(lines[order[place + 1]]),
        column="movieId",
    )


def read_pairs(path: Path) -> tuple[IndexArray, IndexArray]:
    """Read userId, movieId and return both in file order; pairs may repeat."""
    users, items = array("q"), array("q")
    for row in read_rows(path, required=("userId", "movieId")):
        users.append(row.integer("userId"))
        items.append(row.integer("movieId"))
    return np.array(users, dtype=np.int64), np.array(items, dtype=np.int64)


def read_user_ids(path: Path) -> list[int]:
    """Read userId and return each user once, in the order of the file."""
    rows = read_rows(path, required=["userId"])
    return list(dict.fromkeys(row.integer("userId") for row in rows))


def read_movies(path: Path) -> dict[int, MovieFacts]:
    """Read movieId, title, genres; the year stands in brackets at the end of the title."""
    movies: dict[int, MovieFacts] = {}
    seen: set[int] = set()
    for row in read_rows(path, required=("movieId", "title", "genres")):
        movie_id = _once(row, "movieId", seen)
        year = _YEAR.search(row.values["title"])
        genres = row.values["genres"]
        movies[movie_id] = MovieFacts(
            title=row.values["title"],
            year=int(year[1]) if year else 0,
            genres=() if genres == _NO_GENRES else _split(genres),
        )
    return movies


def add_metadata(path: Path, movies: dict[int, MovieFacts]) -> None:
    """Add what further columns tell, each of them optional, to the movies that are known.

    Several directors, writers, actors or keywords of a cell are parted by "|".
    """
    seen: set[int] = set()
    for row in read_rows(path, required=["movieId"], optional=METADATA_COLUMNS):
        facts = movies.get(_once(row, "movieId", seen))
        if facts is None:
            continue
        values = row.values
        facts.overview = values.get("overview", "")
        facts.certification = values.get("certification", "")
        facts.language = values.get("original_language", "")
        facts.directors = _split(values.get("director", ""))
        facts.writers = _split(values.get("writer", ""))
        facts.cast = _split(values.get("cast", ""))
        facts.keywords = _split(values.get("keywords", ""))
        facts.title = facts.title or values.get("title", "")
        facts.genres = facts.genres or _split(values.get("genres", ""))
        if not facts.year and values.get("year"):
            facts.year = row.integer("year")


def read_tags(path: Path) -> TagRows:
    """Read userId, movieId, tag, timestamp."""
    columns: dict[str, array[int]] = {name: array("q") for name in _TAG_NUMBERS}
    tags = []
    for row in read_rows(path, required=("userId", "movieId", "tag", "timestamp")):
        for name, values in columns.items():
            values.append(row.integer(name))
        tags.append(row.values["tag"])
    users, items, times = (np.array(columns[name], dtype=np.int64) for name in _TAG_NUMBERS)
    return TagRows(user_ids=users, item_ids=items, tags=tags, timestamps=times)


def read_groups(path: Path) -> dict[int, tuple[str, ...]]:
    """Read userId and what is known of gender, age, occupation, as labels like "gender:F"."""
    groups: dict[int, tuple[str, ...]] = {}
    seen: set[int] = set()
    for row in read_rows(path, required=["userId"], optional=GROUP_COLUMNS):
        groups[_once(row, "userId", seen)] = tuple(
            f"{column}:{row.values[column]}" for column in GROUP_COLUMNS if row.values.get(column)
        )
    return groups


def read_events(path: Path) -> UserEvents:
    """Read userId, movieId, event, timestamp; the events are those of `EventKind`."""
    columns: dict[str, list[int]] = defaultdict(list)
    kinds = []
    known = [kind.value for kind in EventKind]
    for row in read_rows(path, required=("userId", "movieId", "event", "timestamp")):
        for column in ("userId", "movieId", "timestamp"):
            columns[column].append(row.integer(column))
        kind = row.values["event"]
        if kind not in known:
            raise row.error("event", f"expected one of {', '.join(known)}, got {kind!r}")
        kinds.append(kind)
    return UserEvents(
        user_ids=columns["userId"],
        item_ids=columns["movieId"],
        kinds=kinds,
        timestamps=columns["timestamp"],
    )


def _once(row: Row, column: str, seen: set[int]) -> int:
    """Return the id of a row, or raise `InputFileError` where an earlier row has it."""
    outer_id = row.integer(column)
    if outer_id in seen:
        raise row.error(column, f"{outer_id} is given twice")
    seen.add(outer_id)
    return outer_id


def _without_underscores(text: str) -> str:
    """Return the text, or raise `ValueError` where Python would read 1_000 as a number."""
    if "_" in text:
        raise ValueError(text)
    return text


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
