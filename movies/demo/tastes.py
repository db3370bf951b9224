"""The tastes planted in the simulated people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from movies.demo.films import DemoFilm

MOST_AFFINITY = 1.0


@dataclass(frozen=True, slots=True)
class Taste:
    """Weigh genres, tags and languages (``language:fr``): above zero loved, below disliked."""

    slug: str
    title: str
    weights: Mapping[str, float]


TASTES = (
    Taste(
        "noir-and-crime",
        "Noir and crime",
        {
            "Film-Noir": 1.0,
            "Crime": 0.6,
            "noir": 0.6,
            "detective": 0.5,
            "heist": 0.4,
            "Children": -0.6,
            "Musical": -0.5,
        },
    ),
    Taste(
        "quiet-science-fiction",
        "Quiet science fiction",
        {
            "quiet science fiction": 1.0,
            "Sci-Fi": 0.5,
            "artificial intelligence": 0.4,
            "memory": 0.3,
            "Action": -0.4,
            "Western": -0.4,
        },
    ),
    Taste(
        "musicals",
        "Musicals",
        {
            "Musical": 1.0,
            "dance": 0.6,
            "backstage": 0.4,
            "pop music": 0.4,
            "Horror": -0.6,
            "War": -0.3,
        },
    ),
    Taste(
        "westerns",
        "Westerns",
        {
            "Western": 1.0,
            "frontier": 0.5,
            "gunfighter": 0.4,
            "Adventure": 0.2,
            "Animation": -0.4,
            "Sci-Fi": -0.4,
        },
    ),
    Taste(
        "animation-for-everyone",
        "Animation for everyone",
        {
            "Animation": 0.8,
            "Children": 0.6,
            "family": 0.3,
            "stop motion": 0.2,
            "Horror": -0.7,
            "violent": -0.5,
            "Film-Noir": -0.3,
        },
    ),
    Taste(
        "french-new-wave",
        "The French new wave",
        {
            "new wave": 1.0,
            "language:fr": 0.6,
            "Paris": 0.3,
            "spectacle": -0.6,
            "Action": -0.4,
        },
    ),
    Taste(
        "east-asian-cinema",
        "Films of Japan, Korea and China",
        {
            "language:ja": 0.8,
            "language:ko": 0.8,
            "language:zh": 0.8,
            "samurai": 0.4,
            "martial arts": 0.4,
            "Musical": -0.5,
            "Comedy": -0.2,
        },
    ),
    Taste(
        "romantic-comedy",
        "Screwball and romance",
        {
            "screwball": 0.8,
            "Romance": 0.5,
            "Comedy": 0.4,
            "wordplay": 0.3,
            "Horror": -0.7,
            "War": -0.4,
            "violent": -0.4,
        },
    ),
    Taste(
        "horror",
        "Horror",
        {
            "Horror": 1.0,
            "monster": 0.4,
            "vampire": 0.4,
            "Thriller": 0.3,
            "Romance": -0.5,
            "Musical": -0.5,
        },
    ),
    Taste(
        "spectacle",
        "Action and spectacle",
        {
            "spectacle": 0.6,
            "Action": 0.6,
            "Adventure": 0.4,
            "silent": -0.6,
            "quiet": -0.5,
            "Documentary": -0.4,
            "Romance": -0.2,
        },
    ),
    Taste(
        "war-and-history",
        "War and history",
        {
            "War": 0.9,
            "epic": 0.4,
            "occupation": 0.4,
            "civil war": 0.3,
            "Fantasy": -0.5,
            "Comedy": -0.3,
        },
    ),
    Taste(
        "european-masters",
        "European masters",
        {
            "language:sv": 0.8,
            "language:it": 0.7,
            "language:ru": 0.7,
            "language:de": 0.6,
            "poetic": 0.5,
            "dreamlike": 0.3,
            "spectacle": -0.6,
            "Action": -0.4,
        },
    ),
)


def features_of(film: DemoFilm) -> set[str]:
    return {*film.genres, *film.tags, f"language:{film.language}"}


def affinity(taste: Taste, film: DemoFilm) -> float:
    """Return how much a taste draws to a film, between -1 and 1."""
    total = sum(taste.weights.get(feature, 0.0) for feature in features_of(film))
    return max(-MOST_AFFINITY, min(MOST_AFFINITY, total))


def affinities(films: Sequence[DemoFilm]) -> npt.NDArray[np.float64]:
    """Return the affinity of every taste to every film, shape ``(n_tastes, n_films)``."""
    return np.array([[affinity(taste, film) for film in films] for taste in TASTES])
