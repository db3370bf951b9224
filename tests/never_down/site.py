"""A site as it runs for people: gunicorn, a worker, PostgreSQL and Redis, all of its own."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from runner.children import start_child, stop_children
from runner.places import ROOT
from tests.never_down.servers import BreakableServer, wait_until

METRICS_TOKEN = "for-the-tests-of-this-site"
ANSWER_SECONDS = 60
STOP_SECONDS = 10
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
BUILD = [sys.executable, "-m", "tests.never_down.build"]
WEB = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
WEB += ["--config", "python:config.gunicorn"]
WORKER = [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "1"]
WORKER += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
BEAT = [sys.executable, "-m", "celery", "--app", "config", "beat", "--loglevel", "INFO"]


@dataclass(frozen=True)
class Answer:
    """What came back, and after how long."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    @property
    def said(self) -> Any:
        return json.loads(self.text)


class LiveSite:
    """The programs of a site and ways to ask it. No answer may ever be a 500."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.postgres = BreakableServer(place / "services" / "postgres")
        self.redis = BreakableServer(place / "services" / "redis")
        self.artefacts = place / "artefacts"
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.environment = self._make_environment()
        self._children: list[subprocess.Popen[bytes]] = []
        self.known: Any = None
        self.web: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        built = subprocess.check_output(BUILD, cwd=ROOT, env=self.environment)
        self.known = json.loads(built)
        bind = f"fd://{self._listening.fileno()}"
        self.web = self._start("web", [*WEB, "--bind", bind], pass_fds=(self._listening.fileno(),))
        wait_until(self.is_whole)

    def stop(self) -> None:
        stop_children(self._children, signal.SIGTERM, seconds=STOP_SECONDS)
        self._listening.close()
        for server in (self.redis, self.postgres):
            server.leave()

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker for rating's tasks until the end."""
        worker = self._start("worker", WORKER)
        try:
            wait_until(lambda: "ready." in self.log("worker"))
            yield worker
        finally:
            stop_children([worker], signal.SIGTERM, seconds=STOP_SECONDS)
            self._children.remove(worker)

    @contextmanager
    def scheduler(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the scheduler until the end."""
        beat = self._start("beat", BEAT)
        try:
            yield beat
        finally:
            stop_children([beat], signal.SIGTERM, seconds=STOP_SECONDS)
            self._children.remove(beat)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `manage.py` to its end."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def begin_command(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self._start("command", [sys.executable, "manage.py", *arguments])

    def reload(self) -> None:
        """Let new web processes take over, as after a deployment."""
        assert self.web is not None
        self.web.send_signal(signal.SIGHUP)

    def ask(
        self, path: str, method: str = "GET", *, by: str = "", body: Any = None, **headers: str
    ) -> Answer:
        """Ask as a program, with the token of one of the people."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Content-Type"] = "application/json"
        if by:
            headers["Authorization"] = f"Bearer {self.known[by]['token']}"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, content, headers=headers, method=method
        )
        return self._send(urllib.request.build_opener(NoRedirects), request)

    def rate(self, movie_id: int, stars: float, *, by: str = "regular", **headers: str) -> Answer:
        path, body = f"/api/v1/me/ratings/{movie_id}/", {"rating": stars}
        return self.ask(path, "PUT", by=by, body=body, **headers)

    def recommended(self, *, by: str) -> list[int]:
        answer = self.ask("/api/v1/me/recommendations/?limit=20", by=by)
        assert answer.status == 200, answer.text
        return [each["movie"]["id"] for each in answer.said["results"]]

    def sign_in(self, *, by: str) -> Answer:
        """Sign in with a browser's form, and answer with the person's own page."""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(jar)
        form = self._send(browser, urllib.request.Request(f"{self.address}/accounts/login/"))
        found = CSRF.search(form.text)
        assert found, form.text
        fields = {
            "login": self.known[by]["email"],
            "password": "long enough",
            "csrfmiddlewaretoken": found[1],
        }
        content = urllib.parse.urlencode(fields).encode()
        self._send(browser, urllib.request.Request(f"{self.address}/accounts/login/", content))
        return self._send(browser, urllib.request.Request(f"{self.address}/account/"))

    def metric(self, name: str) -> float:
        """Return the value that `/metrics` gives for a name with its labels."""
        text = self.ask("/metrics", Authorization=f"Bearer {METRICS_TOKEN}").text
        values = dict(each.rsplit(" ", 1) for each in text.splitlines() if each[0] != "#")
        return float(values.get(name, 0))

    def readiness(self) -> dict[str, str]:
        return self.ask("/readyz").said

    def is_whole(self) -> bool:
        answer = self.ask("/readyz")
        return answer.status == 200 and answer.said["status"] == "ok"

    def stored_stars(self, *, by: str) -> dict[int, float]:
        """Return what PostgreSQL itself says about somebody's ratings."""
        sql = "SELECT movie_id, half_stars FROM movies_rating WHERE user_id = %s"
        rows = self.query(sql, self.known[by]["id"])
        return {movie_id: half_stars / 2 for movie_id, half_stars in rows}

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def redis_client(self) -> "Redis[bytes]":
        return Redis.from_url(self.redis.url)

    def log(self, name: str) -> str:
        return (self.place / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _send(
        self, opener: urllib.request.OpenerDirector, request: urllib.request.Request
    ) -> Answer:
        answer = send(opener, request)
        assert answer.status != 500, f"{request.full_url}\n{self.log('web')[-5000:]}"
        return answer

    def _start(self, name: str, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        with (self.place / f"{name}.log").open("wb") as output:
            child = start_child(
                command, directory=ROOT, environment=self.environment, output=output, **options
            )
        self._children.append(child)
        return child

    def _make_environment(self) -> dict[str, str]:
        return os.environ | {
            "MARQUEE_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "only-for-tests",
            "MARQUEE_VAR": str(self.place),
            "MARQUEE_ARTEFACTS": str(self.artefacts),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "REDIS_TIMEOUT_SECONDS": "0.2",
            "SITE_URL": self.address,
            "METRICS_TOKEN": METRICS_TOKEN,
            "WEB_WORKERS": "1",
            "API_WRITES_PER_SECOND": "1000",
            "API_READS_PER_SECOND": "1000",
            "API_BURST": "10000",
        }


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Give back a redirect instead of following it."""

    def redirect_request(self, *_request: object) -> None:
        return None


def send(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> Answer:
    started = time.monotonic()
    try:
        with opener.open(request, timeout=ANSWER_SECONDS) as response:
            text = response.read().decode(errors="replace")
            status, headers = response.status, response.headers
    except urllib.error.HTTPError as error:
        text, status, headers = error.read().decode(errors="replace"), error.code, error.headers
    return Answer(status, headers, text, time.monotonic() - started)
