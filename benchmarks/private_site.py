"""A private site for benchmarks: MovieLens loaded, people who can sign in, servers on loopback.

Its databases stay under var/benchmarks for the next run; what is started here ends with its block.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from redis import RedisError

from runner.development import prepare_environment
from runner.places import ROOT, make_directory, var_directory

GIVE_UP_SECONDS = 10.0
START_SECONDS = 60.0
SITE = "config.wsgi:application"
BARE_VIEW = "benchmarks.bare_view:application"
BINDING = "_kombu.binding.celery"


@dataclass(frozen=True)
class Visitor:
    """Somebody with a history: a session for pages and a token for the API."""

    user_id: int
    session: str
    token: str


def prepare(directory: Path = ROOT / "var" / "benchmarks") -> None:
    """Set Django up with private servers in a directory; import nothing of the site before."""
    os.environ["MARQUEE_VAR"] = str(make_directory(directory))
    os.environ.setdefault("MARQUEE_ENV", "test")
    prepare_environment(["benchmark"])
    import django

    django.setup()


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


def make_visitors(count: int) -> list[Visitor]:
    """Give people who can sign in the histories of raters of middling activity."""
    from django.db.models import Count
    from django.test import Client

    from accounts.models import User
    from accounts.services.tokens import create_token
    from movies.models import Rating

    User.objects.filter(email__endswith="@bench.example").delete()
    raters = User.objects.exclude(data_set="").annotate(count=Count("ratings"))
    visitors = []
    for number, rater in enumerate(raters.filter(count__range=(40, 300)).order_by("pk")[:count]):
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
        visitors.append(Visitor(user.pk, client.cookies["sessionid"].value, secret))
    return visitors


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def web_server(port: int, *, application: str = SITE, **environment: str) -> Iterator[None]:
    """Run gunicorn as the site does, on loopback, until the block ends."""
    options = ["--config", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}"]
    usual = {"LOG_LEVEL": "WARNING", "SITE_URL": f"http://127.0.0.1:{port}"}
    with started("gunicorn", application, *options, **usual, **environment):
        wait_until_ready(port, "/readyz" if application == SITE else "/")
        yield


@contextmanager
def worker() -> Iterator[None]:
    """Run a Celery worker as the site does until the block ends."""
    from config.redis import redis_client

    redis_client().delete("celery", BINDING)  # what an earlier run left over
    options = ["--concurrency", "2", "--queues", "celery", "--loglevel", "WARNING"]
    with started("celery", "--app", "config", "worker", "--without-mingle", *options):
        wait_until(lambda: redis_client().exists(BINDING), "the worker did not come up")
        yield


@contextmanager
def started(module: str, *arguments: str, **environment: str) -> Iterator[None]:
    """Run a module of Python in a process of its own, with a log, until the block ends."""
    command = [sys.executable, "-m", module, *arguments]
    with (var_directory() / f"{module}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(port: int, path: str) -> None:
    wait_until(
        lambda: ask(port, "GET", path, {})[0] == http.HTTPStatus.OK,
        f"the web server did not answer {path}",
    )


def wait_until(is_true: Callable[[], object], otherwise: str) -> None:
    """Ask until something is true; servers that are not up yet may refuse or take long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, RedisError):
            if is_true():
                return
        time.sleep(0.2)
    raise TimeoutError(otherwise)


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, bytes]:
    """Return status and content of an answer, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GIVE_UP_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def summary(milliseconds: Sequence[float] | np.ndarray, what: str = "requests") -> str:
    p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms over {len(milliseconds)} {what}"
