"""What people's movies score, all of them or those near the best."""

from collections.abc import Sequence
from dataclasses import dataclass

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """A person's scores, shape (n_items,), and the deviation of all of them.

    Where `near` is given, ascending, all others are far from the best and have −∞ instead.
    """

    scores: FloatArray
    deviation: float
    near: IndexArray | None = None


def score_all(histories: Sequence[History], *, model: Hybrid) -> list[Scored]:
    """Score every movie for each."""
    return [
        Scored(scores=scores, deviation=float(scores.std()))
        for scores in model.score_many(histories)
    ]


def score_near(
    histories: Sequence[History], *, model: Hybrid, numbers: Sequence[int]
) -> list[Scored]:
    """Score at least the best `numbers` for each, or all where that takes no longer."""
    near = model.score_near(histories, numbers=numbers)
    if near is None:
        return score_all(histories, model=model)
    return [
        Scored(scores=near.of(row, n_items=model.n_items), deviation=deviation, near=near.items)
        for row, deviation in enumerate(near.deviations.tolist())
    ]
