"""The evaluate command: a table for people, JSON for programs."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from recommendations.engine.csv_files import read_ratings
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.evaluation.fixed_splits import read_ncf
from recommendations.engine.evaluation.judge import Judgement
from recommendations.engine.evaluation.protocols import (
    FILES,
    FOLDS,
    NCF,
    PROTOCOLS,
    Protocol,
    files_protocol,
    fold_protocol,
    ncf_protocol,
)
from recommendations.engine.evaluation.report import Line, describe, format_tables
from recommendations.engine.evaluation.splits import Split
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import build_model
from recommendations.engine.threads import SERVE_THREADS, blas_threads


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to evaluate: a protocol with what it needs, models, a seed and how often.

    `repeats` draws the split anew with seed, seed + 1 and so on. `folds` belongs to kfold,
    `tests` (rating files, a split each) to files, and `ncf` (a directory) to ncf.
    """

    protocol: str
    models: Sequence[str]
    seed: int = 7
    repeats: int = 1
    folds: int = 5
    tests: Sequence[Path] = ()
    ncf: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One split of a request: the protocol it follows, its seed, and a name for the report."""

    name: str
    protocol: Protocol
    seed: int


def evaluate(files: InputFiles, request: Request, *, out: Path, stream: IO[str]) -> None:
    """Fit and judge each model on each split; write tables to `stream`, JSON into `out`.

    Raises `UnsupportedError` where the protocol misses something it needs.
    """
    interactions, runs = _prepare(files, request)
    lines = [Line(model=name) for name in request.models]
    for run in runs:
        split = run.protocol.split(interactions, run.seed)
        for line in lines:
            line.add(*_fit_and_judge(line.model, split, run))
    out.mkdir(parents=True, exist_ok=True)
    document = {
        "protocol": request.protocol,
        "seed": request.seed,
        "runs": [run.name for run in runs],
        **describe(lines, seed=request.seed),
    }
    path = out / f"{request.protocol}.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    stream.write(format_tables(lines, shown=runs[0].protocol.shown, seed=request.seed))


def _prepare(files: InputFiles, request: Request) -> tuple[Interactions, list[Run]]:
    if request.protocol == FILES:
        if not request.tests:
            raise UnsupportedError("protocol files needs --test T.csv")
        tests = [read_ratings(path) for path in request.tests]
        names = [path.name for path in request.tests]
        rules = [files_protocol(test) for test in tests]
        runs = [
            Run(name=name, protocol=rule, seed=request.seed)
            for name, rule in zip(names, rules, strict=True)
        ]
        return load_interactions(files, also=tests), runs
    if request.protocol == NCF:
        if request.ncf is None:
            raise UnsupportedError("protocol ncf needs --ncf DIR")
        drawn = read_ncf(request.ncf)
        runs = [Run(name=NCF, protocol=ncf_protocol(drawn), seed=request.seed)]
        return load_interactions(files, also=[drawn.test]), runs
    return load_interactions(files), list(_drawn_runs(request))


def _drawn_runs(request: Request) -> Iterator[Run]:
    for seed in range(request.seed, request.seed + request.repeats):
        if request.protocol != FOLDS:
            yield Run(name=f"seed {seed}", protocol=PROTOCOLS[request.protocol], seed=seed)
            continue
        for fold in range(request.folds):
            rules = fold_protocol(fold, request.folds)
            yield Run(name=f"seed {seed}, fold {fold + 1}", protocol=rules, seed=seed)


def _fit_and_judge(name: str, split: Split, run: Run) -> tuple[Judgement, float]:
    model = build_model({"model": name, "hyperparameters": {"seed": run.seed}})
    start = time.perf_counter()
    model.fit(split.train)
    fit_seconds = time.perf_counter() - start
    with blas_threads(SERVE_THREADS):
        return run.protocol.judge(model, split), fit_seconds
