"""Rows of two arrays read as one: what is mapped from a file and what came since, not copied."""

from typing import Any

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import AnyArray


class JoinedRows:
    """Pick rows by number, array of numbers or slice, as from one array of all rows.

    `joined[rows]` and `joined[rows, columns]` are arrays; anything else makes a copy of the whole.
    """

    def __init__(self, first: AnyArray, tail: AnyArray) -> None:
        """Keep both; the tail takes the type of the first."""
        self.first, self.tail = first, tail.astype(first.dtype)
        self.dtype = first.dtype
        self.shape = (len(first) + len(tail), *first.shape[1:])
        self.ndim = first.ndim

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.shape[0])

    def __getitem__(self, key: Any) -> Any:
        """Return the rows, or columns of rows."""
        rows, columns = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        split = len(self.first)
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            if step == 1 and (stop <= split or start >= split):
                own = (
                    self.first[start:stop]
                    if stop <= split
                    else self.tail[start - split : stop - split]
                )
                return own[(slice(None), *columns)]
            rows = np.arange(start, stop, step)
        if isinstance(rows, int | np.integer):
            own = self.first[rows] if rows < split else self.tail[rows - split]
            return own[columns] if columns else own
        wanted = np.asarray(rows, dtype=np.int64)
        is_tail = wanted >= split
        picked = self.first[(np.where(is_tail, 0, wanted), *columns)]
        if is_tail.any():
            picked[is_tail] = self.tail[(wanted[is_tail] - split, *columns)]
        return picked

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> AnyArray:  # noqa: FBT001 - numpy's protocol
        """Return all rows as one array."""
        del copy
        whole = np.concatenate([self.first, self.tail])
        return whole if dtype is None else whole.astype(dtype)


def join_rows(first: AnyArray, tail: AnyArray) -> Any:
    """Return both as one without copying the first."""
    return JoinedRows(first, tail)


def parts_of(values: AnyArray | JoinedRows) -> tuple[AnyArray, AnyArray]:
    """Return the rows that are mapped and those that came since; of any other array no such."""
    if isinstance(values, JoinedRows):
        return values.first, values.tail
    return values, values[:0]
