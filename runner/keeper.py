"""The process that keeps one private server running for as long as somebody uses it.

Whoever uses the server holds a shared lock on a file. The keeper, which nobody's end takes
along, tries to get that lock alone: when it succeeds the last user is gone, ended or killed, and
it stops the server. Should the keeper itself be killed, Linux stops the server.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from runner.children import start_child, stop_children
from runner.errors import RunnerError, ServiceError
from runner.homes import prepare_home
from runner.locks import FileLock
from runner.places import make_directory, plain_errors
from runner.postgres import PostgresServer
from runner.redis import RedisServer
from runner.servers import Server, telling_line

SERVERS: dict[str, type[Server]] = {"postgres": PostgresServer, "redis": RedisServer}
START_SECONDS = 30.0
STOP_SECONDS = 6.0
LOOK_SECONDS = 0.15
RESTART_SECONDS = 1.0
LONGEST_LOG = 5_000_000


@dataclass(frozen=True, kw_only=True)
class Control:
    """The files by which the users of one server and its keeper find each other."""

    directory: Path

    @property
    def server(self) -> str:
        """The server's name."""
        return self.directory.name

    @property
    def entry(self) -> Path:
        """Locked by whoever comes or goes, one at a time."""
        return self.directory / "entry.lock"

    @property
    def users(self) -> Path:
        """Locked by everybody who uses the server (shared), then by the keeper (alone)."""
        return self.directory / "users.lock"

    @property
    def keeper(self) -> Path:
        """Locked by the keeper while it lives."""
        return self.directory / "keeper.lock"

    @property
    def address(self) -> Path:
        """Holds the server's URL while there is a keeper."""
        return self.directory / "url"

    @property
    def log(self) -> Path:
        """Where the server's output goes."""
        return self.directory / "log"


class Keeper:
    """Starts a server, starts it again should it end, and stops it after its last user."""

    def __init__(self, control: Control, *, is_disposable: bool) -> None:
        self._control = control
        self._is_disposable = is_disposable
        self._home = prepare_home(control.directory)
        self._server = SERVERS[control.server](self._home, is_disposable=is_disposable)
        self._child: subprocess.Popen[bytes] | None = None
        self._is_told_to_stop = False

    def start(self) -> str:
        """Start the server, wait until it answers, and return its URL."""
        self._server.prepare()
        self._launch()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.answers():
            self._check_start(deadline)
            time.sleep(0.02)
        return self._server.url

    def stay(self, users: FileLock) -> None:
        """Keep the server running until nobody uses it or a signal comes."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        while not (self._is_told_to_stop or users.try_exclusive()):
            if self._child is None or self._child.poll() is not None:
                self._start_again()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Stop the server and remove what must not outlive it."""
        if self._child:
            stop_children([self._child], self._server.stop_signal, seconds=STOP_SECONDS)
        self._home.close_sockets()
        if self._is_disposable:
            self._home.remove()
        self._control.address.unlink(missing_ok=True)

    def _start_again(self) -> None:
        """Try to; what a killed server has left may stand in the way for a while.

        The reason is in the log. A server that lives but has not answered yet is left to itself.
        """
        time.sleep(RESTART_SECONDS)
        with suppress(RunnerError):
            self.start()

    def _launch(self) -> None:
        with plain_errors(), self._control.log.open("ab") as log:
            self._child = start_child(
                self._server.command(),
                death_signal=self._server.stop_signal,
                account=self._home.account,
                directory=self._home.data,
                output=log,
            )

    def _check_start(self, deadline: float) -> None:
        if self._child is None or self._child.poll() is not None:
            reason = telling_line(last_lines(self._control.log))
            raise ServiceError(f"{self._server.title} did not start: {reason}")
        if time.monotonic() > deadline:
            raise ServiceError(f"{self._server.title} gave no answer within {START_SECONDS:.0f} s.")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._is_told_to_stop = True


def last_lines(log: Path, *, size: int = 4000) -> str:
    """Return the end of a log file."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        return file.read().decode(errors="replace")


def shorten(log: Path) -> None:
    """Put a log aside that has grown long; one older log is kept."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def keep(control: Control, users: FileLock, *, is_disposable: bool) -> None:
    """Run the server until its last user is gone."""
    shorten(control.log)
    keeper = Keeper(control, is_disposable=is_disposable)
    try:
        url = keeper.start()
        control.address.write_text(url, encoding="utf-8")
        tell_starter({"url": url})
        keeper.stay(users)
    finally:
        keeper.stop()


def main(directory: Path, *, is_disposable: bool) -> int:
    """Keep the server of a control directory; tell the starter its URL or what went wrong."""
    control = Control(directory=make_directory(directory))
    # In this order, so that whoever is let in to the users' lock again finds no keeper.
    with FileLock(control.users) as users, FileLock(control.keeper) as life:
        try:
            life.wait_exclusive(seconds=START_SECONDS, waiting_for="an earlier server to stop")
            keep(control, users, is_disposable=is_disposable)
        except RunnerError as error:
            tell_starter({"error": str(error)})
            return 1
    return 0


def tell_starter(message: dict[str, str]) -> None:
    """Send one message through the pipe to whoever started the keeper, and close it."""
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), json.dumps(message).encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), is_disposable="--disposable" in sys.argv))
