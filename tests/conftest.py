"""Private servers for the whole run, made before Django reads its settings and thrown away after.

Django's settings are named here and not in the configuration: pytest-django would read them
before the servers have addresses.
"""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

from runner.places import make_directory, var_directory
from runner.services import Lease, ensure_services

LEASES = pytest.StashKey[list[Lease]]()
DIRECTORY = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    os.environ["MARQUEE_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    runs = make_directory(var_directory() / "tests")
    config.stash[DIRECTORY] = Path(tempfile.mkdtemp(dir=runs))
    config.stash[DIRECTORY].chmod(0o755)
    os.environ["MARQUEE_VAR"] = str(config.stash[DIRECTORY])
    config.stash[LEASES] = ensure_services(is_disposable=True)
    django.setup()
    make_passwords_cheap()


def make_passwords_cheap() -> None:
    """Hash as the site does, with a thousandth of the memory."""
    from accounts.hashers import Argon2Hasher  # noqa: PLC0415 - needs the settings

    Argon2Hasher.memory_cost = 46


def pytest_unconfigure(config: pytest.Config) -> None:
    for lease in config.stash.get(LEASES, []):
        lease.leave()
    if DIRECTORY in config.stash:
        shutil.rmtree(config.stash[DIRECTORY], ignore_errors=True)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the attempts that other tests have made: they all come from one address."""
    from config.limiter import limiter, redis_key  # noqa: PLC0415 - needs the settings
    from config.redis import redis_client  # noqa: PLC0415 - needs the settings

    limiter.cache_clear()
    for key in redis_client().scan_iter(match=redis_key("*"), count=1000):
        redis_client().delete(key)
