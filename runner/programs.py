"""The long-running programs of the site, as `make run` starts them."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from runner.children import start_child
from runner.errors import RunnerError
from runner.keeper import shorten
from runner.places import ROOT, plain_errors

FEWEST_SECONDS = 20.0
SECONDS_BETWEEN_STARTS = 5.0


@dataclass(kw_only=True)
class Program:
    """A program that is started again should it end."""

    title: str
    command: list[str | Path]
    log: Path
    pass_fds: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the program; its output goes to its log."""
        shorten(self.log)
        self._started_at = time.monotonic()
        with plain_errors(), self.log.open("ab") as output:
            self.child = start_child(
                self.command,
                directory=ROOT,
                environment=os.environ,
                output=output,
                pass_fds=self.pass_fds,
            )

    def check(self) -> None:
        """Start the program again if it has ended; raise if it had hardly begun."""
        if self._has_ended() and self._seconds_since_start() < FEWEST_SECONDS:
            raise RunnerError(f"{self.title} ended by itself. The reason is in {self.log}.")
        self.revive()

    def revive(self) -> None:
        """Start the program again if it has ended, but not over and over without a rest."""
        if self._has_ended() and self._seconds_since_start() > SECONDS_BETWEEN_STARTS:
            self.start()

    def _has_ended(self) -> bool:
        return self.child is not None and self.child.poll() is not None

    def _seconds_since_start(self) -> float:
        return time.monotonic() - self._started_at


def web(listening: int, *, logs: Path) -> Program:
    """Return gunicorn, which inherits the socket that was bound before anything else."""
    module = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
    options = ["--config", "python:config.gunicorn", "--bind", f"fd://{listening}"]
    # Mails, a sign-up's link among them, belong on the console and not in a log.
    console = os.dup(sys.stdout.fileno())
    os.environ["MARQUEE_CONSOLE"] = str(console)
    return Program(
        title="The web server",
        command=[*module, *options],
        log=logs / "web.log",
        pass_fds=(listening, console),
    )


def background(*, logs: Path) -> list[Program]:
    """Return the workers and the scheduler.

    Training has a worker of its own: it takes a minute and must not make a rating wait. The
    scheduler keeps no file: its tasks have fixed times, so it has nothing to remember.
    """
    celery = [sys.executable, "-m", "celery", "--app", "config"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    commands: dict[str, list[str]] = {
        "worker": [*worker, "--queues", "celery", "--concurrency", "2", "--hostname", "work@%h"],
        "trainer": [
            *worker,
            "--queues",
            "training",
            "--concurrency",
            "1",
            "--hostname",
            "train@%h",
        ],
        "beat": [
            *celery,
            "beat",
            "--loglevel",
            "INFO",
            "--scheduler",
            "celery.beat:Scheduler",
            "--pidfile=",
        ],
    }
    titles = {"worker": "The worker", "trainer": "The training worker", "beat": "The scheduler"}
    return [
        Program(title=titles[name], command=[*command], log=logs / f"{name}.log")
        for name, command in commands.items()
    ]
