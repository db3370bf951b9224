"""Simulated people, whose ratings follow planted tastes.

Everything comes from one seed, so every machine has the same people. None of them exists, and
their names say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from movies.demo.films import DemoFilm
from movies.demo.tastes import TASTES, Taste, affinities

PEOPLE = 300
SEED = 7
FEWEST_RATINGS, MOST_RATINGS = 15, 150
TYPICAL_RATINGS, ACTIVITY_SPREAD = 38, 0.65
FIRST_RATING_AT = datetime(2019, 1, 1, tzinfo=UTC)
YEARS_IN_DAYS = 5 * 365
RATINGS_IN_A_SITTING = 18
MEAN_STARS = 3.1
STARS_BY_TASTE = 1.0
# How much people look for what suits them. At 2.4 EASE finds 1.7 times as many of their last five
# films as popularity does; at 1.3 it finds hardly more, and every list would look the same.
CHOICE_BY_TASTE = 2.4
POPULARITY_EXPONENT = 0.9
TAGS_AT_MOST = 6
LIKED_HALF_STARS = 8

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SimulatedRating:
    movielens_id: int
    half_stars: int
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class SimulatedTag:
    movielens_id: int
    name: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """Hold one person; ratings are in the order of their times."""

    number: int
    taste: Taste
    ratings: tuple[SimulatedRating, ...]
    tags: tuple[SimulatedTag, ...]

    @property
    def display_name(self) -> str:
        return f"Simulated viewer {self.number}"


@dataclass(frozen=True, slots=True)
class World:
    """Hold what is the same for everybody; arrays have one entry a film."""

    films: Sequence[DemoFilm]
    years: Integers
    quality: Floats
    log_popularity: Floats
    affinities: Floats  # (n_tastes, n_films)


def simulate_people(
    films: Sequence[DemoFilm], *, people: int = PEOPLE, seed: int = SEED
) -> list[SimulatedPerson]:
    """Return people numbered from 1; tastes take turns. Needs more films than one person rates."""
    if len(films) < MOST_RATINGS:
        raise ValueError(f"expected at least {MOST_RATINGS} films, got {len(films)}")
    rng = np.random.default_rng(seed)
    world = _make_world(films, rng)
    return [_simulate_person(number, world, rng) for number in range(1, people + 1)]


def _make_world(films: Sequence[DemoFilm], rng: np.random.Generator) -> World:
    years = np.array([film.year for film in films])
    # Newer films are seen by more, but every decade has its favourites: Zipf over a mixed order.
    newness = (years - years.min()) / (years.max() - years.min())
    ranks = np.argsort(np.argsort(-(newness + rng.normal(0, 0.6, len(films)))))
    return World(
        films=films,
        years=years,
        quality=rng.normal(0, 0.35, len(films)),
        log_popularity=-POPULARITY_EXPONENT * np.log(ranks + 3.0),
        affinities=affinities(films),
    )


def _simulate_person(number: int, world: World, rng: np.random.Generator) -> SimulatedPerson:
    main_taste = (number - 1) % len(TASTES)
    side_taste = int(rng.integers(len(TASTES)))
    liking = world.affinities[main_taste] + 0.3 * world.affinities[side_taste]
    favourite_year = rng.normal(1988, 22)
    in_period = np.exp(-(((world.years - favourite_year) / 25) ** 2))

    film_indices = _choose_films(
        world.log_popularity + CHOICE_BY_TASTE * liking + 0.8 * in_period, rng
    )
    half_stars = _rate(world.quality + STARS_BY_TASTE * liking + 0.3 * in_period, film_indices, rng)
    times = _rating_times(len(film_indices), rng)
    ratings = tuple(
        SimulatedRating(world.films[film_index].movielens_id, int(halves), rated_at)
        for film_index, halves, rated_at in zip(film_indices, half_stars, times, strict=True)
    )
    return SimulatedPerson(number, TASTES[main_taste], ratings, _apply_tags(ratings, world, rng))


def _choose_films(log_weights: Floats, rng: np.random.Generator) -> Integers:
    """Draw films without replacement by their weights, in the random order of seeing them."""
    activity = np.exp(rng.normal(np.log(TYPICAL_RATINGS), ACTIVITY_SPREAD))
    n_films = int(np.clip(round(activity), FEWEST_RATINGS, MOST_RATINGS))
    # The largest sums of log weight and Gumbel noise are a draw without replacement.
    drawn = np.argsort(-(log_weights + rng.gumbel(size=len(log_weights))))[:n_films]
    return rng.permutation(drawn)


def _rate(appeal: Floats, film_indices: Integers, rng: np.random.Generator) -> Integers:
    generosity = rng.normal(0, 0.35)
    noise = rng.normal(0, rng.uniform(0.4, 0.8), len(film_indices))
    stars = MEAN_STARS + appeal[film_indices] + generosity + noise
    return np.clip(np.rint(stars * 2), 1, 10).astype(np.int64)


def _rating_times(n_ratings: int, rng: np.random.Generator) -> list[datetime]:
    """Return ascending times: a few sittings over the years, a minute or so between ratings."""
    n_sittings = 1 + n_ratings // RATINGS_IN_A_SITTING
    joined = rng.uniform(0, YEARS_IN_DAYS * 0.9)
    sitting_days = np.sort(rng.uniform(joined, YEARS_IN_DAYS - 1, n_sittings))
    sitting_of = np.sort(rng.integers(n_sittings, size=n_ratings))
    pauses = rng.integers(20, 150, size=n_ratings)
    moments: list[datetime] = []
    for sitting, pause in zip(sitting_of, pauses, strict=True):
        begins = FIRST_RATING_AT + timedelta(seconds=round(sitting_days[sitting] * 86_400))
        earliest = max(begins, moments[-1]) if moments else begins
        moments.append(earliest + timedelta(seconds=int(pause)))
    return moments


def _apply_tags(
    ratings: Sequence[SimulatedRating], world: World, rng: np.random.Generator
) -> tuple[SimulatedTag, ...]:
    """Put one of a film's own tags on some of the films that the person liked."""
    tags_of = {film.movielens_id: film.tags for film in world.films}
    liked = [rating for rating in ratings if rating.half_stars >= LIKED_HALF_STARS]
    n_tags = min(len(liked), int(rng.integers(TAGS_AT_MOST + 1)))
    chosen = sorted(rng.choice(len(liked), size=n_tags, replace=False)) if n_tags else []
    return tuple(
        SimulatedTag(
            liked[index].movielens_id,
            str(rng.choice(tags_of[liked[index].movielens_id])),
            liked[index].rated_at + timedelta(seconds=5),
        )
        for index in chosen
    )
