"""Judge recipes on the newest ratings: the candidate, the one that serves, the baselines."""

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.errors import HyperparameterError
from recommendations.engine.evaluation.intervals import Figure
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.leaks import check_no_leak
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.evaluation.splits import Split, split_by_time
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import build_model
from recommendations.engine.models.ease import Ease
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.stack import Stack
from recommendations.engine.progress import step
from recommendations.engine.threads import SERVE_THREADS, blas_threads
from recommendations.services.trainer import Evaluation

SEED = 7
MOST_PEOPLE = 1_000
LEAST_PEOPLE = 500
STRETCHES = (0.1, 0.2, 0.3, 0.5)
# A fit to judge by needs no more people than this: it is made to compare, and never served.
PEOPLE_TO_FIT = 30_000
PROTOCOL = PROTOCOLS["time"]
WORDS = (
    "Learned from the oldest {learned:.0%} of all ratings, judged on the newest {judged:.0%}: "
    "{people:,} people, films they gave four stars or more."
)


def judge_recipes(
    interactions: Interactions,
    *,
    candidate: Mapping[str, Any],
    rival: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Fit recipes on what came before one moment and judge them on what people liked after it.

    All are judged on the same people. What is then served is fitted on everything.
    """
    sample = _sample_people(interactions)
    stretch = choose_stretch(sample)
    split = _split(sample, stretch)
    if not split.cases:
        return Evaluation(note="Nobody liked anything in the newest ratings.")
    with step("fitting the recipe", place=0, of=3):
        model = build_model(candidate).fit(split.train)
    with step("judging", place=1, of=3):
        judged = _judge(model, split)
        baselines = {
            name: _judge(baseline, split) for name, baseline in _baselines(model, split).items()
        }
    results = {"hybrid": judged, **baselines}
    evaluation = Evaluation(
        metrics={
            "protocol": WORDS.format(learned=1 - stretch, judged=stretch, people=len(judged.ndcg)),
            "models": {name: _figures(result) for name, result in results.items()},
        },
        setting=_setting(split, judged, stretch=stretch),
    )
    if rival is None:
        return evaluation
    with step("comparing with what serves", place=2, of=3):
        return _compare(evaluation, split, model=model, judged=judged, rival=rival)


def choose_stretch(interactions: Interactions) -> float:
    """Return the smallest share of newest ratings that tells of enough people, else the first."""
    for stretch in STRETCHES:
        cut = np.quantile(interactions.timestamps, 1 - stretch)
        is_liked = interactions.user_items.data >= PROTOCOL.least_stars
        late = interactions.rating_users[(interactions.timestamps > cut) & is_liked]
        if len(np.unique(late)) >= LEAST_PEOPLE:
            return stretch
    return STRETCHES[0]


def _sample_people(interactions: Interactions) -> Interactions:
    if interactions.n_users <= PEOPLE_TO_FIT:
        return interactions
    rng = np.random.default_rng(SEED)
    people = rng.choice(interactions.n_users, size=PEOPLE_TO_FIT, replace=False)
    return interactions.keep_users(np.sort(people))


def _split(interactions: Interactions, stretch: float) -> Split:
    """Cut by time and keep the cases of some people who liked something after the cut."""
    split = check_no_leak(split_by_time(interactions, train_share=1 - stretch))
    cases = [case for case in split.cases if len(case.liked(PROTOCOL.least_stars))]
    if len(cases) > MOST_PEOPLE:
        rng = np.random.default_rng(SEED)
        chosen = np.sort(rng.choice(len(cases), size=MOST_PEOPLE, replace=False))
        cases = [cases[place] for place in chosen.tolist()]
    return replace(split, cases=cases)


def _judge(model: Recommender, split: Split) -> Judgement:
    with blas_threads(SERVE_THREADS):
        return PROTOCOL.judge(model, split)


def _baselines(model: Recommender, split: Split) -> dict[str, Recommender]:
    """Return the fitted baselines; where the model has one as a component it is that one."""
    components = model.components_ if isinstance(model, Stack) else {}
    usual: Mapping[str, Recommender] = {"ease": Ease(), "popularity": Popularity()}
    return {
        name: components[name] if name in components else baseline.fit(split.train)
        for name, baseline in usual.items()
    }


def _compare(
    evaluation: Evaluation,
    split: Split,
    *,
    model: Recommender,
    judged: Judgement,
    rival: Mapping[str, Any],
) -> Evaluation:
    if len(judged.ndcg) < LEAST_PEOPLE:
        note = f"Only {len(judged.ndcg)} people can be judged; it takes {LEAST_PEOPLE}."
        return replace(evaluation, note=note)
    try:
        other = build_model(rival)
        other.check_hyperparameters()
    except HyperparameterError as error:
        return replace(evaluation, note=f"The recipe that serves is of another engine: {error}.")
    if isinstance(other, Stack) and isinstance(model, Stack):
        other.fit_like(split.train, model)
    else:
        other.fit(split.train)
    difference = judged.ndcg_above(_judge(other, split), seed=SEED)
    return replace(evaluation, difference=_plain(difference))


def _figures(judgement: Judgement) -> dict[str, dict[str, float]]:
    figures = judgement.figures(seed=SEED).items()
    return {name: _plain(figure) for name, figure in figures if not math.isnan(figure.value)}


def _plain(figure: Figure) -> dict[str, float]:
    """Return a figure as JSON, which knows no NaN: one value for all has no interval."""
    return {
        name: figure.value if math.isnan(value) else value for name, value in asdict(figure).items()
    }


def _setting(split: Split, judged: Judgement, *, stretch: float) -> dict[str, Any]:
    return {
        "metric": f"ndcg@{PROTOCOL.depth}",
        "people": len(judged.ndcg),
        "people_fitted": split.train.n_users,
        "stretch": stretch,
        "cut": datetime.fromtimestamp(split.cut or 0, tz=UTC).isoformat(),
    }
