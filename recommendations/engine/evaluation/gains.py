"""How much better one setting is than another, over one task or several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.evaluation.intervals import Figure, Sums, figure_of, resample

LESS_IS_BETTER = ("rmse", "mae", "width")
BEST_IN_THE_MIDDLE = ("inside",)


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What two settings got for one task: the metric, and its sums over `user_ids` for each."""

    metric: str
    user_ids: IndexArray
    ours: Sums
    theirs: Sums


def gain(tasks: Sequence[Task], *, seed: int) -> Figure:
    """Return the geometric mean over tasks of ours / theirs, above 1 where ours are better.

    Where less is better it is theirs / ours. The interval resamples people; whoever is judged in
    several tasks is drawn for all of them together. NaN, and so undecided, if a task applies to
    nobody or one of the two gets nothing in it.
    """
    people = np.unique(np.concatenate([task.user_ids for task in tasks]))
    pooled = [
        sums.pooled(np.searchsorted(people, task.user_ids), len(people))
        for task in tasks
        for sums in (task.ours, task.theirs)
    ]
    drawn = resample(pooled, seed=seed)
    value = float(_mean_ratio(tasks, [np.array([sums.value]) for sums in pooled])[0])
    if np.isnan(value):
        return Figure(value=value, low=value, high=value)
    return figure_of(value, _mean_ratio(tasks, drawn))


def is_less_better(metric: str) -> bool:
    """Return whether smaller values of a metric are better ones."""
    return metric.partition("@")[0] in LESS_IS_BETTER


def _mean_ratio(tasks: Sequence[Task], values: Sequence[FloatArray]) -> FloatArray:
    """Return the geometric mean; `values` are ours and theirs of each task in turn."""
    logs = [np.log(np.where(value > 0, value, np.nan)) for value in values]
    ratios = [
        theirs - ours if is_less_better(task.metric) else ours - theirs
        for task, ours, theirs in zip(tasks, logs[::2], logs[1::2], strict=True)
    ]
    return np.asarray(np.exp(np.mean(ratios, axis=0)))
