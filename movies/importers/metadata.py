"""Read a file of movies' facts and texts: a CSV, packed by gzip or not, one row a movie."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BufferedReader, TextIOWrapper
from pathlib import Path

from movies.errors import ImportRefusedError
from movies.importers.archives import MOST_COMPRESSED, SMALL_FILE
from movies.importers.fields import read_number
from movies.importers.rows import Reject

COLUMNS = (
    "movieId",
    "imdbId",
    "tmdbId",
    "overview",
    "tagline",
    "director",
    "cast",
    "keywords",
    "runtime",
    "original_language",
    "release_date",
    "certification",
    "poster_path",
)
LONGEST = {"tagline": 500, "certification": 20}
LONGEST_NAME = 200
LONGEST_KEYWORD = 100
LONGEST_RUNTIME = 32_767
POSTER_PATH = re.compile(r"/[\w.-]{1,190}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2}")
# TMDB's own codes, and one that ISO 639 has withdrawn.
LANGUAGES = {"cn": "zh", "xx": "", "mo": "ro"}
SHOWN = 200


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """What a file tells about a movie; nothing, where it tells nothing."""

    line: int
    movielens_id: int | None
    imdb_id: int | None
    tmdb_id: int | None
    overview: str
    tagline: str
    directors: tuple[str, ...]
    cast: tuple[str, ...]
    keywords: tuple[str, ...]
    runtime_minutes: int | None
    language: str
    release_date: date | None
    certification: str
    poster_path: str


class _RowError(ValueError):
    """A row cannot be used; the message says why."""


def read_metadata(path: Path, reject: Reject) -> Iterator[MetadataRow]:
    """Yield the rows that can be used; raise ImportRefusedError for a file that cannot."""
    try:
        with _open(path) as stream:
            yield from _rows(stream, path, reject)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ImportRefusedError(f"{path} is broken ({error}).") from error
    except OSError as error:
        raise ImportRefusedError(f"{path} cannot be read ({error}).") from error


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    if path.is_dir():
        raise ImportRefusedError(f"{path} is a directory; expected a CSV file.")
    return gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")


def _rows(
    stream: gzip.GzipFile | BufferedReader, path: Path, reject: Reject
) -> Iterator[MetadataRow]:
    most_bytes = max(SMALL_FILE, MOST_COMPRESSED * path.stat().st_size)
    # What is no UTF-8 becomes lone surrogates, and is rejected with its row.
    text = TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.DictReader(text, strict=True)
    _check_header(reader, path)
    while True:
        if stream.tell() > most_bytes:
            raise ImportRefusedError(f"{path} unpacks to far more than metadata would.")
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reject(file=path.name, line=reader.line_num, reason=str(error), row="")
            continue
        try:
            yield _row_from(reader.line_num, fields)
        except _RowError as error:
            shown = " | ".join(str(field) for field in fields.values())[:SHOWN]
            reject(
                file=path.name,
                line=reader.line_num,
                reason=str(error),
                row=shown.encode(errors="replace").decode(),
            )


def _check_header(reader: "csv.DictReader[str]", path: Path) -> None:
    try:
        names = reader.fieldnames or []
    except csv.Error as error:
        raise ImportRefusedError(f"{path} has no readable header ({error}).") from error
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise ImportRefusedError(f"{path} lacks the columns {', '.join(missing)}.")


def _row_from(line: int, fields: dict[str, str]) -> MetadataRow:
    if None in fields or None in fields.values():
        raise _RowError("wrong number of columns")
    whole = "".join(fields.values())
    if "\0" in whole or any("\ud800" <= letter <= "\udfff" for letter in whole):
        raise _RowError("bytes that are no UTF-8 text")
    for column, longest in LONGEST.items():
        if len(fields[column].strip()) > longest:
            raise _RowError(f"{column} is longer than {longest} characters")
    return MetadataRow(
        line=line,
        movielens_id=_number(fields, "movieId"),
        imdb_id=_number(fields, "imdbId"),
        tmdb_id=_number(fields, "tmdbId"),
        overview=fields["overview"].strip(),
        tagline=fields["tagline"].strip(),
        directors=_list(fields, "director", LONGEST_NAME),
        cast=_list(fields, "cast", LONGEST_NAME),
        keywords=_list(fields, "keywords", LONGEST_KEYWORD),
        runtime_minutes=_runtime(fields),
        language=_language(fields),
        release_date=_date(fields),
        certification=fields["certification"].strip(),
        poster_path=_poster_path(fields),
    )


def _number(fields: dict[str, str], column: str) -> int | None:
    text = fields[column].strip()
    number = read_number(text)
    if text and number is None:
        raise _RowError(f"{column} {text[:20]!r} is no number")
    return number


def _runtime(fields: dict[str, str]) -> int | None:
    minutes = _number(fields, "runtime")
    if minutes is not None and minutes > LONGEST_RUNTIME:
        raise _RowError(f"runtime {minutes} is no number of minutes")
    return minutes or None


def _list(fields: dict[str, str], column: str, longest: int) -> tuple[str, ...]:
    names = dict.fromkeys(" ".join(name.split()) for name in fields[column].split("|"))
    if any(len(name) > longest for name in names):
        raise _RowError(f"{column} has a name of more than {longest} characters")
    return tuple(name for name in names if name)


def _language(fields: dict[str, str]) -> str:
    code = fields["original_language"].strip().lower()
    code = LANGUAGES.get(code, code)
    if code and not LANGUAGE.fullmatch(code):
        raise _RowError(f"original_language {code[:20]!r} is no code of two letters")
    return code


def _date(fields: dict[str, str]) -> date | None:
    text = fields["release_date"].strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise _RowError(f"release_date {text[:20]!r} is no date") from error


def _poster_path(fields: dict[str, str]) -> str:
    path = fields["poster_path"].strip()
    if path and not POSTER_PATH.fullmatch(path):
        raise _RowError(f"poster_path {path[:40]!r} is no path of TMDB's")
    return path
