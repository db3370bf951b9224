"""Private servers that can be killed, and stopped without being closed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.errors import RunnerError
from runner.services import Lease
from tests.waiting import wait_for

PATIENCE_SECONDS = 180.0


def wait_until(is_true: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until something is so; fail when the time is up."""
    assert wait_for(is_true, seconds=seconds), "it did not happen in time"


class BreakableServer:
    """PostgreSQL or Redis under a keeper, which starts it again unless it is held back."""

    def __init__(self, directory: Path) -> None:
        self._lease = Lease(directory, is_disposable=True).enter()
        assert self._lease._keeper is not None
        self._keeper = self._lease._keeper.pid

    @property
    def url(self) -> str:
        return self._lease.url

    @property
    def process(self) -> int:
        """Return the server's process, which changes when it is started again."""
        (process,) = children_of(self._keeper)
        return process

    def leave(self) -> None:
        """Let the server stop; one that takes its time is killed with everything else."""
        with suppress(RunnerError):
            self._lease.leave()

    def restart(self) -> None:
        """Shut the server down as an operator does; its keeper starts it again."""
        os.kill(self.process, signal.SIGINT)

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Kill the server and let nobody start it until the end."""
        os.kill(self._keeper, signal.SIGSTOP)
        try:
            os.kill(self.process, signal.SIGKILL)
            yield
        finally:
            os.kill(self._keeper, signal.SIGCONT)

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Stop the server and all its processes: connections stay open, and nothing answers."""
        with stopped([self.process, *descendants_of(self.process)]):
            yield

    @contextmanager
    def sessions_stalled(self) -> Iterator[None]:
        """Stop the processes of PostgreSQL that wait for a client; whoever is new is served."""
        with stopped([each for each in children_of(self.process) if is_idle_session(each)]):
            yield


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def is_idle_session(process: int) -> bool:
    """Tell by the title that PostgreSQL gives its processes."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return b" idle" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8")
    return [int(child) for child in listed.split()]


def descendants_of(process: int) -> list[int]:
    children = children_of(process)
    return children + [below for child in children for below in descendants_of(child)]
