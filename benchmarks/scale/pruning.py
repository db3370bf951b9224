"""What it costs to leave the tail of the catalogue out of the item-to-item models.

MovieLens 1M, a tenth of the people held out: their lists by what is known of four fifths of their
ratings. `max_items`, and the weights that are kept a column, as they are above 6,000 items, are set
for EASE and the successions alike; factors and content still know all. And what pruning does to
what is foretold of everybody's next rating, in which successions have a say.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from benchmarks.scale.shapes import movielens_1m
from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.judge import RECALL_DEPTH
from recommendations.engine.evaluation.protocols import PROTOCOLS, Protocol
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.threads import SERVE_THREADS, blas_threads

ALL = 3_706
# Items kept, and weights a column; None is all of them.
KEPT = ((ALL, None), (ALL, 300), (ALL, 100), (2_000, None), (1_000, None), (500, None))
KEPT_OF_SUCCESSIONS = (ALL, 500, 300, 100)
SEED = 7


def pruned(max_items: int, weights: int | None) -> dict[str, Recommender]:
    """Return the models with so many items, and weights, in what relates items to items."""
    ease = Ease()
    hybrid = Hybrid(stars=Bias())  # stars play no role in the order, and cost most
    few: dict[str, int] = {"max_items": max_items}
    if weights is not None:
        few |= {"dense_items": 0, "neighbours": weights}
    sequence = replace(hybrid.sequence, **few)
    ease = replace(ease, short=replace(ease.short, **few), long=replace(ease.long, **few))
    return {"ease": ease, "hybrid": replace(hybrid, ease=ease, sequence=sequence)}


def main() -> None:
    """Print both tables."""
    interactions = movielens_1m()
    _compare_lists(interactions)
    _compare_what_comes_next(interactions)


def _compare_lists(interactions: Interactions) -> None:
    protocol = PROTOCOLS["strong"]
    split = protocol.split(interactions, SEED)
    metrics = f"ndcg@{protocol.depth}", f"recall@{RECALL_DEPTH}"
    _begin("items kept", "of all ratings", "weights", "model", *metrics)
    for max_items, weights in KEPT:
        share = f"{_share(interactions, max_items):.1%}"
        for name, model in pruned(max_items, weights).items():
            found = _judge(protocol, model.fit(split.train), split, metrics)
            _tell(f"{max_items:,}", share, weights or "all", name, *found)


def _compare_what_comes_next(interactions: Interactions) -> None:
    """Judge on validation data, by which the number was chosen; EASE keeps its own."""
    protocol = PROTOCOLS["last"]
    split = protocol.validation(protocol.split(interactions, SEED).train, SEED)
    metrics = (f"ndcg@{protocol.depth}",)
    _begin("weights of successions", "model", *metrics)
    hybrid = cast("Hybrid", pruned(ALL, Ease().long.neighbours)["hybrid"])
    fitted = hybrid.fit(split.train)
    for weights in KEPT_OF_SUCCESSIONS:
        sequence = replace(hybrid.sequence, neighbours=weights)
        fitted = replace(hybrid, sequence=sequence).fit_like(split.train, fitted)
        for name, model in (("sequence", fitted.components_["sequence"]), ("hybrid", fitted)):
            _tell(
                "all" if weights == ALL else weights, name, *_judge(protocol, model, split, metrics)
            )


def _judge(
    protocol: Protocol, model: Recommender, split: Split, metrics: Sequence[str]
) -> list[str]:
    with blas_threads(SERVE_THREADS):
        figures = protocol.judge(model, split).figures(seed=SEED)
    return [
        f"{each.value:.4f} ({each.low:.4f} to {each.high:.4f})"
        for each in (figures[metric] for metric in metrics)
    ]


def _begin(*titles: str) -> None:
    _tell(*titles)
    _tell(*("---" for _ in titles))


def _tell(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    sys.stdout.flush()


def _share(interactions: Interactions, max_items: int) -> float:
    counts = np.sort(np.bincount(interactions.user_items.indices))[::-1]
    return float(counts[:max_items].sum() / counts.sum())
