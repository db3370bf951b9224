"""A person's films."""

import pytest
from django.test import Client

from movies.models import Credit, Person, Rating
from tests.factories import make_movie


@pytest.fixture
def agnes(db):
    return Person.objects.create(name="Agnès Varda")


def credit(person, role, title, year, **fields):
    movie = make_movie(title, year=year, **fields)
    Credit.objects.create(person=person, movie=movie, role=role)
    return movie


def titles(cards):
    return [card.movie.title for card in cards]


def test_films_stand_by_role_newest_first(agnes):
    credit(agnes, "director", "Cléo", 1962)
    credit(agnes, "director", "Vagabond", 1985)
    gleaners = credit(agnes, "director", "The Gleaners", 2000)
    Credit.objects.create(person=agnes, movie=gleaners, role="cast")
    context = Client().get(agnes.get_absolute_url()).context
    assert titles(context["directed"]) == ["The Gleaners", "Vagabond", "Cléo"]
    assert titles(context["acted"]) == ["The Gleaners"]
    assert context["film_count"] == 3


def test_hidden_films_are_left_out(agnes):
    credit(agnes, "cast", "Gone", 1999, is_hidden=True)
    context = Client().get(agnes.get_absolute_url()).context
    assert (context["acted"], context["film_count"]) == ([], 0)


def test_own_stars_stand_on_the_cards(agnes, as_owner, as_friend, owner):
    movie = credit(agnes, "cast", "Cléo", 1962)
    Rating.objects.create(user=owner, movie=movie, half_stars=7)
    own, others = (
        client.get(agnes.get_absolute_url()).context["acted"][0].own_stars
        for client in (as_owner, as_friend)
    )
    assert (own, others) == (3.5, None)


@pytest.mark.django_db
def test_unknown_person_is_not_found():
    for person_id in (999_999, 10**30):
        assert Client().get(f"/people/{person_id}/").status_code == 404
