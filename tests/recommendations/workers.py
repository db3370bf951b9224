"""Real workers on the tests' own servers, to be used and to be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from config.redis import redis_client
from tests.waiting import wait_for


@contextmanager
def running_worker(queue: str = "celery", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker on the test's own database until the block ends."""
    database = {"DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"]
    process = subprocess.Popen(
        [*command, "--queues", queue],
        cwd=settings.BASE_DIR,
        env=os.environ | database | more,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        # Tests empty Redis and with it the broker's queues: the worker makes them as it comes up.
        assert wait_for(lambda: redis_client().exists(f"_kombu.binding.{queue}"), seconds=90)
        yield process
    finally:
        stop(process, seconds=20)


def stop(process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Ask a process to end; one that has not in time is killed, and that is an error."""
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def database_url() -> str:
    """Return the address of the test's own database, for processes beside it."""
    address = connection.get_connection_params()
    query = f"host={address['host']}&user={address['user']}"
    return f"postgresql:///{address['dbname']}?{query}"
