"""Everything a model learns from, streamed out of PostgreSQL into the engine's arrays."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import User
from movies.importers import binary_copy
from movies.models import Tag
from recommendations.engine.arrays import IndexArray
from recommendations.engine.events import EVENT_KINDS
from recommendations.engine.interactions import Interactions, UserEvents
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.tags import GivenTags
from recommendations.services.settled import settled_movie_id

RATINGS = """
    SELECT user_id, movie_id, half_stars, floor(extract(epoch FROM rated_at))::bigint AS seconds
    FROM movies_rating {which} ORDER BY id
"""
RATING_COLUMNS = {"user_id": "i8", "movie_id": "i8", "half_stars": "i2", "seconds": "i8"}

KINDS = [kind.value for kind in EVENT_KINDS]
EVENTS = """
    SELECT user_id, movie_id, (array_position(ARRAY[{kinds}], kind::text) - 1)::smallint AS code,
        floor(extract(epoch FROM occurred_at))::bigint AS seconds
    FROM movies_event {which} ORDER BY occurred_at, id
"""
EVENT_COLUMNS = {"user_id": "i8", "movie_id": "i8", "code": "i2", "seconds": "i8"}

TAGS = """
    SELECT application.user_id, application.movie_id, application.tag_id,
        floor(extract(epoch FROM application.applied_at))::bigint AS seconds
    FROM movies_tagapplication AS application
    JOIN movies_tag AS tag ON tag.id = application.tag_id
    WHERE NOT tag.is_hidden ORDER BY application.id
"""
TAG_COLUMNS = {"user_id": "i8", "movie_id": "i8", "tag_id": "i8", "seconds": "i8"}

CONTENT = """
    SELECT movie.id, movie.title, movie.year, movie.certification, movie.language,
        movie.keywords, movie.overview,
        ARRAY(SELECT genre.name FROM movies_movie_genres AS own
              JOIN movies_genre AS genre ON genre.id = own.genre_id
              WHERE own.movie_id = movie.id ORDER BY genre.name),
        ARRAY(SELECT person.name FROM movies_credit AS credit
              JOIN movies_person AS person ON person.id = credit.person_id
              WHERE credit.movie_id = movie.id AND credit.role = 'director'
              ORDER BY credit.position, credit.id),
        ARRAY(SELECT person.name FROM movies_credit AS credit
              JOIN movies_person AS person ON person.id = credit.person_id
              WHERE credit.movie_id = movie.id AND credit.role = 'cast'
              ORDER BY credit.position, credit.id)
    FROM movies_movie AS movie WHERE movie.id > %s AND movie.id <= %s ORDER BY movie.id LIMIT %s
