"""Import what a metadata file tells about movies: the whole of it, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from movies.errors import ImportRefusedError
from movies.importers.merge_metadata import MetadataOutcome, merge_metadata
from movies.importers.metadata import MetadataRow, read_metadata
from movies.importers.progress import NoProgress, Progress
from movies.importers.rejects import collecting_rejects
from movies.services.importing import importing

TABLES = """
CREATE TEMPORARY TABLE staged_metadata (
    line integer, movielens_id bigint, imdb_id bigint, tmdb_id bigint, overview text,
    tagline text, runtime_minutes smallint, language text, release_date date,
    certification text, poster_path text, keywords varchar[], movie_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_credit (
    line integer, role text, position smallint, name text
) ON COMMIT DROP
"""
COPY_ROWS = """
COPY staged_metadata (
    line, movielens_id, imdb_id, tmdb_id, overview, tagline, runtime_minutes, language,
    release_date, certification, poster_path, keywords
) FROM STDIN
"""
CHUNK_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class MetadataSummary:
    """What an import of metadata came to, or would have."""

    rows: int
    outcome: MetadataOutcome
    rows_rejected: int
    rejects_path: Path | None


def import_metadata(
    *,
    path: Path,
    rejects_path: Path | None = None,
    is_dry_run: bool = False,
    replaces: bool = False,
    progress: Progress | None = None,
) -> MetadataSummary:
    """Add a file's facts and texts to the movies it names, in one transaction.

    Fills gaps; with `replaces` the file is believed rather than the catalogue. The same again
    changes nothing. Raises ImportRefusedError for a file that cannot be used and ImportBusyError
    while another import runs.
    """
    rejects_path = rejects_path or settings.VAR_DIR / "rejects" / f"{path.name}.csv"
    with collecting_rejects(rejects_path) as rejects, importing(is_dry_run=is_dry_run) as cursor:
        rows = _stage(cursor, read_metadata(path, rejects.add), progress or NoProgress())
        if not rows:
            raise ImportRefusedError(f"{path} has no row that can be used.")
        outcome = merge_metadata(cursor, file=path.name, reject=rejects.add, replaces=replaces)
        cursor.execute("ANALYZE movies_movie, movies_person, movies_credit")
        cursor.execute("DROP TABLE staged_metadata, staged_credit, ready_credit")
        return MetadataSummary(
            rows=rows,
            outcome=outcome,
            rows_rejected=rejects.count,
            rejects_path=rejects.path if rejects.count else None,
        )


def _stage(cursor: CursorWrapper, rows: Iterable[MetadataRow], progress: Progress) -> int:
    """Copy rows and credits into temporary tables; return how many rows there were."""
    progress.begin(title="Reading metadata")
    cursor.execute(TABLES)
    count = 0
    chunk: list[MetadataRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            count += _copy(cursor, chunk, progress)
            chunk = []
    count += _copy(cursor, chunk, progress)
    progress.begin(title="Merging metadata")
    cursor.execute("ANALYZE staged_metadata, staged_credit")
    return count


def _copy(cursor: CursorWrapper, rows: list[MetadataRow], progress: Progress) -> int:
    with cursor.copy(COPY_ROWS) as copy:
        for row in rows:
            copy.write_row(
                (
                    row.line,
                    row.movielens_id,
                    row.imdb_id,
                    row.tmdb_id,
                    row.overview,
                    row.tagline,
                    row.runtime_minutes,
                    row.language,
                    row.release_date,
                    row.certification,
                    row.poster_path,
                    list(row.keywords),
                )
            )
    with cursor.copy("COPY staged_credit FROM STDIN") as copy:
        for row in rows:
            for role, names in (("director", row.directors), ("cast", row.cast)):
                for position, name in enumerate(names, start=1):
                    copy.write_row((row.line, role, position, name))
    progress.advance(len(rows))
    return len(rows)
