"""Movies by their names alone, for lists that programs read."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.urls import reverse

from movies.models.catalogue import imdb_code

NAMED = """
    SELECT movie.id, movie.title, movie.year, movie.movielens_id, movie.imdb_id, movie.tmdb_id,
        stats.rating_count, stats.half_star_total / (2 * NULLIF(stats.rating_count, 0))::float8
    FROM movies_movie AS movie JOIN movies_moviestats AS stats ON stats.movie_id = movie.id
    WHERE movie.id = ANY(%s::bigint[]) AND NOT movie.is_hidden
"""


class NamedMovie(NamedTuple):
    """Just enough of a movie to name it, and what everybody's ratings of it come to."""

    pk: int
    title: str
    year: int | None
    movielens_id: int | None
    imdb_id: int | None
    tmdb_id: int | None
    rating_count: int
    mean: float | None

    @property
    def imdb_code(self) -> str:
        return imdb_code(self.imdb_id)

    def get_absolute_url(self) -> str:
        return reverse("movies:detail", args=[self.pk])


def name_movies(*, movie_ids: Collection[int]) -> dict[int, NamedMovie]:
    """Return the visible ones of these movies by their ids, in one query.

    As model instances 140 of them take ten times as long.
    """
    with connection.cursor() as cursor:
        # As text: psycopg takes as long for a list of 140 numbers as for the rest of the query.
        cursor.execute(NAMED, [f"{{{','.join(map(str, movie_ids))}}}"])
        return {row[0]: NamedMovie._make(row) for row in cursor.fetchall()}
