"""PostgreSQL's binary COPY as arrays: millions of rows are read and written at once.

After a header comes for each row the number of columns, and for each column its length and its
big-endian bytes; then a trailer. With columns of fixed width and no nulls a row is a record.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"


def record_type(columns: Mapping[str, str]) -> np.dtype[Any]:
    """Return the type of a row whose columns are integers of these kinds, such as `i8`."""
    fields: list[tuple[str, str]] = [("column_count", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, f">{kind}")]
    return np.dtype(fields)
