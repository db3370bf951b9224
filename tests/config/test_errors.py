import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client

from config import context
from recommendations.views import home
from tests.factories import make_movie, make_user


@pytest.fixture
def careless(client: Client) -> Client:
    """Give a client that gets error pages as a browser does."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_while_postgresql_is_away_pages_say_so_and_when_to_return(careless, monkeypatch, error):
    def give_up(*_args, **_kwargs):
        raise error("connection refused at 10.0.0.1")

    monkeypatch.setattr(home, "read_curation_revision", give_up)
    response = careless.get("/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert "10.0.0.1" not in response.text


@pytest.mark.django_db
def test_a_server_that_only_lets_read_is_away_for_who_writes(careless):
    movie = make_movie()
    careless.force_login(make_user())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        assert careless.get("/movies/").status_code == 200
        response = careless.post(f"/movies/{movie.pk}/rating/", {"stars": "4"})
        transaction.set_rollback(True)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"


def test_503_comes_even_if_every_query_fails(careless, monkeypatch):
    def give_up(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(context, "loaded_data_sets", give_up)

    assert careless.get("/nowhere/").status_code == 503


def test_our_own_mistakes_are_500_without_details(careless, monkeypatch):
    def stumble(*_args, **_kwargs):
        raise RuntimeError("a secret")

    monkeypatch.setattr(home, "read_curation_revision", stumble)
    response = careless.get("/")

    assert response.status_code == 500
    assert "a secret" not in response.text
