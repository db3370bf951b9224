"""Check foreign keys of a large load as a whole instead of row by row.

Of 15 s that a million ratings took to save, 9 went into checking their people and movies one at a
time. Taken off and put back in the same transaction, the same keys are checked by one join (1 s).
That locks everybody else out of the table until the end, so it is done only while hardly anybody
has rated here: when a site gets its first data.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper

LARGE_LOAD = 200_000
FEW_OWN_RATINGS = 1_000

IS_WORTH_IT = """
SELECT pg_has_role(relowner, 'USAGE')
    AND (SELECT count(*) FROM staged_rating) >= %s
    AND (
        SELECT count(*) FROM (
            SELECT FROM movies_rating JOIN accounts_user ON accounts_user.id = user_id
            WHERE data_set = '' LIMIT %s
        ) AS first_ones
    ) < %s
FROM pg_class WHERE oid = 'movies_rating'::regclass
"""
KEYS = """
SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'movies_rating'::regclass AND contype = 'f' ORDER BY conname
"""


@contextmanager
def rating_keys_checked_at_once(cursor: CursorWrapper) -> Iterator[None]:
    """Check the foreign keys of ratings at the end, where that is worth it.

    Enter it before anything else is written: the table is locked from here on, and nobody who
    waits for it may hold what is needed later.
    """
    cursor.execute(IS_WORTH_IT, [LARGE_LOAD, FEW_OWN_RATINGS, FEW_OWN_RATINGS])
    if cursor.fetchone() != (True,):
        yield
        return
    cursor.execute(KEYS)
    keys = cursor.fetchall()
    for name, _ in keys:
        cursor.execute(f"ALTER TABLE movies_rating DROP CONSTRAINT {name}")
    yield
    for name, definition in keys:
        cursor.execute(f"ALTER TABLE movies_rating ADD CONSTRAINT {name} {definition}")
    # What is put back is deferred again, as it was.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
