"""Add to a judgement what its lists hold: variety, popularity, the person's mix of genres."""

from collections.abc import Sequence
from dataclasses import replace

from recommendations.engine.evaluation.intervals import Sums
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.rankings import find_hits
from recommendations.engine.evaluation.splits import Case
from recommendations.engine.evaluation.variety import (
    Catalogue,
    catalogue_coverage,
    gini,
    history_popularity,
    intra_list_diversity,
    long_tail_share,
    mean_popularity,
    miscalibration,
    novelty,
    serendipity,
)

LIST_LENGTH = 10


def judge_variety(
    judgement: Judgement, cases: Sequence[Case], catalogue: Catalogue, *, least_stars: float
) -> Judgement:
    """Return the judgement with the metrics of its first ten places, everybody's list counting.

    `popularity` is how often rated the listed items are over how often rated those of the history
    are: 1 is no lift. A judgement without lists, or of lists among given candidates, stays as it
    is: what such lists hold is not the model's choice.
    """
    if not judgement.rankings.size or any(case.candidates is not None for case in cases):
        return judgement
    lists = judgement.rankings[:, :LIST_LENGTH]
    histories = [case.history.item_indices for case in cases]
    relevant = [case.liked(least_stars) for case in cases]
    hits, n_relevant = find_hits(lists, relevant, n_items=len(catalogue.counts))
    before = Sums.mean_of(history_popularity(histories, catalogue))
    listed = mean_popularity(lists, catalogue)
    values = {
        "long_tail": long_tail_share(lists, catalogue),
        "novelty": novelty(lists, catalogue),
        "diversity": intra_list_diversity(lists, catalogue),
        "serendipity": serendipity(lists, hits, n_relevant, catalogue),
        "miscalibration": miscalibration(lists, histories, catalogue),
    }
    sums = {f"{name}@{LIST_LENGTH}": Sums.mean_of(own) for name, own in values.items()}
    sums[f"popularity@{LIST_LENGTH}"] = Sums(
        numerators=Sums.mean_of(listed).numerators * before.denominators,
        denominators=before.numerators,
    )
    wholes = {
        f"coverage@{LIST_LENGTH}": catalogue_coverage(lists, n_items=len(catalogue.counts)),
        f"gini@{LIST_LENGTH}": gini(lists, n_items=len(catalogue.counts)),
    }
    return replace(
        judgement, sums={**judgement.sums, **sums}, wholes={**judgement.wholes, **wholes}
    )
