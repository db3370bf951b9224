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
        self._first, self._tail = first, tail.astype(first.dtype)
        self.dtype = first.dtype
        self.shape = (len(first) + len(tail), *first.shape[1:])
        self.ndim = first.ndim

    @property
    def parts(self) -> tuple[AnyArray, AnyArray]:
        """Return both."""
        return self._first, self._tail

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.shape[0])

    def __getitem__(self, key: Any) -> Any:
        """Return the rows, or columns of rows."""
        rows, columns = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        split = len(self._first)
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            if step == 1 and (stop <= split or start >= split):
                own = (
                    self._first[start:stop]
                    if stop <= split
                    else self._tail[start - split : stop - split]
                )
                return own[(slice(None), *columns)]
            rows = np.arange(start, stop, step)
        if isinstance(rows, int | np.integer):
            own = self._first[rows] if rows < split else self._tail[rows - split]
            return own[columns] if columns else own
        wanted = np.asarray(rows, dtype=np.int64)
        is_tail = wanted >= split
        picked = self._first[(np.where(is_tail, 0, wanted), *columns)]
        if is_tail.any():
            picked[is_tail] = self._tail[(wanted[is_tail] - split, *columns)]
        return picked

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> AnyArray:  # noqa: FBT001 - numpy's protocol
        """Return all rows as one array."""
        del copy
        whole = np.concatenate([self._first, self._tail])
        return whole if dtype is None else whole.astype(dtype)


def join_rows(first: AnyArray, tail: AnyArray) -> Any:
    """Return both as one without copying the first."""
    return JoinedRows(first, tail)
