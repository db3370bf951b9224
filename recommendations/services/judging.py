"""Judge the served recipe on the newest ratings, beside the baselines."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.threads import SERVE_THREADS, blas_threads

SEED = 7
MOST_PEOPLE = 1_000
PROTOCOL = PROTOCOLS["time"]
WORDS = (
    "Learned from the oldest nine tenths of all ratings, judged on the newest tenth: "
    "{people:,} people, films they gave four stars or more."
)


def judge_recipe(interactions: Interactions) -> dict[str, Any]:
    """Return figures with 95 % intervals of the served recipe and the baselines.

    All are fitted on what came before one moment and judged on what followed it, on the same
    people. What is then served is fitted on everything. Empty where nobody can be judged.
    """
    split = PROTOCOL.split(interactions, SEED)
    split = replace(split, cases=split.cases[:MOST_PEOPLE])
    if not any(len(case.liked(PROTOCOL.least_stars)) for case in split.cases):
        return {}
    models: Mapping[str, Recommender] = {
        "hybrid": Hybrid(),
        "ease": Ease(),
        "popularity": Popularity(),
    }
    results = {name: _judge(model, split) for name, model in models.items()}
    return {
        "protocol": WORDS.format(people=len(results["hybrid"].ndcg)),
        "models": {
            name: {metric: asdict(figure) for metric, figure in result.figures(seed=SEED).items()}
            for name, result in results.items()
        },
    }


def _judge(model: Recommender, split: Split) -> Judgement:
    model.fit(split.train)
    with blas_threads(SERVE_THREADS):
        return PROTOCOL.judge(model, split)
