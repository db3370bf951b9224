"""Measure how long a saved rating takes to show in the person's own list, asked through the API.

    make bench-freshness                  # MovieLens 1M; one person, then 50 ratings/s for 20 s

Starts a private site (gunicorn, a Celery worker, servers of its own under var/benchmarks, kept for
the next run) on loopback and ends it. A rating counts as shown when the list carries a revision no
older than the one the rating was answered with, and leaves the movie out. The clock runs from when
the rating was due to be sent until that list has arrived, so a queue in front of the server counts
as well. In the same run the bare view (`benchmarks.bare_view`) gets as many requests at the same
pace: what is more than that is ours.
"""

import argparse
import http.client
import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.load.processes import processor_by_part
from benchmarks.movielens import data_directory
from benchmarks.page import format_table, say, write_table
from benchmarks.private_site import (
    BARE_VIEW,
    GIVE_UP_SECONDS,
    Visitor,
    ask,
    free_port,
    load_site,
    make_visitors,
    prepare,
    summary,
    web_server,
    worker,
)

PEOPLE = 50
ALONE_RATINGS = 60
ALONE_PER_SECOND = 2.0
LIST = "/api/v1/me/recommendations/?limit=20"


@dataclass
class Times:
    """Milliseconds: of saving a rating, until it shows, and how often the list was asked."""

    saved: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)


class Person:
    """Somebody who rates what is recommended, and looks whether it is gone."""

    def __init__(self, port: int, visitor: Visitor) -> None:
        self._port = port
        self._headers = {
            "Authorization": f"Bearer {visitor.token}",
            "Content-Type": "application/json",
        }
        self._best = self._look()["results"][0]["movie"]["id"]

    def rate(self, due: float, times: Times) -> None:
        """Rate the first movie of the list at its time and ask until the list has changed."""
        time.sleep(max(0.0, due - time.perf_counter()))
        best, body = self._best, json.dumps({"rating": 4})
        revision = self._ask("PUT", f"/api/v1/me/ratings/{best}/", body)["profile_revision"]
        times.saved.append((time.perf_counter() - due) * 1000)
        times.asked.append(self._wait_until_shown(best, revision, due))
        times.shown.append((time.perf_counter() - due) * 1000)

    def _wait_until_shown(self, rated: int, revision: int, due: float) -> int:
        """Ask until the list knows of the rating; return how often that took."""
        asked = 0
        while time.perf_counter() - due < GIVE_UP_SECONDS:
            recommended, asked = self._look(), asked + 1
            movie_ids = [each["movie"]["id"] for each in recommended["results"]]
            if recommended["profile_revision"] >= revision and rated not in movie_ids:
                self._best = movie_ids[0]
                return asked
        raise TimeoutError("the rating never showed")

    def _look(self) -> dict:
        return self._ask("GET", LIST)

    def _ask(self, method: str, path: str, body: str | None = None) -> dict:
        status, content = ask(self._port, method, path, self._headers, body)
        if status not in {http.HTTPStatus.OK, http.HTTPStatus.CREATED}:
            raise RuntimeError(f"{method} {path} answered {status}: {content[:200]!r}")
        return json.loads(content)


def measure_ratings(people: Sequence[Person], *, rate: float, count: int) -> Times:
    """Let people rate in turn at a steady pace, whether or not earlier ones are answered."""
    times = Times()
    in_turn(
        [lambda due, person=person: person.rate(due, times) for person in people],
        rate=rate,
        count=count,
    )
    return times


def measure_bare(port: int, *, clients: int, rate: float, count: int) -> list[float]:
    """Return the milliseconds of requests to the bare view, from when they were due."""
    return measure_page(port, "/", [{}] * clients, rate=rate, count=count)


