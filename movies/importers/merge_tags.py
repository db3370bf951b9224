"""Merge the staged tags, as applied by people."""

from django.db.backends.utils import CursorWrapper

from movies.importers.queries import refuse_rows
from movies.importers.rows import Reject

UNKNOWN = """
SELECT staged_tag.line, 'the data set has no movie ' || movie, concat_ws(' ', person, movie, name)
FROM staged_tag LEFT JOIN staged_movie ON staged_movie.number = staged_tag.movie
WHERE staged_movie.number IS NULL ORDER BY 1
"""

READY = """
CREATE TEMPORARY TABLE ready_tag ON COMMIT DROP AS
SELECT staged_tag.line, rater.user_id, movie.movie_id, name, slug, applied_at,
       min(staged_tag.line) OVER (PARTITION BY rater.user_id, movie.movie_id, slug) AS kept
FROM staged_tag
JOIN staged_rater AS rater ON rater.number = staged_tag.person
JOIN staged_movie AS movie ON movie.number = staged_tag.movie
"""

TWICE = """
SELECT ready_tag.line, 'the same tag as on line ' || kept,
       concat_ws(' ', person, movie, staged_tag.name)
FROM ready_tag JOIN staged_tag USING (line) WHERE line <> kept ORDER BY 1
"""

NAMES = """
INSERT INTO movies_tag (name, slug, is_hidden)
SELECT name, slug, false FROM (
    SELECT DISTINCT ON (slug) line, name, slug FROM ready_tag ORDER BY slug, line
) AS first_of_each
WHERE NOT EXISTS (SELECT FROM movies_tag AS tag WHERE tag.slug = first_of_each.slug)
ORDER BY line
"""

ADD = """
INSERT INTO movies_tagapplication (tag_id, user_id, movie_id, applied_at)
SELECT tag.id, user_id, movie_id, to_timestamp(applied_at)
FROM ready_tag JOIN movies_tag AS tag USING (slug)
WHERE line = kept AND NOT EXISTS (
    SELECT FROM movies_tagapplication AS known
    WHERE known.tag_id = tag.id AND known.user_id = ready_tag.user_id
    AND known.movie_id = ready_tag.movie_id
)
ORDER BY line
RETURNING user_id
"""


def merge_tags(cursor: CursorWrapper, *, file: str, reject: Reject) -> list[int]:
    """Save the staged tags of known movies; return who applied each one that was added."""
    refuse_rows(cursor, UNKNOWN, file=file, reject=reject)
    cursor.execute(READY)
    refuse_rows(cursor, TWICE, file=file, reject=reject)
    cursor.execute(NAMES)
    cursor.execute(ADD)
    return [user_id for (user_id,) in cursor.fetchall()]
