"""What people's movies score, all of them or those near the best."""

from collections.abc import Sequence

from recommendations.engine.history import History
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.scored import Scored


def score_all(histories: Sequence[History], *, model: Hybrid) -> list[Scored]:
    """Score every movie for each."""
    return [Scored.of_all(scores) for scores in model.score_many(histories)]


def score_near(
    histories: Sequence[History], *, model: Hybrid, numbers: Sequence[int]
) -> list[Scored]:
    """Score at least the best `numbers` for each, or all where that takes no longer."""
    near = model.score_near(histories, numbers=numbers)
    if near is None:
        return score_all(histories, model=model)
    return [
        Scored(
            values=scores,
            n_items=model.n_items,
            deviation=deviation,
            near=near.items,
            least=least,
        )
        for scores, deviation, least in zip(
            near.scores, near.deviations.tolist(), near.least.tolist(), strict=True
        )
    ]
