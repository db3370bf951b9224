import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services.tokens import create_token
from movies.services.ratings import rate_movie
from recommendations.services.training import train_version
from tests.factories import make_movie, make_rater, make_rating, make_user


def count_queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def grow(two_camps):
    """Add twenty movies that everybody rated, ratings and tokens of the person, and a version."""

    def add_rows(user):
        raters = [make_rater() for _ in range(6)]
        for _ in range(20):
            movie = make_movie()
            movie.genres.set(two_camps.westerns[0].genres.all())
            for rater in raters:
                make_rating(rater, movie, 4)
            create_token(user=user, name="another")
        for movie in two_camps.westerns[3:]:
            rate_movie(user=user, movie_id=movie.pk, stars=4)
        train_version(activate=True)

    return add_rows


@pytest.mark.parametrize(
    "address",
    [
        "/movies/{movie}/",
        "/picks/",
        "/how-it-works/",
        "/account/",
        "/api/v1/movies/{movie}/",
        "/api/v1/me/recommendations/{movie}/explanation/",
    ],
)
def test_many_rows_cost_the_queries_of_few(address, two_camps, client, grow):
    user = make_user()
    for movie in (*two_camps.westerns[:2], two_camps.musicals[0]):
        rate_movie(user=user, movie_id=movie.pk, stars=4)
    client.force_login(user)
    path = address.format(movie=two_camps.musicals[1].pk)
    count_queries(client, path)
    with_few = count_queries(client, path)

    grow(user)
    count_queries(client, path)

    assert count_queries(client, path) == with_few
