"""Split the lines of a data set into fields; lines that cannot be split are rejected."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from movies.errors import ImportRefusedError
from movies.importers.archives import Archive
from movies.importers.fields import HALF_STARS, LAST_SECOND, LATEST_DIGITS, MOST_DIGITS
from movies.importers.rows import RatingRow, Reject

RATING_COLUMNS = ("userId", "movieId", "rating", "timestamp")
RATING_FIELDS = len(RATING_COLUMNS)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SHOWN = 200

Fields = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of a data set, and where its unusable lines go."""

    archive: Archive
    name: str
    reject: Reject

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that are not empty, with their numbers from 1."""
        for number, line in enumerate(self.archive.lines(self.name), start=1):
            if line:
                yield number, line

    def refuse(self, line: int, reason: str, row: str | bytes | Sequence[str]) -> None:
        """Send a row to the reject file."""
        if isinstance(row, bytes):
            row = row.decode("utf-8", errors="replace")
        shown = row if isinstance(row, str) else " | ".join(row)
        self.reject(file=self.name, line=line, reason=reason, row=shown[:SHOWN])


def delimited_fields(file: TextFile, separator: str, expected: int) -> Iterator[Fields]:
    """Yield the fields of every line of a file without a header, in UTF-8 or else latin-1.

    Raise ImportRefusedError when the first line has another number of fields.
    """
    is_first = True
    for number, line in file.lines():
        fields = _decode(line).split(separator)
        if is_first and len(fields) != expected:
            raise ImportRefusedError(
                f"{file.name}: expected {expected} columns, found {len(fields)} in the first line."
            )
        is_first = False
        if len(fields) != expected:
            file.refuse(number, f"{len(fields)} columns, not {expected}", line)
        elif b"\0" in line:
            file.refuse(number, "a NUL character", line)
        else:
            yield number, fields


def csv_fields(file: TextFile, columns: Sequence[str]) -> Iterator[Fields]:
    """Yield the named columns of every line of a CSV file.

    A line is a row: no field of MovieLens has a line break, and so a quote that is never closed
    costs one row only.
    """
    lines = file.lines()
    places, width = read_header(file, lines, columns)
    for number, line in lines:
        try:
            fields = next(csv.reader([line.decode("utf-8")], strict=True))
        except (UnicodeDecodeError, csv.Error) as error:
            file.refuse(number, f"cannot be read ({error})", line)
            continue
        if len(fields) != width:
            file.refuse(number, f"{len(fields)} columns, not {width}", line)
        elif b"\0" in line:
            file.refuse(number, "a NUL character", line)
        else:
            yield number, [fields[place] for place in places]


def read_header(
    file: TextFile, lines: Iterator[tuple[int, bytes]], columns: Sequence[str]
) -> tuple[list[int], int]:
    """Return the places of the columns and how many there are; raise if one is missing."""
    _, first = next(lines, (1, b""))
    header = _decode(first.removeprefix(BYTE_ORDER_MARK)).split(",")
    names = [name.strip().strip('"') for name in header]
    missing = [column for column in columns if column not in names]
    if missing:
        raise ImportRefusedError(
            f"{file.name}: expected the columns {', '.join(columns)}; "
            f"{', '.join(missing)} missing from the first line, {_decode(first)[:SHOWN]!r}."
        )
    return [names.index(column) for column in columns], len(names)


def delimited_ratings(file: TextFile, separator: bytes) -> Iterator[RatingRow]:
    """Yield the ratings of a file without a header."""
    lines = file.lines()
    first = next(lines, None)
    if first is None:
        return
    if len(first[1].split(separator)) != RATING_FIELDS:
        raise ImportRefusedError(
            f"{file.name}: expected {RATING_FIELDS} columns, "
            f"found {len(first[1].split(separator))} in the first line."
        )
    yield from _ratings(file, iter([first]), lambda line: line.split(separator))
    yield from _ratings(file, lines, lambda line: line.split(separator))


def csv_ratings(file: TextFile) -> Iterator[RatingRow]:
    """Yield the ratings of a CSV file."""
    lines = file.lines()
    places, width = read_header(file, lines, RATING_COLUMNS)

    def split(line: bytes) -> list[bytes]:
        fields = line.replace(b'"', b"").split(b",")
        return [fields[place] for place in places] if len(fields) == width else fields

    if places == list(range(RATING_FIELDS)) and width == RATING_FIELDS:
        yield from _ratings(file, lines, lambda line: line.replace(b'"', b"").split(b","))
    else:
        yield from _ratings(file, lines, split)


def _ratings(
    file: TextFile,
    lines: Iterator[tuple[int, bytes]],
    split: Callable[[bytes], list[bytes]],
) -> Iterator[RatingRow]:
    # The one loop that runs millions of times: checks by bytes, and no call where none is needed.
    for number, line in lines:
        fields = split(line)
        if len(fields) == RATING_FIELDS:
            person, movie, stars, second = fields
            half_stars = HALF_STARS.get(stars)
            if (
                half_stars is not None
                and person.isdigit()
                and movie.isdigit()
                and second.isdigit()
                and len(person) <= MOST_DIGITS
                and len(movie) <= MOST_DIGITS
                and (len(second) < LATEST_DIGITS or int(second) <= LAST_SECOND)
            ):
                yield number, person, movie, half_stars, second
                continue
        file.refuse(number, _fault_of(fields), line)


def _fault_of(fields: list[bytes]) -> str:
    if len(fields) != RATING_FIELDS:
        return f"{len(fields)} columns, not {RATING_FIELDS}"
    person, movie, stars, second = (_decode(field) for field in fields)
    for name, text in (("person", person), ("movie", movie)):
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
            return f"{text[:20]!r} is no number of a {name}"
    if fields[2] not in HALF_STARS:
        return f"{stars[:20]!r} is no rating from 0.5 to 5 in halves"
    return f"{second[:20]!r} is no time in seconds"


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
