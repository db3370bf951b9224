"""Who rates which film when, and how well: some hundred thousand ratings at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from movies.simulation.choices import Circles, Pickers, pick_films
from movies.simulation.films import Films
from movies.simulation.people import People
from movies.simulation.plan import Plan
from movies.simulation.timing import not_before_release, rating_times, years_of
from movies.simulation.verdicts import Scale, impressions

BLOCK_RATINGS = 500_000
_SAMPLE = 100_000


@dataclass(frozen=True, kw_only=True, eq=False)
class RatingBlock:
    """Ratings person by person, oldest first; arrays of shape (n_ratings,).

    `users` and `items` are places in the lists of people and films.
    """

    users: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    half_stars: npt.NDArray[np.int16]
    seconds: npt.NDArray[np.int64]


def rate_films(plan: Plan, films: Films, people: People) -> Iterator[RatingBlock]:
    """Yield all ratings of a plan, people in order; what is held at a time is one block."""
    scale: Scale | None = None
    for number, span in enumerate(_spans(people.lengths)):
        rng = plan.generator(4, number)
        users, items, seconds = _pick(plan, films, people, span, rng)
        liked = impressions(people, films, users, items, rng)
        scale = scale or Scale.of(liked[:_SAMPLE])
        yield RatingBlock(
            users=users, items=items, half_stars=scale.half_stars(liked), seconds=seconds
        )


def _spans(lengths: npt.NDArray[np.int64]) -> Iterator[slice]:
    """Yield the places of people whose ratings make up a block."""
    numbers = (np.cumsum(lengths) - 1) // BLOCK_RATINGS
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(lengths)], strict=True):
        yield slice(int(start), int(stop))


def _pick(
    plan: Plan, films: Films, people: People, span: slice, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return who rates what and when, person by person, oldest first."""
    lengths, joined = people.lengths[span], people.joined[span]
    seconds = rating_times(joined, lengths, people.break_rates[span], rng)
    newest = seconds[np.cumsum(lengths) - 1]
    last_years = years_of(newest)
    year = int(years_of(joined[len(joined) // 2 : len(joined) // 2 + 1])[0])
    circles = Circles.at(plan, films, year=year, last_year=int(last_years.max()))
    pickers = Pickers.of(plan, people, span, last_years=last_years)
    items = pick_films(pickers, circles, rng)
    users = np.repeat(np.arange(len(lengths)), lengths)
    seconds = not_before_release(seconds, films.years[items], newest[users], rng)
    order = np.lexsort((seconds, users))  # stable: what was picked first stays first
    return span.start + users[order], items[order], seconds[order]
