"""Up to which id the catalogue is complete.

A movie gets its id when it is written and is seen when its transaction commits, so one with a lower
id may come later. A model knows its items in the order of their ids, and takes new ones for those
above the highest: a movie that came late would stay unknown to it until the next training.
"""

import logging
import time

from django.db import connection

from movies.models import Movie

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.05
# An import may write for minutes; who waits for a training has waited long enough by then.
MOST_SECONDS = 60.0

HIGHEST = f"SELECT coalesce(max(id), 0) FROM {Movie._meta.db_table}"  # noqa: S608, SLF001
WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def settled_movie_id() -> int:
    """Return the highest movie's id, once whoever was writing movies has ended.

    Whatever has a lower id is there then, or never will be: who begins to write later gets a
    higher one. After a minute it is returned all the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(HIGHEST)
        ((highest,),) = cursor.fetchall()
    deadline, waited_for = time.monotonic() + MOST_SECONDS, _writers()
    while waited_for and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        waited_for &= _writers()
    if waited_for:
        logger.warning("somebody has been writing movies for a minute; these may be missed")
    return int(highest)


def _writers() -> set[str]:
    """Return the transactions of others that have written, or are about to write, movies."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [Movie._meta.db_table])  # noqa: SLF001 - Django's API
        return {transaction for (transaction,) in cursor.fetchall()}
