"""Intervals over people: resample people, not ratings, because one person's ratings hang together.

Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993: percentile
intervals. Two models judged on the same people are compared on the same resamples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import FloatArray, IndexArray

RESAMPLES = 1000
_DRAWS_AT_ONCE = 2**22
_SMALLEST = 1e-12


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One metric with its 95 % interval over people."""

    value: float
    low: float
    high: float


NOWHERE = Figure(value=float("nan"), low=float("nan"), high=float("nan"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """A metric as Σ numerators / Σ denominators over people, shape (n_people,) each.

    A mean has denominators 1, and 0 for people it does not apply to. `is_root` asks for the
    square root of the ratio.
    """

    numerators: FloatArray
    denominators: FloatArray
    is_root: bool = False

    @classmethod
    def mean_of(cls, values: FloatArray) -> "Sums":
        """Return the mean over people whose value is not NaN."""
        is_there = ~np.isnan(values)
        return cls(
            numerators=np.where(is_there, values, 0.0), denominators=is_there.astype(np.float64)
        )

    @property
    def applies(self) -> bool:
        """Return whether the metric applies to anybody."""
        return bool(self.denominators.any())

    @property
    def value(self) -> float:
        """Return the metric, NaN where it applies to nobody."""
        if not self.applies:
            return float("nan")
        ratio = self.numerators.sum() / self.denominators.sum()
        return float(np.sqrt(ratio) if self.is_root else ratio)

    @property
    def own_values(self) -> FloatArray:
        """Return the ratio of each person it applies to, shape (n_applicable,)."""
        is_there = self.denominators > 0
        return self.numerators[is_there] / self.denominators[is_there]

    def ratios(self, numerators: FloatArray, denominators: FloatArray) -> FloatArray:
        """Return the metric of each resample from its sums."""
        ratios = numerators / np.maximum(denominators, _SMALLEST)
        return np.sqrt(ratios) if self.is_root else ratios

    def take(self, positions: IndexArray) -> "Sums":
        """Return the sums of these people only."""
        return Sums(
            numerators=self.numerators[positions],
            denominators=self.denominators[positions],
            is_root=self.is_root,
        )

    def pooled(self, groups: IndexArray, n_groups: int) -> "Sums":
        """Return the sums of groups of rows, `groups` of shape (n_people,) numbering them."""
        numerators, denominators = np.zeros(n_groups), np.zeros(n_groups)
        np.add.at(numerators, groups, self.numerators)
        np.add.at(denominators, groups, self.denominators)
        return Sums(numerators=numerators, denominators=denominators, is_root=self.is_root)


def join_sums(parts: Sequence[Sums]) -> Sums:
    """Return the rows of several splits one after another."""
    return Sums(
        numerators=np.concatenate([part.numerators for part in parts]),
        denominators=np.concatenate([part.denominators for part in parts]),
        is_root=parts[0].is_root,
    )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One metric of a model beside another's, over the same people.

    `p_value` is two-sided: how often resamples fall on the other side of no difference.
    """

    difference: Figure
    ratio: Figure
    p_value: float


def figures_of(metrics: Mapping[str, Sums], *, seed: int) -> dict[str, Figure]:
    """Return each metric with its interval, all over the same people and resamples of them."""
    drawn = resample(list(metrics.values()), seed=seed)
    return {
        name: figure_of(sums.value, values) if sums.applies else NOWHERE
        for (name, sums), values in zip(metrics.items(), drawn, strict=True)
    }


def compare_all(
    first: Mapping[str, Sums], second: Mapping[str, Sums], *, seed: int
) -> dict[str, Comparison]:
    """Return how the first stands to the second by each metric both have, paired by person."""
    names = [name for name in first if name in second and first[name].applies]
    drawn = resample([side[name] for side in (first, second) for name in names], seed=seed)
    return {
        name: _compare(first[name].value, second[name].value, ours, theirs)
        for name, ours, theirs in zip(names, drawn[: len(names)], drawn[len(names) :], strict=True)
    }


def compare(first: Sums, second: Sums, *, seed: int) -> Comparison:
    """Return how the first stands to the second, paired person by person."""
    return _compare(first.value, second.value, *resample([first, second], seed=seed))


def resample(metrics: Sequence[Sums], *, seed: int) -> list[FloatArray]:
    """Return each metric over each resample of people, shape (RESAMPLES,)."""
    if not metrics:
        return []
    columns = [column for sums in metrics for column in (sums.numerators, sums.denominators)]
    drawn = resample_sums(np.column_stack(columns), seed=seed)
    return [
        sums.ratios(drawn[:, 2 * place], drawn[:, 2 * place + 1])
        for place, sums in enumerate(metrics)
    ]


def _compare(value: float, other: float, ours: FloatArray, theirs: FloatArray) -> Comparison:
    differences = ours - theirs
    # Half of the ties to each side: two equal models have p = 1. Sums differ in their last bits.
    is_tie = np.abs(differences) < _SMALLEST
    share_below = float(np.mean((differences < 0) & ~is_tie) + 0.5 * np.mean(is_tie))
    quotients = ours / np.where(theirs == 0, np.nan, theirs)
    return Comparison(
        difference=figure_of(value - other, differences),
        ratio=figure_of(value / other if other else float("nan"), quotients),
        p_value=min(1.0, 2 * min(share_below, 1 - share_below) + 1 / RESAMPLES),
    )


def figure_of(value: float, resampled: FloatArray) -> Figure:
    """Return a value with the middle 95 % of its resamples; those that are NaN are left out."""
    there = resampled[~np.isnan(resampled)]
    if not len(there):
        return Figure(value=value, low=float("nan"), high=float("nan"))
    low, high = np.quantile(there, [0.025, 0.975])
    return Figure(value=value, low=float(low), high=float(high))


def resample_sums(columns: FloatArray, *, seed: int) -> FloatArray:
    """Return the column sums over people drawn with replacement, shape (RESAMPLES, n_columns).

    `columns` has shape (n_people, n_columns). A seed draws the same people for any columns, which
    is what pairs two models. Draws are counted, so that a resample is a product with the counts.
    """
    n_people = len(columns)
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWS_AT_ONCE // max(1, n_people))
    sums = np.empty((RESAMPLES, columns.shape[1]), dtype=np.float64)
    for start in range(0, RESAMPLES, at_once):
        n_rows = min(at_once, RESAMPLES - start)
        drawn = rng.integers(n_people, size=(n_rows, n_people))
        drawn += n_people * np.arange(n_rows)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=n_rows * n_people)
        sums[start : start + n_rows] = counts.reshape(n_rows, n_people) @ columns
    return sums
