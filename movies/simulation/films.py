"""A catalogue of films that do not exist."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from movies.simulation.plan import FACTORS, Plan
from movies.simulation.words import ADJECTIVES, FIRST_NAMES, NOUNS, PLACES, SURNAME_PARTS

# MovieLens's names, and about how many of its films have them.
GENRES = {
    "Drama": 0.44,
    "Comedy": 0.29,
    "Thriller": 0.13,
    "Romance": 0.12,
    "Action": 0.12,
    "Documentary": 0.1,
    "Horror": 0.1,
    "Crime": 0.09,
    "Adventure": 0.07,
    "Sci-Fi": 0.06,
    "Animation": 0.06,
    "Children": 0.06,
    "Mystery": 0.05,
    "Fantasy": 0.05,
    "War": 0.04,
    "Western": 0.03,
    "Musical": 0.03,
    "Film-Noir": 0.02,
}
CAST = 3
_FIRST_YEAR, _LAST_YEAR = 1920, 2023
_OWN_TASTE = 0.7  # how far a film strays from its genres
_FILMS_A_DIRECTOR = 4.0
_FILMS_AN_ACTOR = 5.0
_QUALITY_OF_KNOWN = 0.3


@dataclass(frozen=True, kw_only=True, eq=False)
class Films:
    """Films by their place in this list; arrays of shape (n_films,) unless said otherwise.

    `odds` is how widely each is known, `quality` how well it is liked, `tastes` to whom it
    appeals, shape (n_films, FACTORS). `directors` and `casts` (shape (n_films, CAST)) are places
    in `names`.
    """

    titles: Sequence[str]
    years: npt.NDArray[np.int16]
    runtimes: npt.NDArray[np.int16]
    genres: Sequence[tuple[str, ...]]
    names: Sequence[str]
    directors: npt.NDArray[np.int64]
    casts: npt.NDArray[np.int64]
    odds: npt.NDArray[np.float64]
    quality: npt.NDArray[np.float32]
    tastes: npt.NDArray[np.float32]


def make_films(plan: Plan) -> Films:
    """Return the catalogue of a plan."""
    rng = plan.generator(1)
    n_films = plan.movies
    odds = rng.permutation(plan.popularity())
    genres, tastes = _make_genres(n_films, rng)
    known = np.log(odds)
    quality = rng.normal(size=n_films) + _QUALITY_OF_KNOWN * (known - known.mean()) / known.std()
    names = _make_names(
        int(n_films / _FILMS_A_DIRECTOR + n_films / _FILMS_AN_ACTOR) + CAST + 1, rng
    )
    age = rng.exponential(30.0, n_films)
    return Films(
        titles=_make_titles(n_films, rng),
        years=np.clip(_LAST_YEAR - age, _FIRST_YEAR, _LAST_YEAR).astype(np.int16),
        runtimes=np.clip(rng.normal(104, 18, n_films), 61, 240).astype(np.int16),
        genres=genres,
        names=names,
        directors=_choose_people(len(names), (n_films, 1), rng)[:, 0],
        casts=_choose_people(len(names), (n_films, CAST), rng),
        odds=odds,
        quality=quality.astype(np.float32),
        tastes=tastes,
    )


def _make_genres(
    n_films: int, rng: np.random.Generator
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.float32]]:
    """Return one to three genres a film, and to whom it appeals on their account."""
    names = list(GENRES)
    likes = np.log(list(GENRES.values())) + rng.gumbel(size=(n_films, len(names)))
    ranked = np.argsort(-likes, axis=1)[:, :3]
    counts = rng.choice([1, 2, 3], size=n_films, p=[0.4, 0.35, 0.25])
    is_own = np.arange(3) < counts[:, np.newaxis]
    of_genre = rng.normal(size=(len(names), FACTORS))
    shared = (of_genre[ranked] * is_own[:, :, np.newaxis]).sum(axis=1)
    shared /= np.sqrt(counts)[:, np.newaxis]
    own = rng.normal(size=(n_films, FACTORS))
    tastes = np.sqrt(1 - _OWN_TASTE**2) * shared + _OWN_TASTE * own
    genres = [
        tuple(sorted(names[place] for place in row[:count]))
        for row, count in zip(ranked.tolist(), counts.tolist(), strict=True)
    ]
    return genres, (tastes / np.sqrt(FACTORS)).astype(np.float32)


def _make_titles(n_films: int, rng: np.random.Generator) -> list[str]:
    """Return titles; what comes up again is told apart by a number, as sequels are."""
    kinds = rng.integers(0, 7, n_films).tolist()
    chosen = rng.random((n_films, 3)).tolist()
    seen: dict[str, int] = {}
    titles = []
    for kind, (first, second, third) in zip(kinds, chosen, strict=True):
        adjective, noun = _pick(ADJECTIVES, first), _pick(NOUNS, second)
        other, place = _pick(NOUNS, third), _pick(PLACES, third)
        title = (
            f"The {adjective} {noun}",
            f"{adjective} {noun}",
            f"The {noun} of {place}",
            f"{noun} and {other}",
            f"A {noun} in {place}",
            f"The {noun}'s {other}",
            f"{adjective} {noun}, {adjective} {other}",
        )[kind]
        seen[title] = number = seen.get(title, 0) + 1
        titles.append(title if number == 1 else f"{title} {number}")
    return titles


def _make_names(n_people: int, rng: np.random.Generator) -> list[str]:
    chosen = rng.random((n_people, 4)).tolist()
    return [
        f"{_pick(FIRST_NAMES, first)} "
        + "".join(_pick(part, value) for part, value in zip(SURNAME_PARTS, rest, strict=True))
        for first, *rest in chosen
    ]


def _pick(words: Sequence[str], share: float) -> str:
    return words[int(share * len(words))]


def _choose_people(
    n_people: int, shape: tuple[int, int], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return different people for each row; a few make many films, most make one or two."""
    n_rows, n_columns = shape
    first = (n_people * rng.random(n_rows) ** 1.5).astype(np.int64)
    steps = rng.integers(1, max(n_people // n_columns, 2), shape)
    steps[:, 0] = 0
    return np.asarray((first[:, np.newaxis] + np.cumsum(steps, axis=1)) % n_people)
