"""What it costs to leave the tail of the catalogue out of the item-to-item models.

MovieLens 1M, a tenth of the people held out: their lists by what is known of four fifths of their
ratings. `max_items`, and the weights that are kept a column, as they are above 6,000 items, are set
for EASE and the successions alike; factors and content still know all.
"""

import sys
from dataclasses import replace

import numpy as np

from benchmarks.scale.shapes import movielens_1m
from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.judge import RECALL_DEPTH
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.bias import Bias
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.threads import SERVE_THREADS, blas_threads

ALL = 3_706
# Items kept, and weights a column; None is all of them.
KEPT = ((ALL, None), (ALL, 300), (ALL, 100), (2_000, None), (1_000, None), (500, None))
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
    """Print the table."""
    interactions = movielens_1m()
    protocol = PROTOCOLS["strong"]
    split = protocol.split(interactions, SEED)
    metrics = f"NDCG@{protocol.depth} | recall@{RECALL_DEPTH}"
    sys.stdout.write(f"| items kept | of all ratings | weights | model | {metrics} |\n")
    sys.stdout.write("| ---: | ---: | ---: | --- | ---: | ---: |\n")
    for max_items, weights in KEPT:
        for name, model in pruned(max_items, weights).items():
            model.fit(split.train)
            with blas_threads(SERVE_THREADS):
                judged = protocol.judge(model, split)
            share = _share(interactions, max_items)
            figures = judged.figures(seed=SEED)
            found = " | ".join(
                f"{each.value:.4f} ({each.low:.4f} to {each.high:.4f})"
                for each in (figures[f"ndcg@{protocol.depth}"], figures[f"recall@{RECALL_DEPTH}"])
            )
            sys.stdout.write(
                f"| {max_items:,} | {share:.1%} | {weights or 'all'} | {name} | {found} |\n"
            )
            sys.stdout.flush()


def _share(interactions: Interactions, max_items: int) -> float:
    counts = np.sort(np.bincount(interactions.user_items.indices))[::-1]
    return float(counts[:max_items].sum() / counts.sum())
