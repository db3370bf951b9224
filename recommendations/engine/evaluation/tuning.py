"""Seek hyperparameters on validation data: a declared grid, the same budget for every model.

Random search: Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 13,
2012. The first trial is what the model comes with, and that stays unless another is better with
95 % confidence: the best of many trials is partly the luckiest.
"""

import json
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.evaluation.cost import measure
from recommendations.engine.evaluation.gains import BEST_IN_THE_MIDDLE, Task, gain
from recommendations.engine.evaluation.hyperparameters import adjust, values_of
from recommendations.engine.evaluation.intervals import Figure, figures_of
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.protocols import Protocol
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import MODELS
from recommendations.engine.models.stack import Stack
from recommendations.engine.threads import SERVE_THREADS, blas_threads

logger = logging.getLogger(__name__)

_NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
_VALIDATION_SEED = 1000
_DIGITS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Aim:
    """One task to tune for: a protocol by name, its validation split, the metric to go by."""

    name: str
    protocol: Protocol
    split: Split
    metric: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One setting, what it reached for each aim on validation data, and its gain.

    `gain` is how it stands to the setting the model comes with (`gains.gain`). `fit_seconds` are
    those of all fits, where a stack takes over components it has fitted before.
    """

    values: Mapping[str, Any]
    judgements: Sequence[Judgement]
    fit_seconds: float
    gain: Figure


def aim_at(
    name: str, protocol: Protocol, interactions: Interactions, *, metric: str | None, seed: int
) -> Aim:
    """Return the aim of a protocol, by its own metric unless another is named.

    Raises `UnsupportedError` where there are too few ratings to hold any back twice, and for a
    metric of which neither more nor less is better.
    """
    if metric and metric.partition("@")[0] in BEST_IN_THE_MIDDLE:
        raise UnsupportedError(f"{metric} is best in the middle: tune by another metric")
    split = validation_split(interactions, protocol, seed)
    if not split.train.n_ratings or not split.cases:
        raise UnsupportedError(
            f"protocol {name}: {interactions.n_ratings} ratings are too few to tune on"
        )
    return Aim(name=name, protocol=protocol, split=split, metric=metric or protocol.objective)


def validation_split(interactions: Interactions, protocol: Protocol, seed: int) -> Split:
    """Return a split inside of the protocol's training part; its test cases are not looked at."""
    train = protocol.split(interactions, seed).train
    return protocol.validation(train, seed + _VALIDATION_SEED)


def tune_model(
    name: str,
    aims: Sequence[Aim],
    *,
    trials: int,
    seed: int,
    settings: Mapping[str, Any] = _NO_SETTINGS,
) -> dict[str, Any]:
    """Return every trial of one model and the winner, as plain values for JSON.

    `settings` are hyperparameters that hold in all trials unless the grid varies them. Raises
    `UnsupportedError` if the model is not judged by the metric of an aim.
    """
    grid = MODELS[name].grid
    bench = _Bench(name, aims, seed=seed, settings=settings)
    default = values_of(bench.build({}), grid)
    done: list[Trial] = []
    for values in draw_settings(grid, default, trials=trials, seed=seed):
        done.append(bench.try_out(values, done[0].judgements if done else None))
        logger.info("%s %s/%s: × %.5f %s", name, len(done), trials, done[-1].gain.value, values)
    best = pick_best(done)
    return {
        "model": name,
        "objectives": {aim.name: aim.metric for aim in aims},
        "grid": dict(grid),
        "trials": [_plain(trial, aims, seed=seed) for trial in done],
        "winner": dict(best.values),
        "gain": _rounded(best.gain),
    }


def describe_winner(found: Mapping[str, Any]) -> str:
    """Return one line about what `tune_model` found: what the winner reaches, and its gain."""
    best = next(trial for trial in found["trials"] if trial["values"] == found["winner"])
    reached = ", ".join(
        f"{name} {metric} {_shown(best['reached'][name]['value'])}"
        for name, metric in found["objectives"].items()
    )
    values = json.dumps(found["winner"])
    return f"{found['model']}  {reached}  × {_shown(found['gain']['value'])}  {values}\n"


