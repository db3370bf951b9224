"""What ratings look like, whatever the model: their distribution, tails and times."""

from typing import Any

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.interactions import Interactions

_DAY = 86_400
_HOUR = 3_600
_DAYS_OF_WEEK = 7
_THURSDAY = 3  # the first of January 1970, Monday being 0
_CURVE_POINTS = 60
FIRST_DAYS = (0, 1, 7, 30, 90, 365)
FIRST_PLACES = (0, 5, 10, 20, 50, 100, 200, 500)


def describe_ratings(interactions: Interactions) -> dict[str, Any]:
    """Return counts by stars, the long tails, and means by hour, weekday, day and place.

    Hours and weekdays (0 is Monday) are those of UTC. Drift is how far ratings are from their
    person's mean, by days since the person's first rating and by place in the history.
    """
    stars = interactions.user_items.data.astype(np.float64)
    values, counts = np.unique(stars, return_counts=True)
    times = interactions.timestamps
    deviations = deviations_from_own_mean(interactions)
    hours = times // _HOUR % 24
    weekdays = (times // _DAY + _THURSDAY) % _DAYS_OF_WEEK
    return {
        "stars": {"values": values.tolist(), "counts": counts.tolist()},
        "per_movie": _tail(np.bincount(interactions.user_items.indices)),
        "per_person": _tail(np.diff(interactions.user_items.indptr).astype(np.int64)),
        "by_hour": _means(hours, deviations, 24),
        "by_weekday": _means(weekdays, deviations, _DAYS_OF_WEEK),
        "by_days": _binned(days_since_first(interactions), deviations, FIRST_DAYS),
        "by_place": _binned(interactions.sequence, deviations, FIRST_PLACES),
    }


def deviations_from_own_mean(interactions: Interactions) -> FloatArray:
    """Return each rating minus the mean of its person, shape (n_ratings,)."""
    stars = interactions.user_items.data.astype(np.float64)
    users = interactions.rating_users
    counts = np.maximum(np.bincount(users, minlength=interactions.n_users), 1)
    means = np.bincount(users, weights=stars, minlength=interactions.n_users) / counts
    return np.asarray(stars - means[users], dtype=np.float64)


def days_since_first(interactions: Interactions) -> IndexArray:
    """Return the whole days from the person's first rating to each rating, shape (n_ratings,)."""
    firsts = np.full(interactions.n_users, 2**62, dtype=np.int64)
    np.minimum.at(firsts, interactions.rating_users, interactions.timestamps)
    return (interactions.timestamps - firsts[interactions.rating_users]) // _DAY


def _tail(counts: IndexArray) -> dict[str, Any]:
    """Return the counts in falling order at places that lie even on a logarithmic axis."""
    falling = np.sort(counts[counts > 0])[::-1]
    if not len(falling):
        return {"places": [], "counts": [], "half": 0}
    places = np.unique(np.geomspace(1, len(falling), _CURVE_POINTS).astype(np.int64))
    half = int(np.searchsorted(np.cumsum(falling), falling.sum() / 2)) + 1
    return {
        "places": places.tolist(),
        "counts": falling[places - 1].tolist(),
        "half": half,
    }


def _binned(
    keys: IndexArray, deviations: FloatArray, firsts: tuple[int, ...]
) -> dict[str, list[Any]]:
    found = _means(np.searchsorted(firsts, keys, side="right") - 1, deviations, len(firsts))
    return {"first": list(firsts), **found}


def _means(keys: IndexArray, deviations: FloatArray, n_keys: int) -> dict[str, list[Any]]:
    """Return how many ratings each key has, their mean deviation, and its standard error."""
    counts = np.bincount(keys, minlength=n_keys)
    safe = np.maximum(counts, 1)
    means = np.bincount(keys, weights=deviations, minlength=n_keys) / safe
    squares = np.bincount(keys, weights=deviations**2, minlength=n_keys) / safe
    errors = np.sqrt(np.maximum(squares - means**2, 0) / safe)
    return {"counts": counts.tolist(), "means": means.tolist(), "errors": errors.tolist()}
