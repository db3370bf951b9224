"""The evaluate command: a table for people, JSON for programs."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.evaluation.judge import Figure, judge
from recommendations.engine.evaluation.protocols import PROTOCOLS, Protocol
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.models import build_model, recipe_of
from recommendations.engine.threads import SERVE_THREADS, blas_threads


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one model reached."""

    model: str
    recipe: dict[str, Any]
    fit_seconds: float
    figures: dict[str, Figure]


def evaluate(
    files: InputFiles,
    *,
    protocol: str,
    model_names: Sequence[str],
    seed: int,
    out: Path,
    stream: IO[str],
) -> None:
    """Fit and judge each model on one split; write the table to `stream`, JSON into `out`."""
    rules = PROTOCOLS[protocol]
    split = rules.split(load_interactions(files), seed)
    lines = [_evaluate_model(name, split, rules, seed=seed) for name in model_names]
    out.mkdir(parents=True, exist_ok=True)
    document = {
        "protocol": protocol,
        "seed": seed,
        "people": len(split.cases),
        "training_ratings": split.train.n_ratings,
        "models": [asdict(line) for line in lines],
    }
    (out / f"{protocol}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    stream.write(format_table(lines))


def _evaluate_model(name: str, split: Split, rules: Protocol, *, seed: int) -> Line:
    model = build_model({"model": name, "hyperparameters": {"seed": seed}})
    start = time.perf_counter()
    model.fit(split.train)
    fit_seconds = time.perf_counter() - start
    with blas_threads(SERVE_THREADS):
        result = judge(
            model,
            split.cases,
            depth=rules.depth,
            least_stars=rules.least_stars,
            judges_stars=rules.judges_stars,
        )
    return Line(
        model=name,
        recipe=recipe_of(model),
        fit_seconds=fit_seconds,
        figures=result.figures(seed=seed),
    )


def format_table(lines: Sequence[Line]) -> str:
    """Return the lines as text, one model a row, metrics with their intervals."""
    metrics = list(dict.fromkeys(metric for line in lines for metric in line.figures))
    rows = [["model", *metrics, "fit s"]]
    for line in lines:
        cells = [_cell(line.figures.get(metric)) for metric in metrics]
        rows.append([line.model, *cells, f"{line.fit_seconds:.1f}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "".join("  ".join(row).rstrip() + "\n" for row in padded)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value:.4f} ({figure.low:.4f}–{figure.high:.4f})"
