"""The figures of the site and of its models, for people to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recommendations.models import ModelVersion

MODEL_NAMES: Mapping[str, str] = {
    "hybrid": "Marquee's hybrid",
    "ease": "EASE alone",
    "popularity": "Popularity alone",
}
METRIC_MEANINGS: Mapping[str, str] = {
    "ndcg@10": "how high the films that people went on to like stand among ten",
    "recall@20": "how many of them are among twenty",
    "rmse": "how far predicted stars are from given ones; less is better",
}


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A model and its figures as texts, in the order of the table's columns."""

    name: str
    is_active: bool
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class MetricsTable:
    """What a version scored when it was made, beside the baselines."""

    protocol: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[MetricRow]


def metrics_table(version: ModelVersion) -> MetricsTable | None:
    """Return the table of a version's metrics; None for a version that was not judged."""
    measured = version.metrics.get("models")
    if not measured:
        return None
    names = [name for name in METRIC_MEANINGS if any(name in each for each in measured.values())]
    return MetricsTable(
        protocol=version.metrics["protocol"],
        columns=[(name, METRIC_MEANINGS[name]) for name in names],
        rows=[
            MetricRow(
                name=MODEL_NAMES[model],
                is_active=model == "hybrid",
                cells=[_cell(figures.get(name)) for name in names],
            )
            for model in MODEL_NAMES
            if (figures := measured.get(model))
        ],
    )


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "–"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
