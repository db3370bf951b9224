"""What an evaluation is asked for, and the splits that answer it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recommendations.engine.csv_files import read_some_ratings
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.errors import UsageError
from recommendations.engine.evaluation.fixed_splits import NCF_FILES, are_among, read_ncf
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
from recommendations.engine.interactions import Interactions


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to evaluate: a protocol with what it needs, models, a seed and how often.

    `repeats` draws the split anew with seed, seed + 1 and so on. `folds` belongs to kfold,
    `tests` (rating files, a split each) to files, and `ncf` (a directory) to ncf. With `trials`
    above 0 hyperparameters are sought instead, by `objective`, for the protocol and
    `more_protocols` together. `shares` of the people are trained on for a learning curve.
    `settings` are hyperparameters other than a model's own, by model. `command` is what a person
    typed.
    """

    protocol: str
    models: Sequence[str]
    seed: int = 7
    repeats: int = 1
    folds: int = 5
    tests: Sequence[Path] = ()
    ncf: Path | None = None
    trials: int = 0
    objective: str | None = None
    more_protocols: Sequence[str] = ()
    shares: Sequence[float] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    draws_figures: bool = True
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One split of a request: the protocol it follows, its seed, and a name for the report."""

    name: str
    protocol: Protocol
    seed: int


def prepare(files: InputFiles, request: Request) -> tuple[Interactions, list[Run]]:
    """Return the data and the splits to make of it.

    Raises `UsageError` where the protocol misses something it needs, or cannot use what it
    was given.
    """
    if request.tests and request.protocol != FILES:
        raise UsageError(f"--test belongs to protocol files, not to {request.protocol}")
    if request.ncf is not None and request.protocol != NCF:
        raise UsageError(f"--ncf belongs to protocol ncf, not to {request.protocol}")
    if request.protocol == FILES:
        if not request.tests:
            raise UsageError("protocol files needs --test T.csv")
        tests = [read_some_ratings(path) for path in request.tests]
        runs = [
            Run(name=path.name, protocol=files_protocol(test), seed=request.seed)
            for path, test in zip(request.tests, tests, strict=True)
        ]
        return load_interactions(files, also=tests), runs
    if request.protocol == NCF:
        if request.ncf is None:
            raise UsageError("protocol ncf needs --ncf DIR")
        drawn = read_ncf(request.ncf)
        runs = [Run(name=NCF, protocol=ncf_protocol(drawn), seed=request.seed)]
        interactions = load_interactions(files)
        if not are_among(drawn, interactions, request.ncf):
            interactions = load_interactions(files, also=[drawn.test])
        return interactions, runs
    return load_interactions(files), list(_drawn_runs(request))


def input_paths(files: InputFiles, request: Request) -> list[Path]:
    """Return every file an evaluation reads."""
    named = [getattr(files, name) for name in InputFiles.__dataclass_fields__]
    drawn = [] if request.ncf is None else [request.ncf / name for name in NCF_FILES]
    return [path for path in (*named, *request.tests, *drawn) if path is not None]


def _drawn_runs(request: Request) -> Iterator[Run]:
    for seed in range(request.seed, request.seed + request.repeats):
        if request.protocol != FOLDS:
            yield Run(name=f"seed {seed}", protocol=PROTOCOLS[request.protocol], seed=seed)
            continue
        for fold in range(request.folds):
            rules = fold_protocol(fold, request.folds)
            yield Run(name=f"seed {seed}, fold {fold + 1}", protocol=rules, seed=seed)
