"""How much is made up, and the laws it follows.

The laws are those of MovieLens 1M where it shows them; what grows with a catalogue follows the
larger sets as their descriptions tell (Harper and Konstan, "The MovieLens Datasets: History and
Context", ACM TiiS 5(4), 2015). `docs/scale.md` compares them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from movies.errors import ImpossiblePlanError

FACTORS = 8
FIRST_MOMENT = int(datetime(1997, 1, 1, tzinfo=UTC).timestamp())
LAST_MOMENT = int(datetime(2023, 10, 1, tzinfo=UTC).timestamp())

_FEWEST_RATINGS = 20
_LENGTH_SPREAD = 1.14
_LARGEST_SHARE = 0.35  # of the catalogue that one person rates
_USUAL_FILMS = 3_883


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to make up: so many people, films and ratings, all from one seed."""

    users: int
    movies: int
    ratings: int
    seed: int

    def __post_init__(self) -> None:
        """Raise ImpossiblePlanError for what cannot be."""
        if min(self.users, self.movies, self.ratings) < 1 or self.seed < 0:
            raise ImpossiblePlanError(
                "It takes a person, a movie and a rating; a seed is 0 or more."
            )
        most = self.users * self.most_ratings // 2
        if most < self.users:
            raise ImpossiblePlanError(f"{self.movies:,} movies are too few to rate.")
        if not self.users <= self.ratings <= most:
            raise ImpossiblePlanError(
                f"{self.users:,} people with {self.movies:,} movies give {self.users:,} to "
                f"{most:,} ratings, not {self.ratings:,}."
            )

    @property
    def most_ratings(self) -> int:
        """Return how many films one person rates at most."""
        return max(int(self.movies * _LARGEST_SHARE), 1)

    def generator(self, *purpose: int) -> np.random.Generator:
        """Return random numbers of their own for each purpose."""
        return np.random.default_rng([self.seed, *purpose])

    def lengths(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return how many films each person rates, shape (users,): log-normal above the fewest."""
        mean = self.ratings / self.users
        fewest = min(_FEWEST_RATINGS, max(int(mean / 2), 1))
        sizes = rng.lognormal(0.0, _LENGTH_SPREAD, self.users)
        most = self.most_ratings - fewest
        wanted = self.ratings - fewest * self.users
        for _ in range(20):  # what the largest lose, the others gain
            sizes = np.minimum(sizes * (wanted / sizes.sum()), most)
        ends = np.rint(np.cumsum(sizes)).astype(np.int64)
        return fewest + np.diff(ends, prepend=0)

    def popularity(self) -> npt.NDArray[np.float64]:
        """Return the odds of each place in the order of popularity, shape (movies,).

        Zipf and Mandelbrot's law with a tail that falls off faster. The more films a catalogue
        lists, the larger the share of those hardly anybody knows.
        """
        places = np.arange(self.movies, dtype=np.float64)
        shares = (places + 0.5) / self.movies
        growth = np.log(self.movies / _USUAL_FILMS)
        power = max(1.12 + 0.36 * growth, 0.8)
        bend = 85.0 * np.exp(0.45 * growth)
        odds = np.exp(-power * np.log1p(places / bend) - 3.2 * shares**3 - 2.0 * shares**20)
        return np.asarray(odds / odds.sum() + 1.0 / self.ratings)
