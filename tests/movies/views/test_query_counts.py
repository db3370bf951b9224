"""Every page asks the database as often for twenty rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from movies.models import Credit, Dismissal, Genre, Movie, Person, Rating, WatchlistEntry
from tests.factories import make_movie


@pytest.fixture
def varda(db):
    return Person.objects.create(name="Agnès Varda")


def add_movies(number, *, person, user):
    """Make movies with all that a page may show of them."""
    genre, _ = Genre.objects.get_or_create(name="Drama", slug="drama")
    for _ in range(number):
        movie = make_movie(year=1990, runtime_minutes=100, language="fr")
        movie.genres.add(genre)
        for role in Credit.Role.values:
            Credit.objects.create(movie=movie, person=person, role=role)
        rated = make_movie(year=1990)
        Rating.objects.create(user=user, movie=rated, half_stars=7)
        WatchlistEntry.objects.create(user=user, movie=movie)
        Dismissal.objects.create(user=user, movie=make_movie())


def query_count(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/movies/", 17),
        ("/movies/?genre=drama&decade=1990&stars=", 17),
        ("/people/{person}/", 10),
        ("/ratings/", 8),
        ("/watchlist/", 12),
        ("/rate/", 13),
    ],
)
def test_twenty_rows_cost_the_queries_of_one(as_owner, owner, varda, path, most):
    path = path.format(person=varda.pk)
    add_movies(1, person=varda, user=owner)
    query_count(as_owner, path)  # some things a process asks only once in a while
    with_one = query_count(as_owner, path)
    add_movies(19, person=varda, user=owner)
    assert query_count(as_owner, path) == with_one
    assert with_one <= most


def test_poster_is_drawn_from_three_queries(as_owner, owner, varda):
    add_movies(1, person=varda, user=owner)
    movie = Movie.objects.for_cards().get(credits__person=varda, credits__role="director")
    assert query_count(as_owner, movie.poster_url) == 3
