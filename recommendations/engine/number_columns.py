"""Read columns of plain numbers out of a large CSV file, or say that it takes a stricter reader.

Millions of rows a second, block by block. Only files whose rows hold nothing but digits, signs,
points, commas and line ends are read here, every row with all its cells: there pandas and Python's
own `csv`, `int` and `float` cannot disagree. Anything else gives None, never an error and never a
guess: the caller then reads row by row, and either understands it or names the place.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from recommendations.engine.arrays import AnyArray

BLOCK_BYTES = 32 << 20
_PLAIN = b"0123456789.,-\r\n"
_SMALLEST = -(2**63)


def read_number_columns(
    path: Path, *, whole: Sequence[str], halves: Sequence[str] = ()
) -> dict[str, AnyArray] | None:
    """Return columns of whole numbers (int64) and of multiples of a half (float32) by name.

    None where the file cannot be read, lacks a column or has a row that is not plain, and for
    other fractions, whose last bit parsers may see differently.
    """
    try:
        with path.open("rb") as stream:
            return _read_columns(stream, whole=whole, halves=halves)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, OverflowError):
        return None


def _read_columns(
    stream: BinaryIO, *, whole: Sequence[str], halves: Sequence[str]
) -> dict[str, AnyArray] | None:
    header = _read_header(stream)
    # Of a name given twice the last column counts, as for the strict reader.
    places = {name: place for place, name in enumerate(header)}
    pieces: dict[str, list[AnyArray]] = {name: [] for name in (*whole, *halves)}
    if not set(pieces) <= set(places):
        return None
    wanted = {name: places[name] for name in pieces}
    for block in _blocks(stream):
        if not _is_plain(block, n_columns=len(header)):
            return None
        frame = _parse(block, n_columns=len(header), places=sorted(wanted.values()))
        for name, place in wanted.items():
            values = frame[place].to_numpy()
            checked = _as_whole(values) if name in whole else _as_halves(values)
            if checked is None:
                return None
            pieces[name].append(checked)
    # Popped one by one, so that only one column is held twice.
    return {name: _join(pieces.pop(name), is_whole=name in whole) for name in wanted}


def _as_whole(values: AnyArray) -> AnyArray | None:
    """Return what was read as int64 and nothing else: pandas would take 1.0 for 1."""
    return values if values.dtype == np.int64 and not (values == _SMALLEST).any() else None


def _as_halves(values: AnyArray) -> AnyArray | None:
    """Return multiples of a half as float32."""
    if values.dtype not in (np.int64, np.float64):
        return None
    halves = values.astype(np.float32)
    return halves if bool((halves * 2 == np.rint(halves * 2)).all()) else None


def _join(pieces: Sequence[AnyArray], *, is_whole: bool) -> AnyArray:
    empty = np.zeros(0, dtype=np.int64 if is_whole else np.float32)
    return np.concatenate([empty, *pieces])


def _read_header(stream: BinaryIO) -> list[str]:
    line = stream.readline(BLOCK_BYTES).decode("utf-8-sig")
    if "\r" in line.removesuffix("\r\n"):
        raise ValueError("a line ends in the middle of the header")
    return [name.strip() for name in next(csv.reader([line], strict=True), [])]


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of the stream in blocks of whole lines."""
    rest = b""
    while chunk := stream.read(BLOCK_BYTES):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield whole + newline
    if rest:
        yield rest + b"\n"


def _is_plain(block: bytes, *, n_columns: int) -> bool:
    """Tell whether a block holds plain numbers only, without a blank line or a cell too many."""
    if block.translate(None, _PLAIN):
        return False
    n_lines = block.count(b"\n")
    has_odd_ends = block.count(b"\r") != block.count(b"\r\n")
    first_line = block[: block.index(b"\n")]
    return (
        not has_odd_ends
        and block.count(b",") == (n_columns - 1) * n_lines
        and first_line.count(b",") == n_columns - 1
    )


def _parse(block: bytes, *, n_columns: int, places: list[int]) -> pd.DataFrame:
    """Return these columns by position, each of the type that holds all its cells."""
    return pd.read_csv(
        io.BytesIO(block),
        header=None,
        names=range(n_columns),
        usecols=places,
        index_col=False,
        na_filter=False,
        skip_blank_lines=False,
        low_memory=False,
        engine="c",
    )
