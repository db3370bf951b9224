"""Copy a data set into temporary tables, as it is, before anything is merged."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db.backends.utils import CursorWrapper
from django.utils.text import slugify

from movies.errors import ImportRefusedError
from movies.importers.progress import Progress
from movies.importers.rows import Layout, MovieRow, RatingRow, Reject

TABLES = """
CREATE TEMPORARY TABLE staged_movie (
    line integer, number bigint, title text, original_title text, year smallint,
    imdb_id bigint, tmdb_id bigint, movie_id bigint, is_new boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_title (
    number bigint, title text, is_main boolean, text text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_genre (
    number bigint, name text, slug text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_link (
    number bigint, imdb_id bigint, tmdb_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_person (
    line integer, number bigint, age_band smallint, gender text, occupation smallint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_rating (
    line integer, person bigint, movie bigint, half_stars smallint, rated_at bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_tag (
    line integer, person bigint, movie bigint, name text, slug text, applied_at bigint
) ON COMMIT DROP;
"""
CHUNK_ROWS = 20_000


def stage_data_set(
    cursor: CursorWrapper, layout: Layout, *, reject: Reject, progress: Progress
) -> None:
    """Fill the staging tables; raise ImportRefusedError if there is nothing to import."""
    cursor.execute(TABLES)
    progress.begin(title="Reading movies")
    _stage_movies(cursor, layout, reject)
    people = (
        (row.line, row.number, row.age_band, row.gender, row.occupation)
        for row in layout.people(reject)
    )
    copy_rows(cursor, "staged_person", people)
    tags = (
        (row.line, row.person, row.movie, row.name, row.name.casefold(), row.applied_at)
        for row in layout.tags(reject)
    )
    copy_rows(cursor, "staged_tag", tags)
    progress.begin(title="Reading ratings")
    if not _stage_ratings(cursor, layout.ratings(reject), progress):
        raise ImportRefusedError(f"{layout.files.ratings} has no rating that can be used.")
    cursor.execute(
        "ANALYZE staged_movie, staged_title, staged_genre, staged_link, "
        "staged_person, staged_rating, staged_tag"
    )


def _stage_movies(cursor: CursorWrapper, layout: Layout, reject: Reject) -> None:
    rows = list(_first_of_each(layout.movies(reject), layout.files.movies, reject))
    if not rows:
        raise ImportRefusedError(f"{layout.files.movies} has no movie that can be used.")
    movies = (
        (row.line, row.number, row.title.title, row.title.original_title, row.title.year)
        for row in rows
    )
    copy_rows(cursor, "staged_movie (line, number, title, original_title, year)", movies)
    titles = (
        (row.number, title, place == 0)
        for row in rows
        for place, title in enumerate((row.title.title, *row.title.alternatives))
    )
    copy_rows(cursor, "staged_title (number, title, is_main)", titles)
    genres = ((row.number, genre, slugify(genre)) for row in rows for genre in row.genres)
    copy_rows(cursor, "staged_genre", genres)
    links = ((row.movie, row.imdb_id, row.tmdb_id) for row in layout.links(reject))
    copy_rows(cursor, "staged_link", links)


def _first_of_each(rows: Iterable[MovieRow], file: str, reject: Reject) -> Iterator[MovieRow]:
    lines: dict[int, int] = {}
    for row in rows:
        first = lines.setdefault(row.number, row.line)
        if first == row.line:
            yield row
        else:
            reason = f"movie {row.number} stands on line {first} already"
            reject(file=file, line=row.line, reason=reason, row=row.title.title)


def copy_rows(cursor: CursorWrapper, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Copy rows into a table, written with the columns that they fill."""
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _stage_ratings(cursor: CursorWrapper, ratings: Iterator[RatingRow], progress: Progress) -> int:
    """Copy ratings as the bytes they came in; return how many there were."""
    total = 0
    with cursor.copy("COPY staged_rating FROM STDIN") as copy:
        while chunk := list(islice(ratings, CHUNK_ROWS)):
            copy.write(b"".join(b"%d\t%b\t%b\t%b\t%b\n" % row for row in chunk))
            total += len(chunk)
            progress.advance(len(chunk))
    return total
