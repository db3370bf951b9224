"""What an evaluation found: tables for people, plain values for JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.breakdown import (
    Part,
    by_group,
    by_length,
    people_by_group,
    people_by_length,
)
from recommendations.engine.evaluation.cost import Cost
from recommendations.engine.evaluation.hyperparameters import adjust
from recommendations.engine.evaluation.intervals import Comparison, Figure
from recommendations.engine.evaluation.judge import Judgement, pool
from recommendations.engine.models import MODELS, recipe_of


@dataclass(kw_only=True)
class Line:
    """What one model reached and cost, split by split."""

    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)

    def build(self, *, seed: int) -> Recommender:
        """Return the unfitted model; raises `HyperparameterError` for a setting it has not."""
        model: Recommender = adjust(MODELS[self.model](seed=seed), self.settings)
        return model

    def pooled(self) -> Judgement:
        """Return all splits as one."""
        return pool(self.judgements)

    @property
    def fit_seconds(self) -> float:
        """Return the mean seconds of a fit."""
        return float(np.mean([cost.fit_seconds for cost in self.costs]))

    @property
    def milliseconds(self) -> float:
        """Return the mean over splits of the milliseconds a list takes."""
        return float(np.mean([cost.milliseconds_a_list for cost in self.costs]))


def describe_lines(lines: Sequence[Line], *, seed: int) -> dict[str, Any]:
    """Return everything for JSON: figures with intervals, by split, against the first model, …"""
    first = lines[0].pooled()
    return {
        "people": len(first.user_ids),
        "people_by_length": people_by_length(first),
        "people_by_group": people_by_group(first),
        "models": [_describe(line, first, seed=seed) for line in lines],
    }


def describe_curve(curve: Mapping[float, Sequence[Line]], *, seed: int) -> list[dict[str, Any]]:
    """Return the figures of each model by the share of people trained on."""
    return [
        {
            "share": share,
            "model": line.model,
            "figures": _plain(line.pooled().figures(seed=seed)),
            "fit_seconds": line.fit_seconds,
        }
        for share, lines in curve.items()
        for line in lines
    ]


def format_tables(lines: Sequence[Line], *, shown: Sequence[str], seed: int) -> str:
    """Return one model a row with intervals, and below how the others stand to the first."""
    pooled = [line.pooled() for line in lines]
    figures = [judgement.figures(seed=seed) for judgement in pooled]
    metrics = [
        name
        for name in dict.fromkeys(name for row in figures for name in row)
        if name.partition("@")[0] in shown
    ]
    wholes = list(dict.fromkeys(name for judgement in pooled for name in judgement.wholes))
    rows = [["model", *metrics, *wholes, "fit s", "ms a list"]]
    for line, row, judgement in zip(lines, figures, pooled, strict=True):
        cells = [_cell(row.get(name)) for name in metrics]
        cells += [f"{judgement.wholes[name]:.3f}" for name in wholes]
        rows.append([line.model, *cells, f"{line.fit_seconds:.1f}", f"{line.milliseconds:.2f}"])
    text = _align(rows)
    if len(lines) > 1:
        rows = [[f"× {lines[0].model}", *metrics]]
        for line, judgement in zip(lines[1:], pooled[1:], strict=True):
            found = judgement.against(pooled[0], seed=seed)
            rows.append([line.model, *(_ratio_cell(found.get(name)) for name in metrics)])
        text += "\n" + _align(rows)
    return text


def _describe(line: Line, first: Judgement, *, seed: int) -> dict[str, Any]:
    pooled = line.pooled()
    return {
        "model": line.model,
        "recipe": recipe_of(line.build(seed=seed)),
        "fit_seconds": line.fit_seconds,
        "costs": [{name: _number(value) for name, value in asdict(c).items()} for c in line.costs],
        "figures": _plain(pooled.figures(seed=seed)),
        "wholes": dict(pooled.wholes),
        "by_split": [
            {name: _number(sums.value) for name, sums in judgement.sums.items()}
            for judgement in line.judgements
        ],
        "by_length": {
            bucket: _plain(figures)
            for bucket, figures in by_length(line.judgements, seed=seed).items()
        },
        "by_group": {
            label: _plain(figures)
            for label, figures in by_group(line.judgements, seed=seed).items()
        },
        "against_first": _plain(pooled.against(first, seed=seed)),
    }


def _align(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "".join("  ".join(row).rstrip() + "\n" for row in padded)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value:.4f} ({figure.low:.4f}–{figure.high:.4f})"


def _ratio_cell(found: Comparison | None) -> str:
    if found is None:
        return "–"
    ratio = found.ratio
    return f"{ratio.value:.3f} ({ratio.low:.3f}–{ratio.high:.3f}, p {found.p_value:.3f})"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return dataclasses as mappings of JSON numbers, null where there is none."""
    return {name: _numbers(asdict(value)) for name, value in values.items()}


def _plain_parts(parts: Part) -> dict[str, Any]:
    return {name: _plain(figures) for name, figures in parts.items()}


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(entry) for name, entry in value.items()}
    return _number(value)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
