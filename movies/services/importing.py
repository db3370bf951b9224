"""Import data sets of ratings: the whole of one, or nothing."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from accounts.services.people import profile_change
from movies.errors import ImportBusyError
from movies.importers.archives import open_archive
from movies.importers.bulk import ratings_loaded_in_bulk_if_many
from movies.importers.layouts import find_layout
from movies.importers.merge_movies import merge_movies
from movies.importers.merge_people import merge_people
from movies.importers.merge_ratings import merge_ratings
from movies.importers.merge_tags import merge_tags
from movies.importers.progress import NoProgress, Progress
from movies.importers.queries import take_number
from movies.importers.rejects import RejectFile, collecting_rejects
from movies.importers.rows import Layout
from movies.importers.staging import stage_data_set
from movies.models import DataSet
from movies.services.demo import remove_demo_people

# Any number, as long as nothing else in this database locks by it.
IMPORT_LOCK = 5_707_319
LONGEST_STATEMENT = "2h"
WORK_MEMORY = "64MB"

TITLES = {
    "ml-latest-small": "MovieLens latest-small",
    "ml-latest": "MovieLens latest",
    "ml-100k": "MovieLens 100K",
    "ml-1m": "MovieLens 1M",
    "ml-10m": "MovieLens 10M",
    "ml-20m": "MovieLens 20M",
    "ml-25m": "MovieLens 25M",
    "ml-32m": "MovieLens 32M",
}
ATTRIBUTION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. "
    "ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19. "
    "https://doi.org/10.1145/2827872"
)
ANALYSED = (
    "movies_movie, movies_moviestats, movies_movie_genres, movies_alternativetitle, movies_rating, "
    "movies_tag, movies_tagapplication, movies_searchname, movies_searchposting, "
    "movies_searchtrigram, accounts_user"
)
TEMPORARY = (
    "staged_movie, staged_title, staged_genre, staged_link, staged_person, staged_rating, "
    "staged_tag, staged_match, staged_new, staged_rater, ready_tag, ready_rating, twice_rated"
)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import came to, or would have."""

    data_set: str
    movies: int
    movies_added: int
    demo_people_removed: int
    people: int
    people_added: int
    ratings: int
    ratings_added: int
    ratings_changed: int
    tags_added: int
    rows_rejected: int
    rejects_path: Path | None


def import_movielens(
    *,
    path: Path,
    rejects_path: Path | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportSummary:
    """Import a MovieLens set from a zip file or a directory in one transaction.

    The same again changes nothing. Raises ImportRefusedError for what is no such set and
    ImportBusyError while another import runs.
    """
    layout = find_layout(open_archive(path), path)
    rejects_path = rejects_path or settings.VAR_DIR / "rejects" / f"{layout.slug}.csv"
    with collecting_rejects(rejects_path) as rejects, importing(is_dry_run=is_dry_run) as cursor:
        return _import(cursor, layout, rejects, progress or NoProgress())


@contextmanager
def importing(*, is_dry_run: bool) -> Iterator[CursorWrapper]:
    """Open the one transaction of an import, alone; a dry run leaves nothing behind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK])
        if cursor.fetchone() != (True,):
            raise ImportBusyError
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        # Foreign keys are checked at the end of each statement: a million checks that wait for
        # the end of the transaction would wait in memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield cursor
        if is_dry_run:
            transaction.set_rollback(True)


def _import(
    cursor: CursorWrapper, layout: Layout, rejects: RejectFile, progress: Progress
) -> ImportSummary:
    slug = layout.slug
    title = TITLES.get(slug, slug)
    stage_data_set(cursor, layout, reject=rejects.add, progress=progress)
    progress.begin(title="Merging movies and people")
    with ratings_loaded_in_bulk_if_many(cursor):
        demo_people_removed = remove_demo_people()
        movies_added = merge_movies(cursor, has_movielens_ids=layout.has_movielens_ids)
        people_added = merge_people(cursor, slug=slug, title=title)
        taggers = merge_tags(cursor, file=layout.files.tags, reject=rejects.add)
        ratings = merge_ratings(
            cursor, file=layout.files.ratings, reject=rejects.add, progress=progress
        )
    progress.begin(title="Finishing")
    _bump_profiles(cursor, ratings.user_ids.union(taggers))
    movies = take_number(cursor, "SELECT count(DISTINCT movie_id) FROM staged_movie")
    people = take_number(cursor, "SELECT count(*) FROM staged_rater")
    _save_data_set(slug, title, movies=movies, people=people, ratings=ratings.total)
    _tidy(cursor)
    return ImportSummary(
        data_set=title,
        movies=movies,
        movies_added=movies_added,
        demo_people_removed=demo_people_removed,
        people=people,
        people_added=people_added,
        ratings=ratings.total,
        ratings_added=ratings.added,
        ratings_changed=ratings.changed,
        tags_added=len(taggers),
        rows_rejected=rejects.count,
        rejects_path=rejects.path if rejects.count else None,
    )


def _tidy(cursor: CursorWrapper) -> None:
    cursor.execute(f"ANALYZE {ANALYSED}")
    # They go with the transaction; inside a longer one there may be another import to come.
    cursor.execute(f"DROP TABLE {TEMPORARY}")


def _bump_profiles(cursor: CursorWrapper, user_ids: Collection[int]) -> None:
    """Make lists stale of those who were there before; nobody has a list of the new ones."""
    cursor.execute("SELECT user_id FROM staged_rater WHERE NOT is_new")
    touched = {user_id for (user_id,) in cursor.fetchall()}.intersection(user_ids)
    User.objects.filter(pk__in=touched).update(**profile_change())


def _save_data_set(slug: str, title: str, *, movies: int, people: int, ratings: int) -> None:
    counts = {"movie_count": movies, "person_count": people, "rating_count": ratings}
    data_set, is_new = DataSet.objects.get_or_create(
        slug=slug, defaults={"title": title, "attribution": ATTRIBUTION, **counts}
    )
    if not is_new and any(getattr(data_set, name) != count for name, count in counts.items()):
        DataSet.objects.filter(pk=data_set.pk).update(**counts)
