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
    address = connection.get_connection_params()
    query = f"host={address['host']}&user={address['user']}"
    database = {"DATABASE_URL": f"postgresql:///{address['dbname']}?{query}"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"]
    process = subprocess.Popen(
        [*command, "--queues", queue],
        cwd=settings.BASE_DIR,
        env=os.environ | database | more,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    # Tests empty Redis, and with it the broker's queues: the worker makes them when it comes up.
    assert wait_for(lambda: redis_client().exists(f"_kombu.binding.{queue}"), seconds=90)
    yield process
    process.terminate()
    process.wait(timeout=20)
