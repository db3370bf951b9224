"""Fit one peer and answer tasks: `python -m benchmarks.peers.adapters JOB.json`.

The job names an adapter and parts: a training file with trials, which are hyperparameters with the
tasks to answer.
Beside the answers a report is written: versions, seconds to fit, seconds to answer.
"""

import json
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.peers.adapters import lenskit_, lists, references, stars

ADAPTERS = {**stars.ADAPTERS, **lists.ADAPTERS, **lenskit_.ADAPTERS, **references.ADAPTERS}
LIBRARIES = ("scikit-surprise", "implicit", "pm-implicit", "RecTools", "lenskit", "myfm")


def run(job: dict[str, Any]) -> None:
    if job["adapter"] in lenskit_.ADAPTERS:
        warm_up(job)
    report = {
        "versions": versions(),
        "parts": [run_part(job["adapter"], part) for part in job["parts"]],
    }
    Path(job["report"]).write_text(json.dumps(report), encoding="utf-8")


def warm_up(job: dict[str, Any]) -> None:
    """Let LensKit compile itself, which takes half a minute at its first use and is not fitting."""
    part = job["parts"][0]
    few = pd.read_csv(part["ratings"], nrows=500)
    ADAPTERS[job["adapter"]](part["trials"][0]["params"]).fit(few)


def run_part(name: str, part: dict[str, Any]) -> list[dict[str, Any]]:
    """Fit each trial on one training file and let it answer its tasks."""
    train = pd.read_csv(part["ratings"])
    results = []
    for trial in part["trials"]:
        adapter = ADAPTERS[name](trial["params"])
        started = time.perf_counter()
        adapter.fit(train)
        fit_seconds = time.perf_counter() - started
        tasks = {task["name"]: answer(adapter, task) for task in trial["tasks"]}
        results.append({"fit_seconds": fit_seconds, "tasks": tasks})
    return results


def answer(adapter: Any, task: dict[str, Any]) -> dict[str, float]:
    """Write what the model answers to one task; return how long it took, for how many."""
    history = pd.read_csv(task["history"])
    asked = pd.read_csv(task["asked"])
    started = time.perf_counter()
    if task["kind"] == "stars":
        predictions = adapter.predict(asked, history)
        seconds = time.perf_counter() - started
        answers = asked.assign(prediction=predictions)
    else:
        candidates = pd.read_csv(task["candidates"]) if task["candidates"] else None
        answers = adapter.recommend(asked["userId"].to_numpy(), history, task["k"], candidates)
        seconds = time.perf_counter() - started
    answers.to_csv(task["out"], index=False)
    return {"seconds": seconds, "asked": len(asked)}


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for library in (*LIBRARIES, "numpy", "scipy"):
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
