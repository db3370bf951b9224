"""Merge staged metadata into the movies that are there."""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from movies.importers.queries import refuse_rows
from movies.importers.rows import Reject

# MovieLens's number is the surest, then IMDb's, then TMDB's.
MATCH = """
UPDATE staged_metadata SET movie_id = found.movie_id
FROM (
    SELECT DISTINCT ON (line) line, movie_id FROM (
        SELECT line, 1 AS rank, movie.id AS movie_id
        FROM staged_metadata AS staged
        JOIN movies_movie AS movie ON movie.movielens_id = staged.movielens_id
        UNION ALL
        SELECT line, 2, movie.id
        FROM staged_metadata AS staged
        JOIN movies_movie AS movie ON movie.imdb_id = staged.imdb_id
        UNION ALL
        SELECT line, 3, movie.id
        FROM staged_metadata AS staged
        JOIN movies_movie AS movie ON movie.tmdb_id = staged.tmdb_id
    ) AS candidates ORDER BY line, rank, movie_id
) AS found
WHERE found.line = staged_metadata.line
"""

UNKNOWN = """
SELECT line, 'no such movie in the catalogue', concat_ws(' ', movielens_id, imdb_id, tmdb_id)
FROM staged_metadata WHERE movie_id IS NULL ORDER BY line
"""

TWICE = """
SELECT line, 'the same movie as on line ' || kept, concat_ws(' ', movielens_id, imdb_id, tmdb_id)
FROM (
    SELECT *, min(line) OVER (PARTITION BY movie_id) AS kept
    FROM staged_metadata WHERE movie_id IS NOT NULL
) AS ranked WHERE line <> kept ORDER BY line
"""

DROP_UNUSED = """
DELETE FROM staged_metadata WHERE line NOT IN (
    SELECT min(line) FROM staged_metadata WHERE movie_id IS NOT NULL GROUP BY movie_id
);
CREATE UNIQUE INDEX ON staged_metadata (line);
ANALYZE staged_metadata
"""

# What the file does not tell stays. What it tells fills a gap, or replaces what was there.
TEXTS = ("overview", "tagline", "language", "certification", "poster_path")
NUMBERS = ("runtime_minutes", "release_date", "imdb_id", "tmdb_id")


def _fill_statement(*, replaces: bool) -> str:
    values = {name: _chosen(f"NULLIF(%s.{name}, '')", replaces=replaces) for name in TEXTS}
    values = {name: f"coalesce({value}, '')" for name, value in values.items()}
    values |= {name: _chosen(f"%s.{name}", replaces=replaces) for name in NUMBERS}
    chosen = _chosen("NULLIF(%s.keywords, '{}')", replaces=replaces)
    values["keywords"] = f"coalesce({chosen}, '{{}}')"
    # An id is never replaced: it says which movie this is.
    for name in ("imdb_id", "tmdb_id"):
        values[name] = f"coalesce(movie.{name}, staged.{name})"
    settings = ", ".join(f"{name} = {value}" for name, value in values.items())
    old = ", ".join(f"movie.{name}" for name in values)
    return (
        f"UPDATE movies_movie AS movie SET {settings} FROM staged_metadata AS staged "  # noqa: S608 - names of columns
        f"WHERE movie.id = staged.movie_id AND ({old}) IS DISTINCT FROM "
        f"({', '.join(values.values())}) RETURNING movie.id"
    )


def _chosen(value: str, *, replaces: bool) -> str:
    first, second = ("staged", "movie") if replaces else ("movie", "staged")
    return f"coalesce({value % first}, {value % second})"


PEOPLE = """
INSERT INTO movies_person (name)
SELECT name FROM (
    SELECT name, min(line) AS line, min(position) AS position
    FROM staged_credit JOIN staged_metadata USING (line) GROUP BY name
) AS named
WHERE NOT EXISTS (SELECT FROM movies_person AS person WHERE person.name = named.name)
ORDER BY line, position, name
"""

# Of namesakes, the one known longest is meant.
CREDITS = """
CREATE TEMPORARY TABLE ready_credit ON COMMIT DROP AS
SELECT movie_id, role, position, person.id AS person_id
FROM staged_credit
JOIN staged_metadata USING (line)
JOIN (SELECT name, min(id) AS id FROM movies_person GROUP BY name) AS person USING (name);
CREATE INDEX ON ready_credit (movie_id, role);
ANALYZE ready_credit
"""

# A role of a movie changes as a whole, and only where it has nobody or the file is believed.
KEEP_CHANGED = """
WITH known AS (
    SELECT movie_id, role, array_agg(person_id ORDER BY position, id) AS person_ids
    FROM movies_credit GROUP BY movie_id, role
), told AS (
    SELECT movie_id, role, array_agg(person_id ORDER BY position) AS person_ids
    FROM ready_credit GROUP BY movie_id, role
), unchanged AS MATERIALIZED (
    SELECT movie_id, role FROM known JOIN told USING (movie_id, role)
    WHERE NOT %(replaces)s OR known.person_ids = told.person_ids
)
DELETE FROM ready_credit AS ready USING unchanged
WHERE unchanged.movie_id = ready.movie_id AND unchanged.role = ready.role
"""

REMOVE_CREDITS = """
DELETE FROM movies_credit AS credit USING ready_credit AS ready
WHERE credit.movie_id = ready.movie_id AND credit.role = ready.role
"""

ADD_CREDITS = """
INSERT INTO movies_credit (movie_id, person_id, role, position, character)
SELECT movie_id, person_id, role, position, '' FROM ready_credit
ORDER BY movie_id, role DESC, position
RETURNING movie_id
"""


@dataclass(frozen=True, slots=True)
class MetadataOutcome:
    """What merging metadata came to."""

    movies_changed: int
    people_added: int
    credits_added: int


def merge_metadata(
    cursor: CursorWrapper, *, file: str, reject: Reject, replaces: bool
) -> MetadataOutcome:
    """Fill what movies lack, or replace what they have, with what the file tells."""
    cursor.execute(MATCH)
    refuse_rows(cursor, UNKNOWN, file=file, reject=reject)
    refuse_rows(cursor, TWICE, file=file, reject=reject)
    cursor.execute(DROP_UNUSED)
    cursor.execute(_fill_statement(replaces=replaces))
    movie_ids = {movie_id for (movie_id,) in cursor.fetchall()}
    cursor.execute(PEOPLE)
    people_added = int(cursor.rowcount)
    cursor.execute(CREDITS)
    cursor.execute(KEEP_CHANGED, {"replaces": replaces})
    cursor.execute(REMOVE_CREDITS)
    cursor.execute(ADD_CREDITS)
    credited = [movie_id for (movie_id,) in cursor.fetchall()]
    return MetadataOutcome(len(movie_ids.union(credited)), people_added, len(credited))