def draw_settings(
    grid: Mapping[str, Sequence[Any]], default: Mapping[str, Any], *, trials: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Yield the default setting, then different settings of the grid, `trials` in all.

    Fewer come where the grid has fewer.
    """
    yield dict(default)
    names = sorted(grid)
    sizes = [len(grid[name]) for name in names]
    places = tuple(_place_of(default[name], grid[name]) for name in names)
    n_others = math.prod(sizes) - (None not in places)
    rng = np.random.default_rng(seed)
    seen: set[tuple[int | None, ...]] = {places}
    while len(seen) <= min(trials - 1, n_others):
        drawn = tuple(int(rng.integers(size)) for size in sizes)
        if drawn in seen:
            continue
        seen.add(drawn)
        yield {name: grid[name][place] for name, place in zip(names, drawn, strict=True)}


def pick_best(trials: Sequence[Trial]) -> Trial:
    """Return the trial of highest gain among those better with 95 % confidence, else the first."""
    better = [trial for trial in trials[1:] if trial.gain.low > 1]
    return max(better, key=lambda trial: trial.gain.value, default=trials[0])


def group_by_training(aims: Sequence[Aim]) -> list[list[int]]:
    """Return the positions of the aims in groups that learn from the same interactions."""
    groups: list[list[int]] = []
    for position, aim in enumerate(aims):
        for group in groups:
            if _is_same_training(aims[group[0]].split.train, aim.split.train):
                group.append(position)
                break
        else:
            groups.append([position])
    return groups


class _Bench:
    """Fit and judge settings of one model; aims with the same training part share a fit."""

    def __init__(
        self, name: str, aims: Sequence[Aim], *, seed: int, settings: Mapping[str, Any]
    ) -> None:
        self._name, self._aims, self._seed, self._settings = name, aims, seed, settings
        self._groups = group_by_training(aims)
        self._first_stacks: dict[int, Stack] = {}

    def build(self, values: Mapping[str, Any]) -> Recommender:
        """Return the unfitted model with these values."""
        model: Recommender = adjust(MODELS[self._name](seed=self._seed), self._settings)
        return cast("Recommender", adjust(model, values))

    def try_out(self, values: Mapping[str, Any], default: Sequence[Judgement] | None) -> Trial:
        """Return the trial of these values beside what the default got, None for itself."""
        judged: dict[int, Judgement] = {}
        seconds = 0.0
        for place, group in enumerate(self._groups):
            model = self.build(values)
            train = self._aims[group[0]].split.train
            seconds += measure(partial(self._fit, model, train, place)).fit_seconds
            with blas_threads(SERVE_THREADS):
                judged |= {position: self._judge(model, position) for position in group}
        judgements = [judged[position] for position in range(len(self._aims))]
        return Trial(
            values=values,
            judgements=judgements,
            fit_seconds=seconds,
            gain=self._gain(judgements, default or judgements),
        )

    def _fit(self, model: Recommender, train: Interactions, place: int) -> None:
        if not isinstance(model, Stack):
            model.fit(train)
        elif place in self._first_stacks:
            model.fit_like(train, self._first_stacks[place])
        else:
            self._first_stacks[place] = model.fit(train)

    def _judge(self, model: Recommender, position: int) -> Judgement:
        aim = self._aims[position]
        judgement = aim.protocol.judge(model, aim.split)
        if aim.metric not in judgement.sums:
            raise UnsupportedError(f"{self._name} is not judged by {aim.metric} on {aim.name}")
        return judgement

    def _gain(self, ours: Sequence[Judgement], theirs: Sequence[Judgement]) -> Figure:
        tasks = [
            Task(
                metric=aim.metric,
                user_ids=our.user_ids,
                ours=our.sums[aim.metric],
                theirs=their.sums[aim.metric],
            )
            for aim, our, their in zip(self._aims, ours, theirs, strict=True)
        ]
        return gain(tasks, seed=self._seed)


def _is_same_training(first: Interactions, second: Interactions) -> bool:
    pairs = (
        (first.user_ids, second.user_ids),
        (first.user_items.indptr, second.user_items.indptr),
        (first.user_items.indices, second.user_items.indices),
        (first.user_items.data, second.user_items.data),
        (first.timestamps, second.timestamps),
        (first.sequence, second.sequence),
        (first.event_user_indices, second.event_user_indices),
        (first.events.item_indices, second.events.item_indices),
        (first.events.codes, second.events.codes),
        (first.events.timestamps, second.events.timestamps),
    )
    return first.items is second.items and all(np.array_equal(*pair) for pair in pairs)


def _place_of(value: Any, values: Sequence[Any]) -> int | None:
    return values.index(value) if value in values else None


def _plain(trial: Trial, aims: Sequence[Aim], *, seed: int) -> dict[str, Any]:
    reached = {
        aim.name: figures_of({aim.metric: judgement.sums[aim.metric]}, seed=seed)[aim.metric]
        for aim, judgement in zip(aims, trial.judgements, strict=True)
    }
    return {
        "values": dict(trial.values),
        "gain": _rounded(trial.gain),
        "reached": {name: _rounded(figure) for name, figure in reached.items()},
        "fit_seconds": round(trial.fit_seconds, 2),
    }


def _rounded(figure: Figure) -> dict[str, float | None]:
    values = asdict(figure).items()
    return {name: None if math.isnan(value) else round(value, _DIGITS) for name, value in values}


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
