"""What an evaluation found: tables for people, plain values for JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from recommendations.engine.evaluation.intervals import Comparison, Figure
from recommendations.engine.evaluation.judge import Judgement, pool
from recommendations.engine.models import build_model, recipe_of


@dataclass(kw_only=True)
class Line:
    """What one model reached, split by split."""

    model: str
    judgements: list[Judgement] = field(default_factory=list)
    fit_seconds: list[float] = field(default_factory=list)

    def add(self, judgement: Judgement, fit_seconds: float) -> None:
        """Keep what one split gave."""
        self.judgements.append(judgement)
        self.fit_seconds.append(fit_seconds)

    def pooled(self) -> Judgement:
        """Return all splits as one."""
        return pool(self.judgements)


def describe(lines: Sequence[Line], *, seed: int) -> dict[str, Any]:
    """Return everything for JSON: figures with intervals, by split, and against the first model."""
    first = lines[0].pooled()
    return {
        "people": len(first.user_ids),
        "models": [
            {
                "model": line.model,
                "recipe": recipe_of(build_model({"model": line.model})),
                "fit_seconds": line.fit_seconds,
                "figures": _plain(line.pooled().figures(seed=seed)),
                "by_split": [
                    {name: sums.value for name, sums in judgement.sums.items()}
                    for judgement in line.judgements
                ],
                "against_first": _plain(line.pooled().against(first, seed=seed)),
            }
            for line in lines
        ],
    }


def format_tables(lines: Sequence[Line], *, shown: Sequence[str], seed: int) -> str:
    """Return one model a row with intervals, and below how the others stand to the first."""
    pooled = [line.pooled() for line in lines]
    figures = [judgement.figures(seed=seed) for judgement in pooled]
    metrics = [
        name
        for name in dict.fromkeys(name for row in figures for name in row)
        if name.partition("@")[0] in shown
    ]
    rows = [["model", *metrics, "fit s"]]
    for line, row in zip(lines, figures, strict=True):
        seconds = sum(line.fit_seconds) / len(line.fit_seconds)
        rows.append([line.model, *(_cell(row.get(name)) for name in metrics), f"{seconds:.1f}"])
    text = _align(rows)
    if len(lines) > 1:
        rows = [[f"× {lines[0].model}", *metrics]]
        for line, judgement in zip(lines[1:], pooled[1:], strict=True):
            found = judgement.against(pooled[0], seed=seed)
            rows.append([line.model, *(_ratio_cell(found.get(name)) for name in metrics)])
        text += "\n" + _align(rows)
    return text


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


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: asdict(value) for name, value in values.items()}
