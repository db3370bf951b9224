"""An import whose process is killed, as far in as it gets."""

import os
import subprocess
import sys
import time
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from movies.errors import ImportBusyError
from movies.models import Movie, Rating
from movies.services.importing import import_movielens
from tests.movies.importers.tiny_sets import write_csv_set

PATIENCE_SECONDS = 60


def wait_until_blocked(cursor):
    """Wait until somebody waits for a lock in this database."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if cursor.fetchone() != (0,):
            return
        time.sleep(0.1)
    pytest.fail("the import never came as far as its data set's row")


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_the_old_state_and_no_lock(tmp_path):
    path = write_csv_set(tmp_path)
    known = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    parts = {name: known[name] for name in names if known.get(name)}
    with psycopg.connect(**parts) as blocker, connection.cursor() as watcher:
        # The row of the data set is the last that an import writes.
        blocker.execute("LOCK TABLE movies_dataset IN EXCLUSIVE MODE")
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_movielens", str(path)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": f"postgresql:///?{urlencode(parts)}"},
        )
        wait_until_blocked(watcher)
        process.kill()
        process.wait()

    assert not Movie.objects.exists()
    assert not Rating.objects.exists()
    summary = import_again(path, tmp_path)
    assert (summary.movies_added, summary.ratings_added) == (4, 5)


def import_again(path, folder):
    """Import once the server has noticed that the killed client is gone."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return import_movielens(path=path, rejects_path=folder / "rejects.csv")
        except ImportBusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
