"""A progress bar for commands; only on a terminal."""

import sys
from types import TracebackType
from typing import NoReturn, TextIO

from tqdm import tqdm


class ProgressBar:
    """One bar after the other, one for each stage of the work."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    def begin(self, *, title: str, total: int | None = None) -> None:
        """Start the next stage."""
        self._close()
        # Without a terminal tqdm keeps silent.
        self._bar = tqdm(desc=title, total=total, file=self._stream, disable=None, unit=" rows")

    def advance(self, steps: int) -> None:
        """Note how many more rows are done."""
        if self._bar is not None:
            self._bar.update(steps)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
