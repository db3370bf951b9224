"""Turn exact accounts into reasons: the ratings that speak for and against, and shared content."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import FloatArray
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History


@dataclass(frozen=True, kw_only=True)
class RatingEffect:
    """What one rating of the history gave to a score."""

    item_index: int
    stars: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The ratings that raised a score most, and those that lowered it most, strongest first."""

    supportive: tuple[RatingEffect, ...]
    opposed: tuple[RatingEffect, ...]


def strongest_ratings(explanation: Explanation, history: History, *, limit: int) -> Effects:
    """Return at most `limit` ratings for and against, ties by the order of the history.

    The explanation must be of this very history; events are left out.
    """
    shares = explanation.contributions[: history.n_ratings]
    return Effects(
        supportive=_strongest(shares, history, limit=limit, sign=1),
        opposed=_strongest(shares, history, limit=limit, sign=-1),
    )


def _strongest(
    shares: FloatArray, history: History, *, limit: int, sign: int
) -> tuple[RatingEffect, ...]:
    order = np.argsort(-sign * shares, kind="stable")[:limit]
    return tuple(
        RatingEffect(
            item_index=int(history.item_indices[position]),
            stars=float(history.values[position]),
            value=float(shares[position]),
        )
        for position in order
        if sign * shares[position] > 0
    )


def sum_by_model(explanation: Explanation) -> Mapping[str, float]:
    """Return what each model of a stack gave: parts summed by the first word of their name."""
    totals: dict[str, float] = {}
    for part in explanation.parts:
        model = part.name.partition(".")[0]
        totals[model] = totals.get(model, 0.0) + part.value
    return totals
