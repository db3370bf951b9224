"""Fill the site with people, movies and ratings that are made up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.backends.utils import CursorWrapper
from django.utils.text import slugify

from movies.errors import CatalogueNotEmptyError
from movies.importers import binary_copy
from movies.importers.bulk import ratings_loaded_in_bulk
from movies.importers.progress import NoProgress, Progress
from movies.importers.staging import copy_rows
from movies.models import Credit, DataSet, Genre, Movie
from movies.services.importing import ANALYSED, importing
from movies.simulation import Films, People, Plan, RatingBlock, make_films, make_people, rate_films

SLUG = "simulated"
TITLE = "Simulated people"
ATTRIBUTION = "Made-up movies, people and ratings in the shape of MovieLens."

COLUMNS = {"user_id": "i8", "movie_id": "i8", "half_stars": "i2", "rated_at": "i8"}

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was made up."""

    movies: int
    people: int
    ratings: int


def simulate_site(
    *,
    plan: Plan,
    is_beside: bool = False,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> SimulationSummary:
    """Make up and save what the plan says, in one transaction; equal plans give equal data.

    Raises CatalogueNotEmptyError where there are movies already, unless it may stand `is_beside`
    them. Everybody else waits with ratings until it is done.
    """
    progress = progress or NoProgress()
    with importing(is_dry_run=is_dry_run) as cursor:
        if not is_beside and Movie.objects.exists():
            raise CatalogueNotEmptyError
        with ratings_loaded_in_bulk(cursor):
            films, people = make_films(plan), make_people(plan)
            progress.begin(title="Saving movies")
            movie_ids = _save_films(cursor, films)
            progress.begin(title="Saving people")
            user_ids, slug = _save_people(cursor, people)
            progress.begin(title="Saving ratings", total=plan.ratings)
            blocks = rate_films(plan, films, people)
            saved = _save_ratings(cursor, blocks, user_ids, movie_ids, progress)
            progress.begin(title="Indexing")
        DataSet.objects.create(
            slug=slug,
            title=f"{TITLE}, seed {plan.seed}",
            attribution=ATTRIBUTION,
            is_simulated=True,
            movie_count=len(movie_ids),
            person_count=len(user_ids),
            rating_count=saved,
        )
        cursor.execute(f"ANALYZE {ANALYSED}, movies_person, movies_credit")
    return SimulationSummary(movies=len(movie_ids), people=len(user_ids), ratings=saved)


def _new_keys(cursor: CursorWrapper, table: str, count: int) -> Keys:
    """Return so many primary keys that nobody else will get, ascending."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return np.array([key for (key,) in cursor.fetchall()], dtype=np.int64)


def _save_films(cursor: CursorWrapper, films: Films) -> Keys:
    keys = _new_keys(cursor, "movies_movie", len(films.titles))
    rows = zip(
        keys.tolist(), films.titles, films.years.tolist(), films.runtimes.tolist(), strict=True
    )
    blank = ("", "", "", "", "", "{}", "", False, "now")
    copy_rows(
        cursor,
        "movies_movie (id, title, year, runtime_minutes, original_title, language, certification, "
        "overview, tagline, keywords, poster_path, is_hidden, added_at)",
        ((*row, *blank) for row in rows),
    )
    _save_genres(cursor, films, keys)
    _save_credits(cursor, films, keys)
    return keys


def _save_genres(cursor: CursorWrapper, films: Films, keys: Keys) -> None:
    names = sorted({name for own in films.genres for name in own})
    known = {
        name: Genre.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0].pk
        for name in names
    }
    rows = (
        (key, known[name])
        for key, own in zip(keys.tolist(), films.genres, strict=True)
        for name in own
    )
    copy_rows(cursor, "movies_movie_genres (movie_id, genre_id)", rows)


def _save_credits(cursor: CursorWrapper, films: Films, keys: Keys) -> None:
    people = _new_keys(cursor, "movies_person", len(films.names))
    copy_rows(cursor, "movies_person (id, name)", zip(people.tolist(), films.names, strict=True))
    directors, casts = people[films.directors].tolist(), people[films.casts].tolist()
    rows = (
        (key, person, role, position, "")
        for key, director, cast in zip(keys.tolist(), directors, casts, strict=True)
        for role, position, person in (
            (Credit.Role.DIRECTOR.value, 1, director),
            *((Credit.Role.CAST.value, place, actor) for place, actor in enumerate(cast, start=1)),
        )
    )
    copy_rows(cursor, "movies_credit (movie_id, person_id, role, position, character)", rows)


def _save_people(cursor: CursorWrapper, people: People) -> tuple[Keys, str]:
    """Save raters that nobody can sign in as; return their keys and the name of their set."""
    earlier = DataSet.objects.filter(slug__regex=f"^{SLUG}(-[0-9]+)?$").count()
    slug = SLUG if not earlier else f"{SLUG}-{earlier + 1}"
    keys = _new_keys(cursor, "accounts_user", len(people.lengths))
    joined = people.joined.astype("datetime64[s]").astype(str).tolist()
    rows = (
        (key, f"Viewer {number}", f"{slug}-{number}", f"{moment}+00", slug, number, *_RATER)
        for number, (key, moment) in enumerate(zip(keys.tolist(), joined, strict=True), start=1)
    )
    copy_rows(
        cursor,
        "accounts_user (id, display_name, handle, date_joined, data_set, data_set_user_id, "
        "password, is_superuser, is_active, is_staff, profile_revision)",
        rows,
    )
    return keys, slug


_RATER = ("!", False, True, False, 0)


def _save_ratings(
    cursor: CursorWrapper,
    blocks: Iterable[RatingBlock],
    user_ids: Keys,
    movie_ids: Keys,
    progress: Progress,
) -> int:
    saved = 0
    names = ", ".join(COLUMNS)
    with cursor.copy(f"COPY movies_rating ({names}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(binary_copy.HEADER)
        for block in blocks:
            copy.write(_records(block, user_ids, movie_ids).tobytes())
            saved += len(block.users)
            progress.advance(len(block.users))
        copy.write(binary_copy.TRAILER)
    return saved


def _records(block: RatingBlock, user_ids: Keys, movie_ids: Keys) -> npt.NDArray[Any]:
    """Return ratings as PostgreSQL takes them: for each column its length and its bytes."""
    records = np.zeros(len(block.users), dtype=binary_copy.record_type(COLUMNS))
    records["column_count"] = len(COLUMNS)
    for name, kind in COLUMNS.items():
        records[f"{name}_length"] = np.dtype(kind).itemsize
    records["user_id"] = user_ids[block.users]
    records["movie_id"] = movie_ids[block.items]
    records["half_stars"] = block.half_stars
    records["rated_at"] = binary_copy.to_moments(block.seconds)
    return records
