"""Train a version, and how soon every process serves what was activated or rolled back to.

    python -m benchmarks.versions [--data ml-1m.zip] [--rounds 10]

Two web servers serve as on two machines: each has a cache of artefacts of its own. Asked every
20 ms, they are timed from the start of the command `manage.py activate` or `rollback`, and from the
moment the pointer moved, to the first answer by the other version of the later one. The command's
processor time until it is done, which is after that moment, is what a busy machine tells as well.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks.movielens import data_directory
from benchmarks.page import say
from benchmarks.private_site import (
    Visitor,
    ask,
    free_port,
    load_site,
    make_visitors,
    prepare,
    summary,
    web_server,
)
from runner.places import ROOT

GIVE_UP_SECONDS = 60.0
PEOPLE = 20


def version_of(port: int, visitor: Visitor) -> int | None:
    """Ask as a program does; each question is another person's, so that none is limited.

    None is said by a machine where no artefact has arrived yet.
    """
    headers = {"Authorization": f"Bearer {visitor.token}"}
    _, content = ask(port, "GET", "/api/v1/me/recommendations/?limit=1", headers)
    number: int | None = json.loads(content)["model_version"]
    return number


def wait_for_version(port: int, number: int, visitors: list[Visitor]) -> float:
    """Ask until the answer is by this version, and return when that was."""
    deadline = time.time() + GIVE_UP_SECONDS
    while time.time() < deadline:
        for visitor in visitors:
            if version_of(port, visitor) == number:
                return time.time()
            time.sleep(0.02)
    raise TimeoutError(f"version {number} is not served")


def follow(
    command: list[str], number: int, ports: list[int], visitors: list[Visitor]
) -> tuple[float, ...]:
    """Return milliseconds from the command's start and from the pointer's move until all follow.

    Further those until the pointer moved, and the command's processor time.
    """
    from recommendations.models import ModelVersion

    with ThreadPoolExecutor(len(ports)) as threads:
        waiting = [threads.submit(wait_for_version, port, number, visitors) for port in ports]
        begun, processor = time.time(), processor_seconds()
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        processor = processor_seconds() - processor
        followed = max(each.result() for each in waiting)
    moved = ModelVersion.objects.get(number=number).activated_at.timestamp()
    seconds = followed - begun, followed - moved, moved - begun, processor
    return tuple(1000 * each for each in seconds)


def processor_seconds() -> float:
    """Return what ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def train() -> int:
    """Train without activating, print what is reported and when, and return the number."""
    from recommendations.services.gate import sentence_of
    from recommendations.services.training import train_version

    begun = time.monotonic()
    version = train_version(
        activate=False, report=lambda said: say(f"{time.monotonic() - begun:7.1f} s  {said}")
    )
    peak = version.training_counts["peak_memory_mb"]
    say(f"{time.monotonic() - begun:7.1f} s  whole, peak {peak:,} MB, {sentence_of(version.gate)}")
    return version.number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    prepare()
    load_site(options.data)
    from django.conf import settings

    from recommendations.services.registry import active_version

    first = active_version().number
    second = train()
    visitors = make_visitors(PEOPLE)
    ports = [free_port() for _ in range(2)]
    with ExitStack() as stack:
        for place, port in enumerate(ports):
            cache = Path(settings.VAR_DIR) / f"machine-{place}"
            stack.enter_context(web_server(port, MARQUEE_ARTEFACTS=str(cache)))
        report(options.rounds, first=first, second=second, ports=ports, visitors=visitors)


def report(rounds: int, *, first: int, second: int, ports: list[int], visitors: list[Visitor]):
    follow(["activate", str(second)], second, ports, visitors)  # it has to arrive once
    measured: dict[str, list[tuple[float, ...]]] = {"rollback": [], "activate": []}
    for _ in range(rounds):
        measured["rollback"].append(follow(["rollback"], first, ports, visitors))
        measured["activate"].append(follow(["activate", str(second)], second, ports, visitors))
    for name, times in measured.items():
        whole, moved, command, processor = zip(*times, strict=True)
        say(f"{name}, from the pointer's move: {summary(moved, 'times')}")
        say(f"{name}, from the command's start: {summary(whole, 'times')}")
        say(f"{name}, the command until it moves the pointer: {summary(command, 'times')}")
        say(f"{name}, the command's processor time: {summary(processor, 'times')}")
    say(f"load of this machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
