"""Find each peer's hyperparameters on validation data inside the training part of split 1.

Every model has at most the same number of trials, declared in `plan`. The best of them on the
validation part is kept for each task, whatever it does on the test part.
"""

import fcntl
import logging
from typing import Any

import numpy as np

from benchmarks.peers.places import TUNED, VAR, read_json, write_json
from benchmarks.peers.plan import (
    LARGE,
    PEERS,
    TASKS,
    TUNED_AS,
    TUNING_SEED,
    WORLDS,
    Peer,
)
from benchmarks.peers.runner import run_peer
from benchmarks.peers.world_files import open_tuning_world, open_world

logger = logging.getLogger(__name__)
COMMAND = "make bench-peers TUNE=1"


def load_tuned() -> dict[str, Any]:
    """Return what tuning found: data / world / task / model."""
    return read_json(TUNED) or {"command": COMMAND}


def params_of(peer: Peer, data: str, world: str, task: str) -> dict[str, Any]:
    """Return the hyperparameters found for a peer; raise `KeyError` where it was not tuned."""
    if data == LARGE and peer.large_params is not None:
        return dict(peer.large_params)
    trials = peer.trials_for(world)
    if len(trials) == 1:
        return trials[0]
    source = peer.choice_from.get(data, data)
    found = load_tuned()[source][TUNED_AS.get(world, world)][task][peer.tuned_as or peer.name]
    return dict(found["params"])


def needs_tuning(peer: Peer, data: str, world: str) -> bool:
    """Return whether there is a choice to make for this peer on this data."""
    is_given = data == LARGE and peer.large_params is not None
    is_taken_over = peer.tuned_as or is_given or data in peer.choice_from
    return not is_taken_over and len(peer.trials_for(world)) > 1


def tune(*, data: str, world: str, peer: Peer, is_fresh: bool) -> None:
    """Run a peer's trials on validation data and store the best for each task."""
    if not needs_tuning(peer, data, world) or world in TUNED_AS:
        return
    files = open_tuning_world(open_world(data, world, WORLDS[data][world][0]), seed=TUNING_SEED)
    tasks = [task for task in files.tasks() if task in peer.tasks]
    tuned = load_tuned().get(data, {}).get(world, {})
    trials = peer.trials_for(world)
    is_done = all(
        [each["params"] for each in tuned.get(task, {}).get(peer.name, {}).get("tried", [])]
        == trials
        for task in tasks
    )
    if not tasks or (is_done and not is_fresh):
        return
    results = run_peer(peer, [(files, [(trial, tasks) for trial in trials])])[0]
    for task in tasks:
        losses = [loss_of(TASKS[task].kind, result[task]["scores"]) for result in results]
        best = int(np.argmin(losses))
        _store(data, world, task, peer.name, _found(trials, losses, best))
        logger.info("%s %s %s %s: %s", data, world, task, peer.name, trials[best])


def loss_of(kind: str, scores: dict[str, Any]) -> float:
    """Return what tuning makes small: the squared error, or minus NDCG."""
    metrics = scores["metrics"]
    if kind == "stars":
        return float(sum(metrics["squared"]) / sum(metrics["count"]))
    return -float(np.mean(metrics["ndcg"]))


def _found(trials: list[dict[str, Any]], losses: list[float], best: int) -> dict[str, Any]:
    tried = [
        {"params": trial, "loss": round(loss, 5)}
        for trial, loss in zip(trials, losses, strict=True)
    ]
    return {"params": trials[best], "loss": round(losses[best], 5), "tried": tried}


def _store(data: str, world: str, task: str, model: str, found: dict[str, Any]) -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "tuning.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tuned = load_tuned()
        place = tuned.setdefault(data, {}).setdefault(world, {}).setdefault(task, {})
        place[model] = found
        write_json(TUNED, tuned, indent=1)


def peers_of(names: set[str] | None) -> list[Peer]:
    """Return the peers of these names, or all."""
    return [peer for peer in PEERS if names is None or peer.name in names]
