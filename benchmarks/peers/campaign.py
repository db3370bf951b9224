"""Everything that is to be run, in order; what has a result is left alone."""

import hashlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

from benchmarks.peers.places import ROOT, VAR, read_json, result_path, write_json
from benchmarks.peers.plan import LARGE, WORLDS, Own, Peer
from benchmarks.peers.runner import fit_own, run_peer, serve_own
from benchmarks.peers.tuning import params_of
from benchmarks.peers.world_files import WorldFiles, open_world
from recommendations.engine.models import MODELS

logger = logging.getLogger(__name__)


def engine_fingerprint() -> str:
    """Return a hash of the engine's sources: its results are run anew where they changed."""
    digest = hashlib.sha256()
    engine = ROOT / "recommendations" / "engine"
    for path in sorted(engine.rglob("*.py")):
        if "evaluation" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def worlds_of(data: Sequence[str], worlds: Sequence[str] | None) -> Iterator[WorldFiles]:
    """Yield the worlds of these data sets, made where they are missing."""
    for name in data:
        for world, seeds in WORLDS[name].items():
            if worlds is None or world in worlds:
                yield from (open_world(name, world, seed) for seed in seeds)


def run_peers(worlds: Sequence[WorldFiles], peers: Sequence[Peer], *, workers: int) -> None:
    """Run every peer on every world where a result is missing, several at a time."""
    kinds = [list(group) for _, group in groupby(worlds, key=lambda each: (each.data, each.world))]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        jobs = [pool.submit(_run_peer, peer, kind) for kind in kinds for peer in peers]
        for job in jobs:
            job.result()


def _run_peer(peer: Peer, worlds: Sequence[WorldFiles]) -> None:
    parts = [(world, wanted) for world in worlds if (wanted := _missing(peer, world))]
    if not parts:
        return
    for (world, _), trials in zip(parts, run_peer(peer, parts), strict=True):
        for results in trials:
            for task, result in results.items():
                write_json(_path(world, task, peer.name), result)
                _report(world, task, peer.name, result)


def _missing(peer: Peer, world: WorldFiles) -> list[tuple[dict[str, Any], list[str]]]:
    """Return hyperparameters and the tasks for which they have no result yet."""
    most = peer.large_seeds if world.data == LARGE else peer.small_seeds
    if world.data not in peer.data or world.seed > most:
        return []
    wanted: list[tuple[dict[str, Any], list[str]]] = []
    for task in world.tasks():
        if task not in peer.tasks:
            continue
        params = params_of(peer, world.data, world.world, task)
        stored = read_json(_path(world, task, peer.name))
        if stored and stored["params"] == params:
            continue
        same = [tasks for known, tasks in wanted if known == params]
        if same:
            same[0].append(task)
        else:
            wanted.append((params, [task]))
    return wanted


def run_own(worlds: Sequence[WorldFiles], models: Sequence[Own]) -> None:
    """Fit and judge the engine's models where their result is missing or of older sources."""
    fingerprint = engine_fingerprint()
    for world in worlds:
        for name in dict.fromkeys(own.model for own in models if own.model in MODELS):
            _run_model(world, [own for own in models if own.model == name], fingerprint)


def _run_model(world: WorldFiles, models: Sequence[Own], fingerprint: str) -> None:
    wanted = [
        (own, task)
        for own in models
        for task in world.tasks()
        if task in own.tasks
        and (read_json(_path(world, task, own.name)) or {}).get("engine") != fingerprint
    ]
    if not wanted:
        return
    artefact = VAR / "artefacts" / f"{world.data}-{world.world}-{world.seed}-{wanted[0][0].model}"
    shutil.rmtree(artefact, ignore_errors=True)
    fitted = fit_own(wanted[0][0], world, artefact)
    for own, task in wanted:
        result = {**fitted, **serve_own(own, world, task, artefact), "engine": fingerprint}
        write_json(_path(world, task, own.name), result)
        _report(world, task, own.name, result)
    shutil.rmtree(artefact)


def _path(world: WorldFiles, task: str, model: str) -> Any:
    return result_path(world.data, world.world, world.seed, task, model)


def _report(world: WorldFiles, task: str, model: str, result: dict[str, Any]) -> None:
    metrics = result["scores"]["metrics"]
    if "squared" in metrics:
        error = (sum(metrics["squared"]) / sum(metrics["count"])) ** 0.5
        figure = f"RMSE {error:.4f}"
    else:
        figure = f"NDCG {sum(metrics['ndcg']) / max(len(metrics['ndcg']), 1):.4f}"
    place = f"{world.data} {world.world}-{world.seed} {task}"
    logger.info("%s %s: %s, fit %.1f s", place, model, figure, result["fit_seconds"])
