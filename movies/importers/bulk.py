"""Load very many ratings at once: keys, indexes and figures are made afterwards, in one go.

Of 15 s that a million ratings took to save, 9 went into checking their people and movies one at a
time, and the index by movie, which is hit all over, slows down once it outgrows memory. Taken off
and put back in the same transaction, keys are checked by one join, indexes are sorted instead of
grown, and each movie's figures are written once. That locks everybody else out of the table until
the end, so it is done only while hardly anybody has rated here: when a site gets its first data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

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
# Foreign keys first: they need nothing of this table but are needed by nobody either.
CONSTRAINTS = """
SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'movies_rating'::regclass AND contype IN ('f', 'u')
ORDER BY contype = 'f' DESC, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'movies_rating'::regclass
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""
COUNT_AGAIN = """
UPDATE movies_moviestats AS stats
SET rating_count = counted.ratings, half_star_total = counted.half_stars,
    histogram = counted.histogram
FROM (
    SELECT movie.id AS movie_id, coalesce(ratings, 0) AS ratings,
           coalesce(half_stars, 0) AS half_stars,
           coalesce(histogram, array_fill(0::bigint, ARRAY[10])) AS histogram
    FROM movies_movie AS movie
    LEFT JOIN (
        SELECT movie_id, sum(ratings)::bigint AS ratings,
               sum(half_stars * ratings)::bigint AS half_stars,
               ARRAY[
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 1), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 2), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 3), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 4), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 5), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 6), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 7), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 8), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 9), 0)::bigint,
                   coalesce(sum(ratings) FILTER (WHERE half_stars = 10), 0)::bigint
               ] AS histogram
        FROM (
            SELECT movie_id, half_stars, count(*) AS ratings
            FROM movies_rating GROUP BY movie_id, half_stars
        ) AS cells GROUP BY movie_id
    ) AS rated ON rated.movie_id = movie.id
) AS counted
WHERE stats.movie_id = counted.movie_id
AND stats.histogram IS DISTINCT FROM counted.histogram::integer[]
"""
INDEX_MEMORY = "512MB"


@contextmanager
def ratings_loaded_in_bulk_if_many(cursor: CursorWrapper) -> Iterator[None]:
    """Load the staged ratings in bulk where that is worth it.

    Enter it before anything else is written: the table is locked from here on, and nobody who
    waits for it may hold what is needed later.
    """
    cursor.execute(IS_WORTH_IT, [LARGE_LOAD, FEW_OWN_RATINGS, FEW_OWN_RATINGS])
    if cursor.fetchone() != (True,):
        yield
        return
    with ratings_loaded_in_bulk(cursor):
        yield


@contextmanager
def ratings_loaded_in_bulk(cursor: CursorWrapper) -> Iterator[None]:
    """Take keys, indexes and triggers off the table of ratings and put them back at the end."""
    surroundings = _Surroundings.take_off(cursor)
    yield
    surroundings.put_back(cursor)


@dataclass(frozen=True)
class _Surroundings:
    """Constraints and indexes by name, as they were."""

    constraints: list[tuple[str, str]]
    indexes: list[tuple[str, str]]

    @classmethod
    def take_off(cls, cursor: CursorWrapper) -> Self:
        cursor.execute(CONSTRAINTS)
        constraints = cursor.fetchall()
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f"ALTER TABLE movies_rating DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("ALTER TABLE movies_rating DISABLE TRIGGER USER")
        return cls(constraints, indexes)

    def put_back(self, cursor: CursorWrapper) -> None:
        cursor.execute("ALTER TABLE movies_rating ENABLE TRIGGER USER")
        cursor.execute(COUNT_AGAIN)
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
        for _, definition in self.indexes:
            cursor.execute(definition)
        for name, definition in reversed(self.constraints):
            cursor.execute(f"ALTER TABLE movies_rating ADD CONSTRAINT {name} {definition}")
        # What is put back is deferred again, as it was.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
