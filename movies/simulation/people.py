"""People who rate: when they join, when they come back, what they like."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from movies.simulation.plan import FACTORS, FIRST_MOMENT, LAST_MOMENT, Plan

_GROWTH = 0.8  # below 1, more people join as the years go by
_KINDNESS = 0.42
_WIDTH = 0.2
_NEVER_BACK = 0.5  # the share of people who rate on one evening only
_BREAKS = 0.019  # of those who come back: breaks in a hundred ratings, more or less
_BREAKS_SHAPE = 1.2


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """People in the order in which they joined; arrays of shape (n_people,).

    `lengths` is how many films they rate, `joined` when (seconds since 1970), `break_rates` how
    often they pause for days between two ratings, `kindness` and `width` how they use the stars,
    `tastes` what they like, shape (n_people, FACTORS).
    """

    lengths: npt.NDArray[np.int64]
    joined: npt.NDArray[np.int64]
    break_rates: npt.NDArray[np.float32]
    kindness: npt.NDArray[np.float32]
    width: npt.NDArray[np.float32]
    tastes: npt.NDArray[np.float32]


def make_people(plan: Plan) -> People:
    """Return the people of a plan."""
    rng = plan.generator(2)
    n_people = plan.users
    span = LAST_MOMENT - FIRST_MOMENT
    joined = FIRST_MOMENT + (span * np.sort(rng.random(n_people)) ** _GROWTH).astype(np.int64)
    rates = rng.gamma(_BREAKS_SHAPE, _BREAKS / _BREAKS_SHAPE, n_people)
    rates[rng.random(n_people) < _NEVER_BACK] = 0.0
    return People(
        lengths=plan.lengths(rng),
        joined=joined,
        break_rates=np.minimum(rates, 0.5).astype(np.float32),
        kindness=rng.normal(0.0, _KINDNESS, n_people).astype(np.float32),
        width=rng.lognormal(0.0, _WIDTH, n_people).astype(np.float32),
        tastes=rng.normal(size=(n_people, FACTORS)).astype(np.float32),
    )
