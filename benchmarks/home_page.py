"""Measure the front page of people who are signed in, with their lists already made.

    make bench-home                       # MovieLens 1M from the test data, 20 requests/s for 20 s

Loads the data into servers of its own under var/benchmarks (kept for the next run), starts the
production web server, lets twenty people with histories of real raters look at their front page
at a steady rate, then lets one of them rate and asks the API until the list knows it.
"""

import argparse
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.movielens import data_directory
from runner.development import prepare_environment
from runner.places import ROOT, make_directory

PEOPLE = 20
CLIENTS = 16
WARM_UP_SECONDS = 3.0
GIVE_UP_SECONDS = 10.0


@dataclass(frozen=True)
class Visitor:
    """Somebody with a history: a session for pages and a token for the API."""

    session: str
    token: str


def load_site(path: Path) -> None:
    """Import and train, unless that was done in an earlier run."""
    from django.core.management import call_command

    from movies.models import Rating
    from recommendations.models import ModelVersion

    call_command("migrate", verbosity=0)
    if not Rating.objects.exists():
        call_command("import_movielens", str(path))
    if not ModelVersion.objects.filter(state=ModelVersion.State.ACTIVE).exists():
        call_command("train")


def make_visitors() -> list[Visitor]:
    """Give people who can sign in the histories of raters of middling activity."""
    from django.db.models import Count
    from django.test import Client

    from accounts.models import User
    from accounts.services.tokens import create_token
    from movies.models import Rating

    User.objects.filter(email__endswith="@bench.example").delete()
    raters = User.objects.exclude(data_set="").annotate(count=Count("ratings"))
    visitors = []
    for number, rater in enumerate(raters.filter(count__range=(40, 300)).order_by("pk")[:PEOPLE]):
        user = User.objects.create_user(
            f"{number}@bench.example", display_name=f"Visitor {number}", handle=f"bench-{number}"
        )
        Rating.objects.bulk_create(
            Rating(
                user=user,
                movie_id=rating.movie_id,
                half_stars=rating.half_stars,
                rated_at=rating.rated_at,
            )
            for rating in rater.ratings.order_by("pk")
        )
        client = Client()
        client.force_login(user)
        _, secret = create_token(user=user, name="benchmark")
        visitors.append(Visitor(client.cookies["sessionid"].value, secret))
    return visitors


@contextmanager
def web_server(port: int) -> Iterator[None]:
    """Run gunicorn as the site does, on loopback, until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
    options = ["--config", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"LOG_LEVEL": "WARNING", "SITE_URL": f"http://127.0.0.1:{port}"}
    server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment)
    try:
        wait_until_ready(port)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if get(port, "/readyz", {})[0] == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the web server did not become ready")


def get(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    return ask(port, "GET", path, headers, None)


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


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
            status, _ = get(port, path, {"Cookie": f"sessionid={visitor.session}"})
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
    best = json.loads(get(port, path, headers)[1])["results"][0]["movie"]["id"]
    start = time.perf_counter()
    body = json.dumps({"rating": 4})
    status, _ = ask(port, "PUT", f"/api/v1/me/ratings/{best}/", headers, body)
    if status not in {http.HTTPStatus.OK, http.HTTPStatus.CREATED}:
        raise RuntimeError(f"rating answered {status}")
    while time.perf_counter() - start < GIVE_UP_SECONDS:
        results = json.loads(get(port, path, headers)[1])["results"]
        if best not in {result["movie"]["id"] for result in results}:
            return time.perf_counter() - start
    raise TimeoutError("the rating never showed")


def summary(times: np.ndarray) -> str:
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms over {len(times)} requests"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    os.environ["MARQUEE_VAR"] = str(make_directory(ROOT / "var" / "benchmarks"))
    os.environ.setdefault("MARQUEE_ENV", "test")
    prepare_environment(["benchmark"])
    import django

    django.setup()
    load_site(options.data)
    visitors = make_visitors()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
