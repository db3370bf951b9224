"""Choose between models of one kind by how they serve newcomers held out of the data at hand.

Some hyperparameters depend on the data as no rule of thumb tells: how far a few ratings can be
trusted follows from how clear tastes are, not from how many people there are.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.metrics import ndcg_at
from recommendations.engine.evaluation.rankings import find_hits, rank_cases
from recommendations.engine.evaluation.splits import newcomers
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.evidence import LIKED_STARS
from recommendations.engine.threads import FIT_THREADS, blas_threads

FEWEST_PEOPLE = 100  # with fewer the first candidate stays
_LENGTHS = (3, 10)  # ratings known
_HELD_OUT = 1000
_ENOUGH = 150  # people held out, over all draws
_MOST_DRAWS = 4
_DEPTH = 10
_CLEARLY_BETTER = 1.02


def choose_for_newcomers(
    candidates: Sequence[Recommender], interactions: Interactions, *, seed: int
) -> int:
    """Return the place of the candidate with the best mean NDCG@10 for people held out.

    They are a tenth of all who rated, a thousand at most, after their first 3 and 10 ratings;
    where they are few, up to four draws. The first candidate stays unless another is better by 2 %.
    """
    raters = np.flatnonzero(np.diff(interactions.user_items.indptr))
    if len(raters) < FEWEST_PEOPLE or len(candidates) == 1:
        return 0
    rated = interactions.keep_users(raters)
    n_draws = min(_MOST_DRAWS, -(-_ENOUGH // (len(raters) // 10)))
    reached = [_judge(candidates, rated, seed=seed + draw) for draw in range(n_draws)]
    means = np.mean(reached, axis=0)
    best = int(means.argmax())
    return best if means[best] > _CLEARLY_BETTER * means[0] else 0


def _judge(
    candidates: Sequence[Recommender], interactions: Interactions, *, seed: int
) -> list[float]:
    splits = [
        newcomers(interactions, seed=seed, n_people=_HELD_OUT, n_known=length)
        for length in _LENGTHS
    ]
    cases = [case for split in splits for case in split.cases if len(case.liked(LIKED_STARS))]
    if not cases:
        return [0.0] * len(candidates)
    relevant = [case.liked(LIKED_STARS) for case in cases]
    reached = []
    for candidate in candidates:
        model = replace(candidate).fit(splits[0].train)  # the same people are held out of both
        with blas_threads(FIT_THREADS):
            rankings = rank_cases(model, cases, _DEPTH)
        hits, n_relevant = find_hits(rankings, relevant, n_items=interactions.n_items)
        reached.append(float(ndcg_at(hits, n_relevant, _DEPTH).mean()))
    return reached
