"""The evaluate command: tables for people, JSON and figures for whoever asks further."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from recommendations.engine.dataset import InputFiles
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.evaluation.beyond_accuracy import judge_variety
from recommendations.engine.evaluation.cost import measure, time_lists
from recommendations.engine.evaluation.learning_curve import thin_out
from recommendations.engine.evaluation.patterns import describe_ratings
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.evaluation.provenance import describe_origin
from recommendations.engine.evaluation.report import (
    Line,
    describe_curve,
    describe_lines,
    format_tables,
)
from recommendations.engine.evaluation.runs import Request, Run, input_paths, prepare
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.evaluation.tuning import Aim, aim_at, describe_winner, tune_model
from recommendations.engine.evaluation.variety import Catalogue
from recommendations.engine.interactions import Interactions
from recommendations.engine.threads import SERVE_THREADS, blas_threads

FIGURES = "recommendations.engine.evaluation.figures"


def evaluate(files: InputFiles, request: Request, *, out: Path, stream: IO[str]) -> None:
    """Fit and judge each model on each split; write tables to `stream`, JSON and PNG into `out`.

    Raises `UsageError` where the protocol misses something it needs, and `UnsupportedError` where
    the data are too few for it.
    """
    _check_settings(request)
    interactions, runs = prepare(files, request)
    out.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {
        **describe_origin(request.command, input_paths(files, request), interactions),
        "seed": request.seed,
    }
    if request.trials:
        _tune(interactions, runs[0], request, document, out=out, stream=stream)
        return
    lines = _lines(request)
    curve = {share: _lines(request) for share in request.shares}
    for run in runs:
        split = _split(interactions, run, request)
        _judge_all(lines, split, run)
        for share, thin_lines in curve.items():
            _judge_all(thin_lines, thin_out(split, share=share, seed=run.seed), run)
    document |= {
        "protocol": request.protocol,
        "runs": [run.name for run in runs],
        **describe_lines(lines, seed=request.seed),
        "learning_curve": describe_curve(curve, seed=request.seed),
        "ratings": describe_ratings(interactions),
    }
    path = _write(out / f"{request.protocol}.json", document)
    stream.write(format_tables(lines, shown=runs[0].protocol.shown, seed=request.seed))
    if request.draws_figures:
        _draw_figures(path)


def _check_settings(request: Request) -> None:
    """Raise `HyperparameterError` now rather than when other models have been fitted."""
    for line in _lines(request):
        line.build(seed=request.seed).check_hyperparameters()


def _split(interactions: Interactions, run: Run, request: Request) -> Split:
    split = run.protocol.split(interactions, run.seed)
    n_ratings = interactions.n_ratings
    if not split.train.n_ratings or not split.cases:
        what = "to judge by" if split.train.n_ratings else "to learn from"
        raise UnsupportedError(
            f"protocol {request.protocol}, {run.name}: of {n_ratings} ratings none is left {what}"
        )
    return split


def _draw_figures(path: Path) -> None:
    # Drawing is a program of its own: whoever uses the engine should not load matplotlib.
    words = [sys.executable, "-m", FIGURES, str(path)]
    if subprocess.run(words, check=False).returncode:  # noqa: S603 - ours
        raise UnsupportedError(f"the report stands in {path}, but its figures could not be drawn")


def _lines(request: Request) -> list[Line]:
    return [Line(model=name, settings=request.settings.get(name, {})) for name in request.models]


def _judge_all(lines: Sequence[Line], split: Split, run: Run) -> None:
    catalogue = Catalogue.of(split.train)
    for line in lines:
        model = line.build(seed=run.seed)
        cost = measure(lambda: model.fit(split.train))  # noqa: B023 - called at once
        with blas_threads(SERVE_THREADS):
            judgement = judge_variety(
                run.protocol.judge(model, split),
                split.cases,
                catalogue,
                least_stars=run.protocol.least_stars,
            )
            cost = replace(cost, milliseconds_a_list=time_lists(model, split.cases))
        line.judgements.append(judgement)
        line.costs.append(cost)


def _tune(
    interactions: Interactions,
    run: Run,
    request: Request,
    document: dict[str, Any],
    *,
    out: Path,
    stream: IO[str],
) -> None:
    aims = _aims(interactions, run, request)
    for name in request.models:
        found = tune_model(
            name,
            aims,
            trials=request.trials,
            seed=request.seed,
            settings=request.settings.get(name, {}),
        )
        _write(out / f"{name}.json", {**document, "date": _today(), **found})
        stream.write(describe_winner(found))


def _aims(interactions: Interactions, run: Run, request: Request) -> list[Aim]:
    protocols = {request.protocol: run.protocol}
    protocols |= {name: PROTOCOLS[name] for name in request.more_protocols}
    return [
        aim_at(name, protocol, interactions, metric=request.objective, seed=run.seed)
        for name, protocol in protocols.items()
    ]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path
