"""What lifts or lowers items whoever they are for: how known they are, and when they came out.

A boost is a number for every item, in deviations of a catalogue: it is added to the value items
are ranked by, never to their score.
"""

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray


def popularity_boost(counts: FloatArray, *, popularity: float) -> FloatArray:
    """Return a boost by how many rated an item, shape (n_items,).

    `popularity` between −1 and 1 favours the little known (below 0) or the widely known: it is
    the boost of an item whose log(1 + count) is one deviation above the mean.
    """
    return popularity * standardise(np.log1p(counts))


def period_boost(years: IndexArray, *, newness: float) -> FloatArray:
    """Return a boost by the year items came out, shape (n_items,); newness below 0 favours old.

    It is linear in the year, `newness` being the boost of one deviation; items of unknown year
    (0) get none.
    """
    is_known = years > 0
    boost = np.zeros(len(years), dtype=np.float64)
    boost[is_known] = newness * standardise(years[is_known].astype(np.float64))
    return boost


def decade_boost(years: IndexArray, *, decade: int, strength: float) -> FloatArray:
    """Return a boost around one decade (1970 for the seventies), shape (n_items,).

    Items of its ten years get `strength`, others half of it for each ten years away; items of
    unknown year (0) get none.
    """
    away = np.maximum(np.maximum(decade - years, years - (decade + 9)), 0)
    return np.where(years > 0, strength * np.exp2(-away / 10.0), 0.0)


def standardise(values: FloatArray) -> FloatArray:
    """Return the values with mean 0 and deviation 1; all 0 where they do not differ."""
    if not len(values):
        return np.zeros(0, dtype=np.float64)
    deviation = float(values.std())
    if deviation <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return np.zeros(len(values), dtype=np.float64)
    return np.asarray((values - values.mean()) / deviation, dtype=np.float64)