def measure_page(
    port: int, path: str, clients: Sequence[dict[str, str]], *, rate: float, count: int
) -> list[float]:
    """Let clients, given by their headers, ask for a page in turn; return the milliseconds."""
    times: list[float] = []

    def look(due: float, headers: dict[str, str]) -> None:
        time.sleep(max(0.0, due - time.perf_counter()))
        status, _ = ask(port, "GET", path, headers)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {status}")
        times.append((time.perf_counter() - due) * 1000)

    in_turn([partial(look, headers=each) for each in clients], rate=rate, count=count)
    return times


def in_turn(actors: Sequence[Callable[[float], None]], *, rate: float, count: int) -> None:
    """Let actors act in turn, one thread each, `count` times in all, `rate` times a second."""
    begin = time.perf_counter() + 0.2

    def run(number: int) -> None:
        for turn in range(number, count, len(actors)):
            actors[number](begin + turn / rate)

    with ThreadPoolExecutor(len(actors)) as threads:
        acting = [threads.submit(run, number) for number in range(len(actors))]
    failures = [error for each in acting if (error := each.exception())]
    if failures:
        said = f"{len(failures)} of {len(actors)} gave up: {failures[0]!r}"
        raise RuntimeError(said) from failures[0]


def rows_of(title: str, times: Times, bare: Sequence[float], goal: str) -> list[tuple[str, ...]]:
    """Return the rows of the table about one pace."""
    ratio = np.median(times.shown) / np.median(bare)
    asked = f"lists asked for each rating: {np.mean(times.asked):.2f}"
    return [
        (f"{title}: saved", summary(times.saved, "ratings"), "", ""),
        (f"{title}: shown in the own list", summary(times.shown, "ratings"), goal, f"{ratio:.1f}"),
        (f"{title}: bare view, as many requests", summary(bare), "", asked),
    ]


def costs(used: dict[str, float], *, count: int, seconds: float) -> str:
    """Say what a rating and its lists cost each part, and how busy that kept the processor."""
    parts = ", ".join(f"{name} {1000 * part / count:.1f} ms" for name, part in used.items())
    cores = os.cpu_count()
    busy = sum(used.values()) / seconds
    return (
        f"Processor time for each rating with its lists, all together: {parts};"
        f" {1000 * sum(used.values()) / count:.1f} ms in all, {busy:.2f} of {cores} cores."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--rate", type=float, default=50.0, help="ratings a second of all together")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    prepare()
    load_site(options.data)
    visitors = make_visitors(PEOPLE)
    port, count = free_port(), int(options.rate * options.seconds)
    with web_server(port), worker():
        people = [Person(port, visitor) for visitor in visitors]
        measure_ratings(people, rate=options.rate / 2, count=len(people))  # warm up
        alone = measure_ratings(people[:1], rate=ALONE_PER_SECOND, count=ALONE_RATINGS)
        before, began = processor_by_part(), time.monotonic()
        together = measure_ratings(people, rate=options.rate, count=count)
        seconds = time.monotonic() - began
        used = {name: now - before[name] for name, now in processor_by_part().items()}
    # A rating is two requests at the least: one to save it, one for the list.
    with web_server(port, application=BARE_VIEW):
        measure_bare(port, clients=PEOPLE, rate=options.rate, count=count // 4)
        bare_alone = measure_bare(
            port, clients=1, rate=2 * ALONE_PER_SECOND, count=2 * ALONE_RATINGS
        )
        bare = measure_bare(port, clients=PEOPLE, rate=2 * options.rate, count=2 * count)
    table = format_table(
        ("what", "figure", "goal (p95)", "medians over the bare view's"),
        *rows_of(f"one person, {ALONE_PER_SECOND:g} ratings/s", alone, bare_alone, "300 ms"),
        *rows_of(f"{PEOPLE} people, {options.rate:g} ratings/s", together, bare, "1,000 ms"),
    )
    table = f"{table}\n\n{costs(used, count=count, seconds=seconds)}"
    say(table)
    write_table(table, target="bench-freshness")


if __name__ == "__main__":
    main()
