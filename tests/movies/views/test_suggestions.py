"""Suggestions under the search field."""

import pytest
from django.test import Client

from movies.models import Credit, Person
from tests.factories import make_movie


def suggest(query):
    response = Client().get("/movies/suggestions/", {"q": query})
    assert response.status_code == 200
    return response.content.decode()


def test_movies_and_people_are_options(heat):
    person = Person.objects.create(name="Heather Graham")
    Credit.objects.create(movie=heat, person=person, role="cast")
    html = suggest("heat")
    assert f'<a href="/movies/{heat.pk}/"' in html
    assert f'<a href="{person.get_absolute_url()}"' in html
    assert html.count('role="option"') == 2
    assert "<html" not in html


def test_names_are_escaped(db):
    make_movie("Heat <script>")
    assert "<script>" not in suggest("heat")


def test_hidden_movies_are_not_suggested(db):
    make_movie("Heat", is_hidden=True)
    assert "option" not in suggest("heat")


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "   ", "\x00", "x" * 10_000, "%", "\N{CLAPPER BOARD}"])
def test_nothing_sensible_suggests_nothing(query):
    assert suggest(query).strip() == ""


@pytest.mark.django_db
def test_suggestions_without_a_query_are_empty():
    assert Client().get("/movies/suggestions/").content.strip() == b""
