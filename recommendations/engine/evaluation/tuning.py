"""Seek hyperparameters on validation data: a declared grid, the same budget for every model.

Random search: Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13,
2012. The first trial is what the model comes with, so that tuning never ends below it on the data
it chose by.
"""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.evaluation.cost import measure
from recommendations.engine.evaluation.hyperparameters import adjust
from recommendations.engine.evaluation.intervals import compare, figures_of
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.protocols import Protocol
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import MODELS
from recommendations.engine.threads import SERVE_THREADS, blas_threads

logger = logging.getLogger(__name__)

LESS_IS_BETTER = ("rmse", "mae", "miscalibration", "gini", "width")
_VALIDATION_SEED = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One setting and what it reached on validation data."""

    values: Mapping[str, Any]
    judgement: Judgement
    fit_seconds: float


def validation_split(interactions: Interactions, protocol: Protocol, seed: int) -> Split:
    """Return a split inside of the protocol's training part; its test cases are not looked at."""
    train = protocol.split(interactions, seed).train
    return protocol.validation(train, seed + _VALIDATION_SEED)


def tune_model(
    name: str, split: Split, protocol: Protocol, *, trials: int, objective: str, seed: int
) -> dict[str, Any]:
    """Return every trial of one model and the best by `objective`, as plain values for JSON.

    Raises `UnsupportedError` if the model is not judged by the objective.
    """
    done: list[Trial] = []
    for values in draw_settings(MODELS[name].grid, trials=trials, seed=seed):
        done.append(_try(name, values, split, protocol, seed=seed))
        if objective not in done[-1].judgement.sums:
            raise UnsupportedError(f"{name} is not judged by {objective}")
        reached = done[-1].judgement.sums[objective].value
        logger.info("%s %s/%s: %s %.5f %s", name, len(done), trials, objective, reached, values)
    best = pick_best(done, objective)
    sums = best.judgement.sums[objective]
    return {
        "model": name,
        "grid": MODELS[name].grid,
        "trials": [_plain(trial, objective, seed=seed) for trial in done],
        "winner": dict(best.values),
        "reached": asdict(figures_of({objective: sums}, seed=seed)[objective]),
        "above_default": asdict(compare(sums, done[0].judgement.sums[objective], seed=seed)),
    }


def draw_settings(
    grid: Mapping[str, Sequence[Any]], *, trials: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Yield the default setting ({}), then different settings of the grid, `trials` in all.

    Fewer come where the grid has fewer.
    """
    yield {}
    names = sorted(grid)
    sizes = [len(grid[name]) for name in names]
    n_settings = math.prod(sizes) if names else 0
    rng = np.random.default_rng(seed)
    seen: set[tuple[int, ...]] = set()
    while len(seen) < min(trials - 1, n_settings):
        drawn = tuple(int(rng.integers(size)) for size in sizes)
        if drawn in seen:
            continue
        seen.add(drawn)
        yield {name: grid[name][place] for name, place in zip(names, drawn, strict=True)}


def pick_best(trials: Sequence[Trial], objective: str) -> Trial:
    """Return the best trial; of equals the first, so that defaults stay where nothing is won."""
    sign = -1 if is_less_better(objective) else 1
    return max(trials, key=lambda trial: sign * trial.judgement.sums[objective].value)


def is_less_better(metric: str) -> bool:
    """Return whether smaller values of a metric are better ones."""
    return metric.partition("@")[0] in LESS_IS_BETTER


def _try(
    name: str, values: Mapping[str, Any], split: Split, protocol: Protocol, *, seed: int
) -> Trial:
    model: Recommender = adjust(MODELS[name](seed=seed), values)
    cost = measure(lambda: model.fit(split.train))
    with blas_threads(SERVE_THREADS):
        judgement = protocol.judge(model, split)
    return Trial(values=values, judgement=judgement, fit_seconds=cost.fit_seconds)


def _plain(trial: Trial, objective: str, *, seed: int) -> dict[str, Any]:
    figure = trial.judgement.figures(seed=seed)[objective]
    others = {name: sums.value for name, sums in trial.judgement.sums.items()}
    return {
        "values": dict(trial.values),
        objective: asdict(figure),
        "all": others,
        "fit_seconds": trial.fit_seconds,
    }
