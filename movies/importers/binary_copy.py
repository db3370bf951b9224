"""PostgreSQL's binary COPY as arrays: millions of rows are read and written at once.

After a header comes for each row the number of columns, and for each column its length and its
big-endian bytes; then a trailer. With columns of fixed width and no nulls a row is a record.
A moment is in microseconds since the beginning of 2000.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_SECONDS_TO_2000 = 946_684_800  # from 1970
_MICROSECONDS = 1_000_000


def to_moments(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return moments as PostgreSQL keeps them, given whole seconds since 1970."""
    return (seconds - _SECONDS_TO_2000) * _MICROSECONDS


def to_seconds(moments: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return whole seconds since 1970, rounded down, of moments in any order of bytes."""
    return moments.astype(np.int64) // _MICROSECONDS + _SECONDS_TO_2000


def record_type(columns: Mapping[str, str]) -> np.dtype[Any]:
    """Return the type of a row whose columns are integers of these kinds, such as `i8`."""
    fields: list[tuple[str, str]] = [("column_count", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, f">{kind}")]
    return np.dtype(fields)