"""

HIGHEST_ID = 2**63 - 1


def read_interactions() -> Interactions:
    """Return all ratings and events of the site over the whole catalogue, hidden films included.

    Outer ids are primary keys. Equal times keep the order of the rows' primary keys. Movies that
    are saved meanwhile are left out: they are new ones to whatever learns from this.
    """
    movie_ids, content = read_content(up_to=settled_movie_id())
    catalogue = ItemIndex.of(movie_ids)
    interactions = Interactions.from_arrays(
        **_read_ratings(),
        catalogue=catalogue,
        content=content,
        events=_read_events(),
        groups=_read_groups(User.objects.all()),
    )
    return interactions.with_tags(_read_tags(catalogue))


def read_interactions_of(user_ids: IndexArray, *, items: ItemIndex) -> Interactions:
    """Return what these people rated and did, over items known already, without their content."""
    theirs = f"WHERE user_id = ANY(ARRAY[{_listed(user_ids)}]::bigint[])"
    return Interactions.from_arrays(
        **_read_ratings(theirs),
        catalogue=items,
        content=None,
        events=_read_events(theirs),
        groups=_read_groups(User.objects.filter(pk__in=user_ids.tolist())),
    )


def _read_ratings(which: str = "") -> dict[str, npt.NDArray[Any]]:
    """Return the columns of ratings; of what was sent nothing is kept, 1.4 GB at 32 million."""
    ratings = copy_records(RATINGS.format(which=which), columns=RATING_COLUMNS)
    return {
        "user_ids": ratings["user_id"].astype(np.int64),
        "item_ids": ratings["movie_id"].astype(np.int64),
        "stars": ratings["half_stars"].astype(np.float32) / 2,
        "timestamps": ratings["seconds"].astype(np.int64),
    }


def _listed(ids: IndexArray) -> str:
    """Return ids as SQL has them: COPY takes no parameters, and these are numbers."""
    return ", ".join(map(str, ids.tolist()))


def copy_records(query: str, *, columns: dict[str, str]) -> npt.NDArray[Any]:
    """Return the rows of a query whose columns are integers of these widths and never null.

    Shape (n_rows,), with one named field a column.
    """
    received = bytearray()
    with (
        connection.wrap_database_errors,  # Django knows nothing of COPY, nor of what it raises
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as rows,
    ):
        for block in rows:
            received += block
    body = memoryview(received)[len(binary_copy.HEADER) : -len(binary_copy.TRAILER)]
    return np.frombuffer(body, dtype=binary_copy.record_type(columns))


def read_content(
    *, above: int = 0, up_to: int = HIGHEST_ID, limit: int | None = None
) -> tuple[list[int], ItemContent]:
    """Return the ids between these of the catalogue, ascending, and what is known of them."""
    with connection.cursor() as cursor:
        cursor.execute(CONTENT, [above, up_to, limit])
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    movie_ids, titles, years, certifications, languages, *further = (
        zip(*rows, strict=True) if rows else ((),) * 10
    )
    keywords, overviews, genres, directors, cast = further
    may_use_texts = settings.USE_METADATA_TEXTS_IN_MODELS
    content = ItemContent(
        genres=genres,
        directors=directors,
        cast=cast,
        keywords=keywords if may_use_texts else (),
        overviews=overviews if may_use_texts else (),
        years=[year or 0 for year in years],
        titles=titles,
        certifications=certifications,
        languages=languages,
    )
    return list(movie_ids), content


def _read_tags(catalogue: ItemIndex) -> GivenTags:
    """Return who gave which tag to which film, and when; hidden tags are not among them."""
    rows = copy_records(TAGS, columns=TAG_COLUMNS)
    slugs = dict(Tag.objects.values_list("pk", "slug"))
    item_indices, is_known = catalogue.find(rows["movie_id"].astype(np.int64))
    is_kept = is_known & np.isin(rows["tag_id"], list(slugs))  # both may have changed since
    rows, item_indices = rows[is_kept], item_indices[is_kept]
    tag_ids, codes = np.unique(rows["tag_id"], return_inverse=True)
    return GivenTags(
        user_ids=rows["user_id"].astype(np.int64),
        item_indices=item_indices,
        codes=codes,
        timestamps=rows["seconds"].astype(np.int64),
        terms=[slugs[tag_id] for tag_id in tag_ids.tolist()],
    )


def _read_events(which: str = "") -> UserEvents | None:
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    events = copy_records(EVENTS.format(kinds=kinds, which=which), columns=EVENT_COLUMNS)
    if not len(events):
        return None
    return UserEvents(
        user_ids=events["user_id"].astype(np.int64),
        item_ids=events["movie_id"].astype(np.int64),
        kinds=np.array(KINDS, dtype=np.object_)[events["code"]].tolist(),
        timestamps=events["seconds"].astype(np.int64),
    )


def _read_groups(users: QuerySet[User]) -> dict[int, tuple[str, ...]]:
    people = users.filter(
        Q(age_band__isnull=False) | Q(gender__isnull=False) | Q(occupation__isnull=False)
    )
    rows = people.values_list("pk", "age_band", "gender", "occupation")
    return {
        user_id: group_labels(age_band=age_band, gender=gender, occupation=occupation)
        for user_id, age_band, gender, occupation in rows.iterator()
    }


def group_labels(
    *, age_band: int | None, gender: str | None, occupation: int | None
) -> tuple[str, ...]:
    """Return the labels under which the engine knows a person's demographic groups."""
    named: Iterable[tuple[str, object]] = (
        ("age", age_band),
        ("gender", gender),
        ("occupation", occupation),
    )
    return tuple(f"{name}:{value}" for name, value in named if value is not None)
