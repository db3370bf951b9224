"""Run one model on one world in processes of its own, and score what it answers."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.peers.environments import python_of
from benchmarks.peers.places import ROOT
from benchmarks.peers.plan import TASKS, Own, Peer
from benchmarks.peers.scorer import Scores, score_lists, score_stars
from benchmarks.peers.world_files import WorldFiles, data_files

CANDIDATES_KEPT = 1500
LEAST_RANKED = 10
FULL_RANKING = 1_000_000
OWN_THREADS, PEER_THREADS = 2, 1
Result = dict[str, Any]
Trial = tuple[Mapping[str, Any], Sequence[str]]
Part = tuple[WorldFiles, Sequence[Trial]]


def run_peer(peer: Peer, parts: Sequence[Part]) -> list[list[dict[str, Result]]]:
    """Fit a peer once for each trial of each part; return results by task, in that order.

    All in one process: libraries that compile themselves do so once.
    """
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        place = Path(name)
        job = {
            "adapter": peer.name,
            "report": str(place / "report.json"),
            "parts": [
                {"ratings": str(world.ratings), "trials": _trials(world, trials, place / str(at))}
                for at, (world, trials) in enumerate(parts)
            ],
        }
        (place / "job.json").write_text(json.dumps(job), encoding="utf-8")
        command = [python_of(peer.environment), "-m", "benchmarks.peers.adapters"]
        usage = _measure([*command, place / "job.json"], threads=PEER_THREADS)
        report = json.loads((place / "report.json").read_text(encoding="utf-8"))
        common = {"peak_megabytes": usage["peak_megabytes"], "versions": report["versions"]}
        return [
            _results(world, trials, report["parts"][at], place / str(at), common)
            for at, (world, trials) in enumerate(parts)
        ]


def _trials(world: WorldFiles, trials: Sequence[Trial], place: Path) -> list[dict[str, Any]]:
    place.mkdir()
    return [
        {
            "params": params,
            "tasks": [_ask(world, task, place / f"{at}-{task}.csv") for task in tasks],
        }
        for at, (params, tasks) in enumerate(trials)
    ]


def _results(
    world: WorldFiles,
    trials: Sequence[Trial],
    told: Sequence[Mapping[str, Any]],
    place: Path,
    common: Mapping[str, Any],
) -> list[dict[str, Result]]:
    return [
        {
            task: {
                "params": dict(params),
                "scores": _score(world, task, place / f"{at}-{task}.csv"),
                "fit_seconds": told[at]["fit_seconds"],
                "milliseconds": 1e3 * _each(told[at]["tasks"][task]),
                **common,
            }
            for task in tasks
        }
        for at, (params, tasks) in enumerate(trials)
    ]


def _each(told: Mapping[str, float]) -> float:
    return told["seconds"] / max(told["asked"], 1)


def _ask(world: WorldFiles, task: str, out: Path) -> dict[str, Any]:
    rule = TASKS[task]
    candidates = world.candidates(task)
    return {
        "name": task,
        "kind": rule.kind,
        "history": str(world.history(task)),
        "asked": str(world.asked(task)),
        "candidates": str(candidates) if candidates else None,
        "k": max(rule.depth, rule.recall_depth),
        "out": str(out),
    }


def fit_own(own: Own, world: WorldFiles, artefact: Path) -> Result:
    """Fit one of the engine's models by its command line; return seconds and memory."""
    command = [*_engine("fit"), "--ratings", world.ratings, *_side_files(world)]
    usage = _measure([*command, "--model", own.model, "--out", artefact], threads=OWN_THREADS)
    return {
        "fit_seconds": usage["seconds"],
        "peak_megabytes": usage["peak_megabytes"],
        "artefact_megabytes": sum(path.stat().st_size for path in artefact.iterdir()) / 1e6,
    }


