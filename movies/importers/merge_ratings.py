"""Merge the staged ratings: new ones are added in the order of the file, changed ones follow."""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from movies.importers.progress import Progress
from movies.importers.queries import refuse_rows, take_number
from movies.importers.rows import Reject

# What a batch leaves waiting in memory (foreign keys, figures) is done with at its end.
BATCH_LINES = 500_000

UNKNOWN = """
SELECT staged_rating.line, 'the data set has no movie ' || movie,
       concat_ws(' ', person, movie, (half_stars / 2.0)::numeric(2, 1), rated_at)
FROM staged_rating LEFT JOIN staged_movie ON staged_movie.number = staged_rating.movie
WHERE staged_movie.number IS NULL ORDER BY 1
"""

READY = """
CREATE TEMPORARY TABLE ready_rating ON COMMIT DROP AS
SELECT staged_rating.line, rater.user_id, movie.movie_id, half_stars, rated_at
FROM staged_rating
JOIN staged_rater AS rater ON rater.number = staged_rating.person
JOIN staged_movie AS movie ON movie.number = staged_rating.movie;
ANALYZE ready_rating
"""

# Of two ratings of one movie by one person the later one counts, as on the site.
TWICE = """
CREATE TEMPORARY TABLE twice_rated ON COMMIT DROP AS
SELECT line, kept FROM (
    SELECT ready_rating.*, first_value(line) OVER (
        PARTITION BY user_id, movie_id ORDER BY rated_at DESC, line DESC
    ) AS kept
    FROM ready_rating JOIN (
        SELECT user_id, movie_id FROM ready_rating GROUP BY 1, 2 HAVING count(*) > 1
    ) AS pairs USING (user_id, movie_id)
) AS ranked
WHERE line <> kept
"""

TWICE_REASONS = """
SELECT line, 'rated again on line ' || kept,
       concat_ws(' ', person, movie, (half_stars / 2.0)::numeric(2, 1), rated_at)
FROM twice_rated JOIN staged_rating USING (line) ORDER BY line
"""

DROP_TWICE = """
DELETE FROM ready_rating USING twice_rated WHERE ready_rating.line = twice_rated.line
"""

CHANGE = """
UPDATE movies_rating AS rating
SET half_stars = ready.half_stars, rated_at = to_timestamp(ready.rated_at)
FROM ready_rating AS ready
WHERE rating.user_id = ready.user_id AND rating.movie_id = ready.movie_id
AND (rating.half_stars, rating.rated_at)
    IS DISTINCT FROM (ready.half_stars, to_timestamp(ready.rated_at))
RETURNING rating.user_id
"""

KEEP_NEW = """
DELETE FROM ready_rating AS ready USING movies_rating AS rating
WHERE rating.user_id = ready.user_id AND rating.movie_id = ready.movie_id
"""

ADD = """
INSERT INTO movies_rating (user_id, movie_id, half_stars, rated_at)
SELECT user_id, movie_id, half_stars, to_timestamp(rated_at)
FROM ready_rating WHERE line BETWEEN %s AND %s ORDER BY line
"""


@dataclass(frozen=True, slots=True)
class RatingOutcome:
    """What merging ratings came to; user ids are of people whose history it touched."""

    total: int
    added: int
    changed: int
    user_ids: frozenset[int]


def merge_ratings(
    cursor: CursorWrapper, *, file: str, reject: Reject, progress: Progress
) -> RatingOutcome:
    """Save the staged ratings of known movies, one a person and movie."""
    refuse_rows(cursor, UNKNOWN, file=file, reject=reject)
    cursor.execute(READY)
    cursor.execute(TWICE)
    refuse_rows(cursor, TWICE_REASONS, file=file, reject=reject)
    cursor.execute(DROP_TWICE)
    total = take_number(cursor, "SELECT count(*) FROM ready_rating")
    cursor.execute(CHANGE)
    changed_ids = [user_id for (user_id,) in cursor.fetchall()]
    cursor.execute(KEEP_NEW)
    added = take_number(cursor, "SELECT count(*) FROM ready_rating")
    cursor.execute("SELECT DISTINCT user_id FROM ready_rating")
    user_ids = frozenset(changed_ids) | {user_id for (user_id,) in cursor.fetchall()}
    _add(cursor, added, progress)
    return RatingOutcome(total, added, len(changed_ids), user_ids)


def _add(cursor: CursorWrapper, total: int, progress: Progress) -> None:
    progress.begin(title="Saving ratings", total=total)
    cursor.execute("CREATE INDEX ON ready_rating (line)")
    last = take_number(cursor, "SELECT coalesce(max(line), 0) FROM ready_rating")
    for first in range(1, last + 1, BATCH_LINES):
        cursor.execute(ADD, [first, first + BATCH_LINES - 1])
        progress.advance(cursor.rowcount)
