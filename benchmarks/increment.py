"""An increment beside the fit it stands in for: its time, and how far the outcome is from a refit.

    make bench-increment [ARGS="--set ml-100k --people 150"]

Some people's newest ratings (a tenth of each history, at least one) are taken out of a MovieLens
set; the hybrid is fitted on the rest, and an increment puts them back. The same is fitted anew in
the same run. Also times both ways to solve the linear model at growing shares of touched items.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from benchmarks.movielens import SETS, write_csv_files
from recommendations.engine import artefacts
from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.history import History
from recommendations.engine.increments import update
from recommendations.engine.increments.gram_change import Change
from recommendations.engine.increments.linear import (
    solve_again,
    solve_by_woodbury,
    update_layer,
)
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import StateWriter, TrainerState
from recommendations.engine.increments.update import Changes, update_hybrid
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.models.dropout_ridge import solve
from recommendations.engine.models.ease import Ease, EaseLayer
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.recording import recording
from recommendations.engine.threads import FIT_THREADS, blas_threads

Value = TypeVar("Value")
GOAL = 0.15
JUDGES = 500
TOP = 20
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
STRONGEST = 300


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of processor time, which other programs disturb less."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processor)"


def timed(work: Callable[[], Value]) -> tuple[Value, Cost]:
    clock, processor = time.perf_counter(), time.process_time()
    value = work()
    return value, Cost(time.perf_counter() - clock, time.process_time() - processor)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--set", choices=SETS, default="ml-1m")
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return compare(Path(name), given)


def compare(directory: Path, given: argparse.Namespace) -> int:
    after = read(given.set, directory / "csv")
    rng = np.random.default_rng(given.seed)
    people = np.sort(rng.choice(after.n_users, size=given.people, replace=False))
    before = after.keep_ratings(~newest_of(after, people))
    say(
        f"{given.set}: {after.n_ratings:,} ratings by {after.n_users:,} people, of which "
        f"{given.people:,} gave {after.n_ratings - before.n_ratings:,} since the fit"
    )
    state_directory, base_directory = directory / "state", directory / "000001"
    base, with_state = timed(lambda: fit_base(before, state_directory, base_directory))
    say(f"fit of the base, leaving its state: {with_state}, {size_of(state_directory)}")
    refit, full = timed(lambda: Hybrid().fit(after))
    say(f"full fit: {full}")
    changes = Changes(
        people=replace(after.keep_users(people), content=None, given_tags=None),
        changed=after.user_ids[people],
        new_content=ItemContent(),
    )
    watch_parts()
    updated, taken = timed(
        lambda: make_increment(base_directory, state_directory, changes, directory / "000002")
    )
    written = size_of(directory / "000002")
    say(
        f"increment: {taken}, {taken.clock / full.clock:.1%} of the full fit "
        f"({taken.processor / full.processor:.1%} of its processor time), {written}"
    )
    histories = [
        after.history_of(int(user)) for user in rng.choice(after.n_users, JUDGES, replace=False)
    ]
    tell_distances(base, updated, refit, histories)
    state = TrainerState.load(state_directory)
    world = World.of(state.interactions(), changes.people, changed=np.unique(changes.changed))
    tell_linear(cast("Ease", base.components_["ease"]), state.part("ease"), world, histories)
    return int(taken.clock > GOAL * full.clock)


def read(name: str, directory: Path) -> Interactions:
    write_csv_files(name, directory)

    def given(file: str) -> Path | None:
        path = directory / f"{file}.csv"
        return path if path.exists() else None

    files = InputFiles(
        ratings=directory / "ratings.csv",
        movies=given("movies"),
        metadata=given("metadata"),
        demographics=given("demographics"),
    )
    return load_interactions(files)


def newest_of(world: Interactions, people: IndexArray) -> BoolArray:
    """Return which ratings are among the newest tenth of one of these people."""
    counts = np.diff(world.user_items.indptr)
    is_newest = world.sequence >= (counts - np.maximum(counts // 10, 1))[world.rating_users]
    return np.asarray(is_newest & np.isin(world.rating_users, people))


def fit_base(before: Interactions, state_directory: Path, directory: Path) -> Hybrid:
    writer = StateWriter(state_directory)
    with recording(writer.keep):
        model = Hybrid().fit(before)
    sha256 = artefacts.save(model, directory)
    writer.finish(artefact_sha256=sha256, interactions=before)
    return model


def make_increment(base: Path, state_directory: Path, changes: Changes, directory: Path) -> Hybrid:
    model = cast("Hybrid", artefacts.load(base))
    updated = update_hybrid(model, TrainerState.load(state_directory), changes)
    artefacts.save(updated, directory, base=base)
    return updated


def watch_parts() -> None:
    """Say how long each component takes."""
    plain = update._update  # noqa: SLF001 - the one place every component passes

    def watched(model: Recommender, state: TrainerState, world: World) -> Recommender:
        updated, taken = timed(lambda: plain(model, state, world))
        say(f"  {state.prefix.rstrip('.')}: {taken}")
        return updated

    update._update = watched  # noqa: SLF001


def size_of(directory: Path) -> str:
    n_bytes = sum(path.stat().st_size for path in directory.iterdir())
    return f"{n_bytes / 1e6:,.0f} MB"


def top_of(model: Recommender, history: History) -> IndexArray:
    scores = model.score(history).copy()
    scores[history.item_indices] = -np.inf
    return np.argsort(-scores, kind="stable")[:TOP]


def shared(first: Recommender, second: Recommender, histories: list[History]) -> float:
    """Return the mean share of the top 20 that two models have in common."""
    common = [
        len(np.intersect1d(top_of(first, history), top_of(second, history))) / TOP
        for history in histories
    ]
    return float(np.mean(common))


def tell_distances(base: Hybrid, updated: Hybrid, refit: Hybrid, histories: list[History]) -> None:
    say(
        f"top {TOP} of the hybrid shared with a refit: {shared(updated, refit, histories):.1%} "
        f"(before the increment {shared(base, refit, histories):.1%})"
    )
    for name, ours in updated.components_.items():
        theirs = refit.components_[name]
        before = shared(base.components_[name], theirs, histories)
        say(f"  {name}: {shared(ours, theirs, histories):.1%} (before {before:.1%})")
    everything = np.arange(refit.n_items)
    stars = [
        [model.predict(history, everything) for history in histories[:100]]
        for model in (base, updated, refit)
    ]
    errors = [float(np.abs(np.subtract(each, stars[2])).mean()) for each in stars[:2]]
    say(f"expected stars differ from a refit's by {errors[1]:.3f} (before {errors[0]:.3f})")


def tell_linear(ease: Ease, state: TrainerState, world: World, histories: list[History]) -> None:
    for name, layer in ease.components_.items():
        own = state.part(name)
        ours = update_layer(cast("EaseLayer", layer), own, world)
        theirs = refit_layer(ours, own, world)
        distance = float(np.abs(np.asarray(ours.weights_) - np.asarray(theirs.weights_)).max())
        say(f"ease.{name}: weights differ from a refit's by at most {distance:.1e}")
        few = replace(cast("EaseLayer", layer), dense_items=1, neighbours=STRONGEST)
        few.restore(items=layer.items_, training=layer.training_, arrays=layer.arrays())
        pruned = update_layer(few, own, world)
        common = shared(pruned, refit_layer(pruned, own, world), histories)
        say(f"  with the {STRONGEST} strongest a column: {common:.2%} of the top {TOP} shared")
    tell_ways(cast("EaseLayer", layer), own, world.before)


def refit_layer(layer: EaseLayer, state: TrainerState, world: World) -> EaseLayer:
    """Return the layer fitted on everybody after, with the same ridge and normaliser."""
    fresh = replace(layer)
    fresh.items_, fresh.training_ = layer.items_, layer.training_
    fresh.choose_active(world.after)
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    fresh.learn_weights(fresh.regression(world.after, ridge=ridge, normaliser=normaliser), solve)
    return fresh


def tell_ways(layer: EaseLayer, state: TrainerState, before: Interactions) -> None:
    """Time both ways on the layer as it was fitted: its state has these very items."""
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    problem = layer.regression(before, ridge=ridge, normaliser=normaliser)
    n_items = len(layer.active_items_)
    if "gram" not in state:
        return
    places = np.arange(n_items)
    for share in SHARES:
        touched = places[: int(share * n_items)]
        empty = np.zeros((len(touched), len(touched)), dtype=np.float32)
        change = Change(touched=touched, gram=empty, cross=empty)
        with blas_threads(FIT_THREADS):
            ways: Mapping[str, tuple[object, Cost]] = {
                "again": timed(
                    lambda change=change: solve_again(
                        problem, change, state, places=places, neighbours=None
                    )
                ),
                "Woodbury": timed(
                    lambda change=change: solve_by_woodbury(problem, change, state, neighbours=None)
                ),
            }
        figures = ", ".join(f"{name} {taken}" for name, (_, taken) in ways.items())
        say(f"{share:.0%} of {n_items:,} items touched: {figures}")


if __name__ == "__main__":
    sys.exit(main())
