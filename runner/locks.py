"""Locks that the kernel gives back when a process ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from runner.errors import RunnerError
from runner.places import plain_errors

PAUSE_SECONDS = 0.02


class FileLock:
    """A lock on a file, shared or exclusive, held until it is released or the process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with plain_errors():
            # Never inherited by programs this process starts, so it ends with this process.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def try_exclusive(self) -> bool:
        """Take the lock alone if nobody holds it; say whether that succeeded."""
        return self._try(fcntl.LOCK_EX)

    def wait_exclusive(self, *, seconds: float, waiting_for: str) -> None:
        """Take the lock alone, or raise when that takes too long."""
        self._wait(fcntl.LOCK_EX, seconds, waiting_for)

    def wait_shared(self, *, seconds: float, waiting_for: str) -> None:
        """Take the lock beside others who share it, or raise when that takes too long."""
        self._wait(fcntl.LOCK_SH, seconds, waiting_for)

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self, kind: int, seconds: float, waiting_for: str) -> None:
        deadline = time.monotonic() + seconds
        while not self._try(kind):
            if time.monotonic() > deadline:
                raise RunnerError(f"Waited {seconds:.0f} s for {waiting_for} ({self.path}).")
            time.sleep(PAUSE_SECONDS)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock at this moment."""
    with FileLock(path) as lock:
        return lock.try_exclusive()
