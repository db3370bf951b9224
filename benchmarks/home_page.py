"""Measure the front page of people who are signed in, with their lists already made.

    make bench-home                       # MovieLens 1M from the test data, 20 requests/s for 20 s

Loads the data into servers of its own under var/benchmarks (kept for the next run), starts the
production web server, lets twenty people with histories of real raters look at their front page
at a steady rate, then lets one of them rate and asks the API until the list knows it.
"""

import argparse
import http.client
import json
import queue
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.movielens import data_directory
from benchmarks.private_site import (
    GIVE_UP_SECONDS,
    Visitor,
    ask,
    free_port,
    load_site,
    make_visitors,
    prepare,
    summary,
    web_server,
)

PEOPLE = 20
CLIENTS = 16
WARM_UP_SECONDS = 3.0


def measure(
    port: int, path: str, visitors: Sequence[Visitor], *, rate: float, seconds: float
) -> np.ndarray:
    """Return the milliseconds of each request, from when it was due until it was answered."""
    due: queue.Queue[tuple[float, Visitor] | None] = queue.Queue()
    times: list[float] = []

    def work() -> None:
        while (job := due.get()) is not None:
            moment, visitor = job
            time.sleep(max(0.0, moment - time.perf_counter()))
            status, _ = ask(port, "GET", path, {"Cookie": f"sessionid={visitor.session}"})
            if status != http.HTTPStatus.OK:
                raise RuntimeError(f"{path} answered {status}")
            times.append((time.perf_counter() - moment) * 1000)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    start = time.perf_counter() + 0.1
    count = int(rate * seconds)
    for number in range(count):
        due.put((start + number / rate, visitors[number % len(visitors)]))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != count:
        raise RuntimeError(f"{count - len(times)} of {count} requests failed")
    return np.array(times)


def seconds_until_fresh(port: int, visitor: Visitor) -> float:
    """Rate the first recommended movie and return how long the list still holds it."""
    headers = {"Authorization": f"Bearer {visitor.token}", "Content-Type": "application/json"}
    path = "/api/v1/me/recommendations/?limit=20"
    best = json.loads(ask(port, "GET", path, headers)[1])["results"][0]["movie"]["id"]
    start = time.perf_counter()
    body = json.dumps({"rating": 4})
    status, _ = ask(port, "PUT", f"/api/v1/me/ratings/{best}/", headers, body)
    if status not in {http.HTTPStatus.OK, http.HTTPStatus.CREATED}:
        raise RuntimeError(f"rating answered {status}")
    while time.perf_counter() - start < GIVE_UP_SECONDS:
        results = json.loads(ask(port, "GET", path, headers)[1])["results"]
        if best not in {result["movie"]["id"] for result in results}:
            return time.perf_counter() - start
    raise TimeoutError("the rating never showed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    prepare()
    load_site(options.data)
    visitors = make_visitors(PEOPLE)
    port = free_port()
    with web_server(port):
        measure(port, "/", visitors, rate=options.rate, seconds=WARM_UP_SECONDS)
        home = measure(port, "/", visitors, rate=options.rate, seconds=options.seconds)
        bare = measure(port, "/livez", visitors, rate=options.rate, seconds=WARM_UP_SECONDS)
        fresh = np.array([seconds_until_fresh(port, visitor) for visitor in visitors]) * 1000
    write = sys.stdout.write
    write(f"front page at {options.rate:g}/s: {summary(home)}\n")
    write(f"/livez at {options.rate:g}/s: {summary(bare)}\n")
    write(f"ratio of the medians: {np.median(home) / np.median(bare):.1f}\n")
    write(f"rating saved and shown in the list: {summary(fresh)}\n")


if __name__ == "__main__":
    main()
