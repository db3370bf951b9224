"""When people rate: most on one evening, a film every few seconds; some come back for years."""

import numpy as np
import numpy.typing as npt

from movies.simulation.plan import LAST_MOMENT

_AT_ONCE = 0.5  # the share of ratings saved in the same second as the one before
_MEDIAN_PAUSE, _PAUSE_SPREAD = 31.0, 0.85  # seconds
_MEDIAN_BREAK, _BREAK_SPREAD = 6.0, 2.13  # days
_DAY = 86_400


def rating_times(
    joined: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    break_rates: npt.NDArray[np.float32],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Return the seconds since 1970 of all ratings, person by person, oldest first.

    Whoever would rate after the last moment comes back sooner each time.
    """
    n_ratings = int(lengths.sum())
    pauses = rng.lognormal(np.log(_MEDIAN_PAUSE), _PAUSE_SPREAD, n_ratings)
    pauses[rng.random(n_ratings) < _AT_ONCE] = 0.0
    is_break = rng.random(n_ratings) < np.repeat(break_rates, lengths)
    breaks = np.zeros(n_ratings)
    breaks[is_break] = _DAY * rng.lognormal(
        np.log(_MEDIAN_BREAK), _BREAK_SPREAD, int(is_break.sum())
    )
    starts = np.cumsum(lengths) - lengths
    pauses[starts] = breaks[starts] = 0.0
    rated = np.maximum(LAST_MOMENT - joined - np.add.reduceat(pauses, starts), 1.0)
    shares = np.minimum(rated / np.maximum(np.add.reduceat(breaks, starts), 1.0), 1.0)
    since = np.cumsum(pauses + breaks * np.repeat(shares, lengths))
    since -= np.repeat(since[starts], lengths)
    return np.asarray(np.repeat(joined, lengths) + since.astype(np.int64))


def years_of(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """Return the calendar year of each moment."""
    years = seconds.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.asarray(years, dtype=np.int16)


def not_before_release(
    seconds: npt.NDArray[np.int64],
    releases: npt.NDArray[np.int16],
    newest: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Move ratings of films that were not out yet between their release and `newest`.

    `newest` is the time of the person's last rating; what comes out later is rated at once.
    """
    early = np.flatnonzero(years_of(seconds) < releases)
    out = (releases[early].astype(np.int64) - 1970).astype("datetime64[Y]")
    released = out.astype("datetime64[s]").astype(np.int64)
    moved = seconds.copy()
    since = np.maximum(newest[early] - released, 0)
    moved[early] = released + (rng.random(len(early)) * since).astype(np.int64)
    return moved
