"""The commands that make a checkout ready to serve, run once each before or beside the site."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from runner.children import start_child, stop_children
from runner.errors import RunnerError
from runner.places import ROOT, plain_errors
from runner.servers import telling_line

STOP_SECONDS = 3.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Step:
    """One `manage.py` command; `title` completes the sentence "… failed"."""

    title: str
    arguments: tuple[str, ...]


def run_steps(*steps: Step, logs: Path) -> list[str]:
    """Run commands side by side and return what each wrote; the first failure ends them all."""
    running = [(step, logs / f"{step.arguments[0]}.log") for step in steps]
    children = []
    try:
        for step, log in running:
            children.append(_start(step, log))
        _wait_for_all(children, running)
    finally:
        stop_children(children, signal.SIGTERM, seconds=STOP_SECONDS)
    return [log.read_text(encoding="utf-8", errors="replace") for _, log in running]


def _start(step: Step, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, os.fspath(ROOT / "manage.py"), *step.arguments]
    with plain_errors(), log.open("wb") as output:
        return start_child(command, directory=ROOT, environment=os.environ, output=output)


def _wait_for_all(
    children: list[subprocess.Popen[bytes]], running: list[tuple[Step, Path]]
) -> None:
    while True:
        for child, (step, log) in zip(children, running, strict=True):
            if child.poll():
                reason = telling_line(log.read_text(encoding="utf-8", errors="replace"))
                raise RunnerError(f"{step.title} failed: {reason} More is in {log}.")
        if all(child.returncode == 0 for child in children):
            return
        time.sleep(LOOK_SECONDS)
