"""The file of the rows that could not be used."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from movies.errors import ImportRefusedError

COLUMNS = ("file", "line", "reason", "row")


class RejectFile:
    """Collects rows with their reasons; there is no file while there are no rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._draft = path.with_name(f".{path.name}.part")
        self._stream: TextIO | None = None

    def add(self, *, file: str, line: int, reason: str, row: str) -> None:
        """Note one row."""
        if self._stream is None:
            self._stream = self._begin()
        csv.writer(self._stream).writerow((file, line, reason, row))
        self.count += 1

    def finish(self) -> None:
        """Put the file in its place; an older one of the same name goes."""
        if self._stream is None:
            self.path.unlink(missing_ok=True)
            return
        self._stream.close()
        self._draft.replace(self.path)

    def abandon(self) -> None:
        """Leave things as they were before."""
        if self._stream is not None:
            self._stream.close()
            self._draft.unlink(missing_ok=True)

    def _begin(self) -> TextIO:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            stream = self._draft.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise ImportRefusedError(f"Rejected rows cannot be written: {error}.") from error
        csv.writer(stream).writerow(COLUMNS)
        return stream


@contextmanager
def collecting_rejects(path: Path) -> Iterator[RejectFile]:
    """Keep the reject file if everything goes well, else the one from before."""
    rejects = RejectFile(path)
    try:
        yield rejects
    except BaseException:
        rejects.abandon()
        raise
    rejects.finish()
