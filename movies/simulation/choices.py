"""What people pick.

Choices come from a few circles that share a taste; each person moves in three of them and stays
with one for a handful of films. Films are drawn with repetition and what comes twice is left
out, as good as a draw without repetition and a hundred times as quick for all but the most eager.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from movies.simulation.films import Films
from movies.simulation.people import People
from movies.simulation.plan import FACTORS, Plan

_CIRCLES = 24
_OWN_CIRCLES = 3
_PULL = 1.25  # how much a circle's taste tells in what it picks
_TOGETHER = 6  # films picked in one circle before the next
_NEW = 2.0  # how much a new film is picked beyond its usual share
_NEW_YEARS = 2.0
_ROUNDS = 4
_NEXT_TO_NOTHING = 1e-300

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Circles:
    """What is picked in each circle in a year: odds of shape (_CIRCLES, n_films)."""

    odds: npt.NDArray[np.float64]
    ladder: npt.NDArray[np.float64]
    years: npt.NDArray[np.int16]

    @classmethod
    def at(cls, plan: Plan, films: Films, *, year: int, last_year: int) -> Self:
        """Return the circles as of a year, over what is released up to `last_year`."""
        leanings = films.tastes @ _middles(plan).T
        age = np.maximum(year - films.years, 0)
        newness = 1.0 + _NEW * np.exp(-age / _NEW_YEARS)
        known = films.odds * newness * (films.years <= last_year)
        odds = known * np.exp(_PULL * leanings.T)
        odds /= odds.sum(axis=1, keepdims=True)
        ladder = np.cumsum(odds, axis=1)
        ladder = ladder / ladder[:, -1:] + np.arange(_CIRCLES)[:, np.newaxis]
        return cls(odds=odds, ladder=ladder.ravel(), years=films.years)

    def draw(self, circles: Places, rng: np.random.Generator) -> Places:
        """Return a film out of each of these circles."""
        n_films = self.odds.shape[1]
        places = np.searchsorted(self.ladder, circles + rng.random(len(circles)), side="right")
        return np.asarray(np.minimum(places - circles * n_films, n_films - 1))


def _middles(plan: Plan) -> npt.NDArray[np.float64]:
    """Return the taste of each circle, all of one length: the root of FACTORS."""
    middles = plan.generator(3).normal(size=(_CIRCLES, FACTORS))
    lengths = np.linalg.norm(middles, axis=1, keepdims=True)
    return np.asarray(middles / lengths * np.sqrt(FACTORS))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pickers:
    """Some people about to pick: how many films, and up to which year; circles and shares."""

    lengths: Places
    last_years: npt.NDArray[np.int16]
    circles: Places
    shares: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls, plan: Plan, people: People, span: slice, *, last_years: npt.NDArray[np.int16]
    ) -> Self:
        """Return these people with the circles nearest to their taste."""
        likeness = people.tastes[span] @ _middles(plan).T / np.sqrt(FACTORS)
        nearest = np.argsort(-likeness, axis=1)[:, :_OWN_CIRCLES]
        weights = np.exp(np.take_along_axis(likeness, nearest, axis=1))
        return cls(
            lengths=people.lengths[span],
            last_years=last_years,
            circles=nearest.astype(np.int64),
            shares=np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1),
        )


def pick_films(pickers: Pickers, circles: Circles, rng: np.random.Generator) -> Places:
    """Return the films each person rates, in the order they are picked, person by person."""
    n_films = circles.odds.shape[1]
    n_people = len(pickers.lengths)
    cells = np.zeros(0, dtype=np.int64)
    missing = pickers.lengths.copy()
    for attempt in range(_ROUNDS):
        wanted = np.where(missing > 0, (missing * (1.3 + 0.5 * attempt)).astype(np.int64) + 4, 0)
        owners, films = _draw(pickers, circles, wanted, rng)
        is_out = circles.years[films] <= pickers.last_years[owners]
        cells = np.concatenate([cells, (owners * n_films + films)[is_out]])
        cells = _first_ones(cells, n_films=n_films, lengths=pickers.lengths)
        missing = pickers.lengths - np.bincount(cells // n_films, minlength=n_people)
    ends = np.cumsum(pickers.lengths - missing)
    rest = [
        _pick_rest(
            pickers,
            circles,
            person,
            had=cells[ends[person] - pickers.lengths[person] + missing[person] : ends[person]],
            rng=rng,
        )
        for person in np.flatnonzero(missing).tolist()
    ]
    cells = _first_ones(np.concatenate([cells, *rest]), n_films=n_films, lengths=pickers.lengths)
    return np.asarray(cells % n_films)


def _draw(
    pickers: Pickers, circles: Circles, wanted: Places, rng: np.random.Generator
) -> tuple[Places, Places]:
    """Return so many draws for each person: whose, and of which film."""
    runs = -(-wanted // _TOGETHER)
    of_run = np.repeat(np.arange(len(wanted)), runs)
    chances = rng.random(len(of_run))
    nth = (chances[:, np.newaxis] >= pickers.shares[of_run, :-1]).sum(axis=1)
    chosen = pickers.circles[of_run, nth]
    owners, entered = np.repeat(of_run, _TOGETHER), np.repeat(chosen, _TOGETHER)
    return owners, circles.draw(entered, rng)


def _first_ones(cells: Places, *, n_films: int, lengths: Places) -> Places:
    """Return each cell once, person by person in the order of picking, at most `lengths` each."""
    _, firsts = np.unique(cells, return_index=True)
    once = cells[np.sort(firsts)]
    owners = once // n_films
    order = np.argsort(owners, kind="stable")
    owners = owners[order]
    starts = np.searchsorted(owners, np.arange(len(lengths)))
    nth = np.arange(len(owners)) - starts[owners]
    return np.asarray(once[order[nth < lengths[owners]]])


def _pick_rest(
    pickers: Pickers, circles: Circles, person: int, *, had: Places, rng: np.random.Generator
) -> Places:
    """Return what an eager person still lacks: the best of log-odds plus Gumbel noise."""
    n_films = circles.odds.shape[1]
    shares = np.diff(pickers.shares[person], prepend=0.0)
    odds = shares @ circles.odds[pickers.circles[person]]
    # What is not released yet is picked where there is nothing else.
    odds[circles.years > pickers.last_years[person]] = 0.0
    keys = np.log(odds + _NEXT_TO_NOTHING) + rng.gumbel(size=n_films)
    keys[had % n_films] = -np.inf
    n_missing = int(pickers.lengths[person]) - len(had)
    best = np.argpartition(-keys, n_missing - 1)[:n_missing]
    return np.asarray(person * n_films + best[np.argsort(-keys[best])], dtype=np.int64)