def serve_own(own: Own, world: WorldFiles, task: str, artefact: Path) -> Result:
    """Let a fitted artefact answer one task by the engine's command line; return the result."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        place = Path(name)
        asked = pd.read_csv(world.asked(task))
        asked.head(1).to_csv(place / "one.csv", index=False)
        seconds = []
        for who, out in ((place / "one.csv", "one-out.csv"), (world.asked(task), "out.csv")):
            command = _serving(own, world, task, artefact, asked=who)
            usage = _measure([*command, "--out", place / out], threads=1)
            seconds.append(usage["seconds"])
        if own.has_intervals and TASKS[task].kind == "stars":
            _add_intervals(world, task, artefact, place / "out.csv")
        scores = _score(world, task, place / "out.csv")
        # The first run reads the files and loads the model too: what is more is the answers.
        each = max(seconds[1] - seconds[0], 0.0) / max(len(asked) - 1, 1)
        return {"scores": scores, "milliseconds": 1e3 * each}


def _add_intervals(world: WorldFiles, task: str, artefact: Path, predictions: Path) -> None:
    """Put the bounds of 80 % beside the predictions."""
    bounds = predictions.with_name("bounds.csv")
    command = [sys.executable, "-m", "benchmarks.peers.intervals", artefact]
    _measure([*command, world.history(task), world.asked(task), bounds], threads=1)
    both = pd.read_csv(predictions).assign(**pd.read_csv(bounds)[["low", "high"]])
    both.to_csv(predictions, index=False)


def _serving(
    own: Own, world: WorldFiles, task: str, artefact: Path, *, asked: Path
) -> list[str | Path]:
    """Return the command without --out."""
    history = ["--model", artefact, "--history", world.history(task)]
    rule = TASKS[task]
    if rule.kind == "stars":
        return [*_engine("predict"), *history, "--pairs", asked]
    k = str(_list_length(world, task))
    return [*_engine("recommend"), *history, "--users", asked, "-k", k, *own.recommend_options]


def _list_length(world: WorldFiles, task: str) -> int:
    """Return how long a list must be: the engine ranks all movies, the scorer keeps candidates."""
    candidates = world.candidates(task)
    if candidates is None:
        return max(TASKS[task].depth, TASKS[task].recall_depth)
    is_personal = "userId" in pd.read_csv(candidates, nrows=0).columns
    return CANDIDATES_KEPT if is_personal else FULL_RANKING


def _engine(command: str) -> list[str | Path]:
    return [sys.executable, "-m", "recommendations.engine", command]


def _side_files(world: WorldFiles) -> list[str | Path]:
    directory = data_files(world.data)
    arguments: list[str | Path] = []
    for name in ("movies", "metadata", "demographics"):
        path = directory / f"{name}.csv"
        if path.exists():
            arguments += [f"--{name}", path]
    return arguments


def _score(world: WorldFiles, task: str, path: Path) -> Result:
    rule = TASKS[task]
    answers = pd.read_csv(world.answers(task))
    given = pd.read_csv(path)
    if rule.kind == "stars":
        return _as_result(score_stars(answers, given))
    candidates = world.candidates(task)
    allowed = pd.read_csv(candidates) if candidates else None
    if allowed is not None and "userId" in allowed.columns:
        _check_that_enough_is_ranked(given, allowed)
    return _as_result(
        score_lists(
            answers,
            given,
            depth=rule.depth,
            recall_depth=rule.recall_depth,
            history=pd.read_csv(world.history(task)),
            candidates=allowed,
            least_stars=rule.least_stars,
        )
    )


def _check_that_enough_is_ranked(given: pd.DataFrame, allowed: pd.DataFrame) -> None:
    """Raise where a cut list could hide one of the ten best candidates."""
    ranked = given.merge(allowed, on=["userId", "movieId"]).groupby("userId").size()
    if ranked.min() < LEAST_RANKED:
        raise ValueError(f"a list holds only {ranked.min()} candidates of user {ranked.idxmin()}")


def _as_result(scores: Scores) -> Result:
    return {"user_ids": scores.user_ids, "metrics": scores.metrics, "totals": scores.totals}


def _measure(command: Iterable[str | Path], *, threads: int) -> dict[str, float]:
    """Run a command and return its seconds and peak memory; BENCH_PREFIX may hold a queue."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        prefix = shlex.split(os.environ.get("BENCH_PREFIX", ""))
        timed = [sys.executable, str(Path(__file__).with_name("timed.py")), report.name]
        limits = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads)
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": str(threads)}
        parts = [*prefix, "env", *(f"{name}={value}" for name, value in limits.items()), *timed]
        done = subprocess.run(
            [*parts, *map(str, command)],
            cwd=ROOT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{shlex.join(map(str, command))}\n{done.stderr[-3000:]}")
        return json.loads(Path(report.name).read_text(encoding="utf-8"))
