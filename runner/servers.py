"""What PostgreSQL and Redis have in common for whoever starts them."""

import importlib.metadata
import importlib.util
import re
import signal
from pathlib import Path
from typing import Protocol

from runner.errors import ServiceError
from runner.homes import Home

ERROR = re.compile(r"FATAL|PANIC|error", re.IGNORECASE)
LOG_PREFIX = re.compile(r"^\S+ \S+ \w+ \[\d+\] [A-Z]+:\s+|^CommandError: ")


class Server(Protocol):
    """A server that can be started, asked and stopped."""

    name: str
    title: str
    stop_signal: signal.Signals

    def __init__(self, home: Home, *, is_disposable: bool) -> None: ...

    @property
    def url(self) -> str:
        """The address programs connect to."""

    def prepare(self) -> None:
        """Make what the server needs on disk before it can start."""

    def command(self) -> list[str | Path]:
        """Return the command that runs the server in the foreground."""

    def answers(self) -> bool:
        """Whether the server takes connections now."""


def package_directory(package: str) -> Path:
    """Return where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"The package {package} is not installed: run `make setup`.")
    return Path(spec.submodule_search_locations[0])


def package_version(distribution: str) -> str:
    """Return the installed version of a distribution."""
    return importlib.metadata.version(distribution)


def telling_line(output: str) -> str:
    """Return the line of a program's output that says most plainly what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.search(line)]
    line = (errors or lines or ["it said nothing"])[-1]
    return LOG_PREFIX.sub("", line).rstrip(".") + "."
