"""A small site with two camps of taste and a model trained on it."""

from dataclasses import dataclass

import pytest

from movies.models import Genre, Movie
from recommendations.models import ModelVersion
from recommendations.services.training import train_version
from tests.factories import make_movie, make_rater, make_rating


@dataclass(frozen=True)
class Camps:
    """Western lovers rate westerns 5 and musicals 1; musical lovers the other way round."""

    westerns: list[Movie]
    musicals: list[Movie]
    version: ModelVersion


@pytest.fixture
def two_camps(db, settings, tmp_path) -> Camps:
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    return build_two_camps()


def build_two_camps() -> Camps:
    """Train a version on 12 movies and 24 people, each of whom left out two of their own camp.

    Every movie is as popular and as well rated as the others: taste alone tells them apart.
    """
    camps = {name: make_camp(name) for name in ("Western", "Musical")}
    for number in range(24):
        rater = make_rater()
        own, other = sorted(camps, key=lambda name: (name == "Western") == (number % 2))
        for place, movie in enumerate(camps[own]):
            if (place + number) % 6 > 1:
                make_rating(rater, movie, 5)
        for movie in camps[other][number % 3 :: 3]:
            make_rating(rater, movie, 1)
    version = train_version(activate=True)
    return Camps(camps["Western"], camps["Musical"], version)


def make_camp(name: str) -> list[Movie]:
    genre = Genre.objects.create(name=name, slug=name.lower())
    movies = [make_movie(f"{name} {number}", year=1950 + number) for number in range(6)]
    for movie in movies:
        movie.genres.add(genre)
    return movies
