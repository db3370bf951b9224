"""Private servers for the whole run, made before Django reads its settings and thrown away after.

They start when this file is imported, before any other file of the tests: those import models,
and models want settings with the servers' addresses. So the settings are named here, not in the
configuration, where pytest-django would read them too early. Each process of `pytest -n` has
servers of its own.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import django
import pytest

# Every training is a fork of this process: what it finds imported it need not import itself.
import sklearn.cluster
import sklearn.decomposition  # noqa: F401

from runner.places import make_directory, var_directory
from runner.services import Lease, ensure_services

SECONDS_OF_A_DAY = 24 * 60 * 60
SET_HERE = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MARQUEE_VAR", "REDIS_URL")


def start_servers() -> tuple[Path, list[Lease]]:
    """Return the directory of this run and the servers in it, with Django set up to use them."""
    runs = make_directory(var_directory() / "tests")
    remove_abandoned(runs)
    directory = Path(tempfile.mkdtemp(dir=runs))
    directory.chmod(0o755)
    os.environ["MARQUEE_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ["MARQUEE_VAR"] = str(directory)
    os.environ.setdefault("REDIS_TIMEOUT_SECONDS", "1")  # several tests share the processor
    leases = ensure_services(is_disposable=True)
    django.setup()
    return directory, leases


def remove_abandoned(runs: Path) -> None:
    """Remove what runs have left that were killed; a day is longer than any run."""
    for directory in runs.iterdir():
        if time.time() - directory.stat().st_mtime > SECONDS_OF_A_DAY:
            shutil.rmtree(directory, ignore_errors=True)


DIRECTORY, LEASES = start_servers()

from accounts.hashers import Argon2Hasher  # noqa: E402 - wants the settings
from config.database import patience  # noqa: E402
from config.limiter import limiter  # noqa: E402
from config.redis import end_pause, redis_client  # noqa: E402
from movies.services import data_sets, shelves  # noqa: E402
from recommendations.services import store as model_store  # noqa: E402
from tests.chromium import chromium  # noqa: E402, F401 - a fixture for every folder
from tests.two_camps import two_camps  # noqa: E402, F401 - a fixture for every folder

IMPATIENCE = patience.OF_A_REQUEST

# Hash as the site does, with a thousandth of the memory.
Argon2Hasher.memory_cost = 46


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares a running site in one process: a file, or the folder of `never_down`."""
    for item in items:
        shared = item.path.parent if item.path.parent.name == "never_down" else item.path
        item.add_marker(pytest.mark.xdist_group(str(shared)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Forget the servers of this process, which only hands out tests, for those that run them."""
    for name in SET_HERE:
        os.environ.pop(name, None)
    for lease in LEASES:
        lease.leave()


def pytest_unconfigure() -> None:
    for lease in LEASES:
        lease.leave()
    shutil.rmtree(DIRECTORY, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what a process keeps in memory between requests, and what Redis holds.

    What is kept then stays until it is forgotten, however slow the machine is. Requests wait for
    PostgreSQL as long as workers do: where that matters, a test asks for `impatience`.
    """
    monkeypatch.setattr(patience, "OF_A_REQUEST", replace(patience.OF_A_WORKER))
    for module in (data_sets, shelves):
        monkeypatch.setattr(module, "KEEP_SECONDS", float("inf"))
    for name in ("POINTER_SECONDS", "CHECK_SECONDS"):
        monkeypatch.setattr(model_store, name, float("inf"))
    limiter.cache_clear()
    redis_client().flushdb()
    data_sets.forget_data_sets()
    shelves.shelf_keeper.forget()
    model_store.store.forget()


@pytest.fixture
def impatience(_fresh_process, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests give PostgreSQL up as soon as they do on the site."""
    monkeypatch.setattr(patience, "OF_A_REQUEST", IMPATIENCE)


@pytest.fixture
def redis_away(settings) -> Iterator[None]:
    """Point the process at a Redis that is not there, until the test ends."""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    redis_client.cache_clear()
    yield
    redis_client.cache_clear()
    end_pause()
