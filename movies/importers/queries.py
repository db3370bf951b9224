"""What several merges do with a query."""

from django.db.backends.utils import CursorWrapper

from movies.importers.rows import Reject

FETCHED = 5_000


def refuse_rows(cursor: CursorWrapper, query: str, *, file: str, reject: Reject) -> None:
    """Reject what a query finds, as (line, reason, row), however much it is."""
    cursor.execute(f"DECLARE refused NO SCROLL CURSOR FOR {query}")
    while True:
        cursor.execute(f"FETCH {FETCHED} FROM refused")
        rows = cursor.fetchall()
        if not rows:
            break
        for line, reason, row in rows:
            reject(file=file, line=line, reason=reason, row=row)
    cursor.execute("CLOSE refused")


def take_number(cursor: CursorWrapper, query: str) -> int:
    """Return the one number that a query answers with."""
    cursor.execute(query)
    (number,) = cursor.fetchone()
    return int(number)
