"""Every process that serves follows an activation within a second, on this machine and others."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as site

from accounts.services.tokens import create_token
from recommendations.services.registry import activate_version, rollback_version
from recommendations.services.training import train_version
from tests.factories import make_user
from tests.recommendations.workers import database_url, stop
from tests.runner.processes import free_port
from tests.two_camps import build_two_camps
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

# The goal is a second on a machine that has one to spare; a busy one gets more.
DEADLINE = 10.0


class Server:
    """A web server of its own, with its own cache of artefacts, as on a machine of its own."""

    def __init__(self, artefacts: Path, *, secret: str) -> None:
        self.port = free_port()
        self.secret = secret
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "MARQUEE_ARTEFACTS": str(artefacts),
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_WORKERS": "1",
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
        self.process = subprocess.Popen(command, cwd=site.BASE_DIR, env=environment)

    def version(self) -> int | None:
        """Ask which version recommends, as a program would."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/me/recommendations/?limit=1",
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)["model_version"]
        except (urllib.error.URLError, ConnectionError):
            return None

    def stop(self) -> None:
        stop(self.process, seconds=30)


@pytest.fixture
def servers(settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path / "machine-0"
    build_two_camps()
    _, secret = create_token(user=make_user(), name="Test")
    servers: list[Server] = []
    with ExitStack() as stack:
        for place in (0, 1):
            servers.append(Server(tmp_path / f"machine-{place}", secret=secret))
            stack.callback(servers[-1].stop)
        yield servers


def seconds_until(servers: list[Server], number: int) -> float:
    """Return how long it takes until every server recommends by this version."""
    started = time.monotonic()
    for server in servers:
        assert wait_for(lambda server=server: server.version() == number, seconds=DEADLINE)
    return time.monotonic() - started


def test_two_machines_follow_activation_and_rollback(servers, record_property):
    first = train_version(activate=False)
    second = train_version(activate=False)
    activate_version(number=first.number)
    assert wait_for(lambda: all(each.version() == first.number for each in servers), seconds=300)

    activate_version(number=second.number)
    record_property("activation", seconds_until(servers, second.number))
    rollback_version()
    record_property("rollback", seconds_until(servers, first.number))
