"""`make run` with the demo catalogue, from nothing to the first page and to its end."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from runner.places import ROOT
from tests.runner.processes import (
    environment_without_servers,
    free_port,
    processes_of,
    wait_until_gone,
)
from tests.waiting import wait_for

READY_LINE = re.compile(
    r"Marquee is ready at (?P<address>http://127\.0\.0\.1:\d+) · Demo catalogue: .* simulated .*"
    r"sign in as (?P<person>\S+) / (?P<password>\S+) or \S+ / \S+ \(kept in \S+\) · Ctrl-C"
)


def start_run(directory: Path, *, port: int, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "runner"],
        cwd=ROOT,
        env=environment_without_servers(
            MARQUEE_VAR=str(directory), PORT=str(port), MARQUEE_DATA="", MOVIELENS_URL="",
            **variables,
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


def refusal_of(run: subprocess.Popen[str]) -> str:
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert output.count("\n") == 1
    return output


@pytest.fixture(scope="module")
def site() -> Path:
    """The directory of a site that has been run once, so that further starts are short."""
    directory = Path(os.environ["MARQUEE_VAR"]) / "site"
    directory.mkdir(mode=0o755)
    return directory


def test_one_command_serves_pages_and_ends_without_a_trace(site):
    run = start_run(site, port=free_port())
    ready = READY_LINE.match(line := run.stdout.readline())
    assert ready, line + run.stdout.read()
    with urlopen(f"{ready['address']}/movies/") as page:
        assert page.status == 200
    with urlopen(f"{ready['address']}/readyz") as answer:
        assert json.load(answer)["status"] == "ok"
    kept = site / "demo-accounts.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["person"]["password"] == ready["password"]
    asked_at = time.monotonic()
    run.terminate()
    assert run.wait(timeout=60) == 0
    assert time.monotonic() - asked_at < 10
    assert processes_of(site) == {}


def test_a_killed_runner_leaves_no_process(site):
    run = start_run(site, port=free_port())
    assert READY_LINE.match(run.stdout.readline())
    # A worker with a pool of two, and one that trains with a pool of one.
    assert wait_for(lambda: len(workers_of(site)) == 5)
    run.kill()
    run.wait()
    assert wait_until_gone(site) == {}


def workers_of(site: Path) -> list[int]:
    return [
        number
        for number, command in processes_of(site).items()
        if "celery" in command and "worker" in command
    ]


def test_an_interrupt_while_it_starts_ends_it_too(site):
    run = start_run(site, port=free_port())
    while not any("manage.py" in command for command in processes_of(site).values()):
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=60) == 0
    assert processes_of(site) == {}


def test_a_port_in_use_is_said_in_one_line(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use." in refusal_of(start_run(site, port=port))
    assert processes_of(site) == {}


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_said_in_one_line(site, port):
    assert f"not '{port}'" in refusal_of(start_run(site, port=port))


def test_a_directory_that_cannot_be_made_is_said_in_one_line(place):
    (place / "file").touch()
    assert "cannot write its files" in refusal_of(
        start_run(place / "file" / "var", port=free_port())
    )


def test_a_full_disk_is_said_in_one_line(place):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("making a small disk takes more rights than these")
    try:
        assert "The disk is full" in refusal_of(start_run(place, port=free_port()))
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_failed_step_names_itself_its_reason_and_its_log(place):
    run = start_run(place, port=free_port(), DATABASE_URL="postgresql://127.0.0.1:1/none")
    output = refusal_of(run)
    assert output.startswith("Preparing the database failed: ")
    assert f"{place}/log/migrate.log" in output
    assert processes_of(place) == {}
