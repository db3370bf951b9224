"""PostgreSQL and Redis for whoever needs them: the environment's, or private ones.

Everything that talks to a database calls `ensure_services`: `make run`, `manage.py`, the tests.
Processes of one checkout share one pair of servers, which end with the last of them.
"""

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from runner.errors import ServiceError
from runner.keeper import START_SECONDS, Control
from runner.locks import FileLock, is_free
from runner.places import ROOT, make_directory, plain_errors, var_directory

VARIABLES = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
ENTRY_SECONDS = 2 * START_SECONDS
LEAVE_SECONDS = 12.0


class Lease:
    """The use of one private server, from entering until leaving or the end of the process."""

    def __init__(self, directory: Path, *, is_disposable: bool = False) -> None:
        self._control = Control(directory=directory)
        self._is_disposable = is_disposable
        self._process = os.getpid()
        self._use: FileLock | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def enter(self) -> Self:
        """Start the server unless it runs; from now on it runs for us too."""
        make_directory(self._control.directory)
        with FileLock(self._control.entry) as entry:
            waiting_for = f"another start of {self._control.server}"
            entry.wait_exclusive(seconds=ENTRY_SECONDS, waiting_for=waiting_for)
            use = FileLock(self._control.users)
            use.wait_shared(seconds=ENTRY_SECONDS, waiting_for=waiting_for)
            if is_free(self._control.keeper):
                self._start_keeper()
        self._use = use
        return self

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._control.address.read_text(encoding="utf-8")

    def leave(self) -> None:
        """Stop using the server; if nobody else uses it, return when it has stopped."""
        if self._use is None or os.getpid() != self._process:
            return
        with FileLock(self._control.entry) as entry, FileLock(self._control.keeper) as keeper:
            waiting_for = f"{self._control.server} to stop"
            entry.wait_exclusive(seconds=ENTRY_SECONDS, waiting_for=waiting_for)
            was_last = self._use.try_exclusive()
            self._use.release()
            self._use = None
            if was_last:
                keeper.wait_exclusive(seconds=LEAVE_SECONDS, waiting_for=waiting_for)
        if was_last and self._keeper:
            self._keeper.wait()

    def _start_keeper(self) -> None:
        command = [sys.executable, "-m", "runner.keeper", os.fspath(self._control.directory)]
        answers, told = os.pipe()
        with plain_errors(), self._control.log.open("ab") as log, os.fdopen(told, "wb") as told_by:
            self._keeper = subprocess.Popen(  # noqa: S603
                [*command, *(["--disposable"] if self._is_disposable else [])],
                stdin=subprocess.DEVNULL,
                stdout=told_by,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C is for the user of the server, not for its keeper
            )
        with os.fdopen(answers, "rb") as pipe:  # ends when the server answers, or the keeper ends
            answer = json.loads(pipe.read() or b'{"error": "Its keeper ended without a word."}')
        if "error" in answer:
            raise ServiceError(f"{answer['error']} More is in {self._control.log}.")


def ensure_services(directory: Path | None = None, *, is_disposable: bool = False) -> list[Lease]:
    """Put DATABASE_URL and REDIS_URL into the environment where they are not set.

    What is missing is served privately, with its files in the directory (`var/services` unless
    told otherwise), until the returned leases are left or this process ends. `is_disposable`
    gives up safety against power cuts for speed.
    """
    place = directory or var_directory() / "services"
    leases = []
    for variable, server in VARIABLES.items():
        if os.environ.get(variable):
            continue
        lease = Lease(place / server, is_disposable=is_disposable).enter()
        atexit.register(lease.leave)
        os.environ[variable] = lease.url
        leases.append(lease)
    return leases
