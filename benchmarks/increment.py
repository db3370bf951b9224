"""An increment beside the fit it stands in for: its time, and how far the outcome is from a refit.

    make bench-increment [ARGS="--set ml-100k --people 150"]

Some people's newest ratings (a tenth of each history, at least one) are taken out of a MovieLens
set; the hybrid is fitted on the rest, and an increment puts them back. The same is fitted anew in
the same run. Writes the table of docs/performance.md, unless something else is asked for.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from benchmarks.movielens import SETS, write_csv_files
from benchmarks.page import format_table, say, write_table
from recommendations.engine import artefacts
from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.history import History
from recommendations.engine.increments import update
from recommendations.engine.increments.linear import update_layer
from recommendations.engine.increments.people import World
from recommendations.engine.increments.state import StateWriter, TrainerState
from recommendations.engine.increments.update import Changes, update_hybrid
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent
from recommendations.engine.models.dropout_ridge import solve
from recommendations.engine.models.ease import Ease, EaseLayer
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.recording import recording

Value = TypeVar("Value")
Row = tuple[str, str, str]
GOAL = 0.15
JUDGES = 500
TOP = 20
STRONGEST = 300
WORTH_A_ROW = 0.1
USUAL_SET, USUAL_PEOPLE = "ml-1m", 1_000


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of processor time, which other programs disturb less."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processor:.2f} s of processor)"

    def share_of(self, whole: "Cost") -> str:
        """Return which share of a whole this is, by both."""
        by_processor = self.processor / whole.processor
        return f"{self.clock / whole.clock:.1%} ({by_processor:.1%} of its processor time)"


def timed(work: Callable[[], Value]) -> tuple[Value, Cost]:
    clock, processor = time.perf_counter(), time.process_time()
    value = work()
    return value, Cost(time.perf_counter() - clock, time.process_time() - processor)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--set", choices=SETS, default=USUAL_SET)
    parser.add_argument("--people", type=int, default=USUAL_PEOPLE)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return compare(Path(name), given)


def compare(directory: Path, given: argparse.Namespace) -> int:
    after = read(given.set, directory / "csv")
    before, changes = take_out(after, n_people=given.people, seed=given.seed)
    state_directory, base_directory = directory / "state", directory / "000001"
    base, with_state = timed(lambda: fit_base(before, state_directory, base_directory))
    say(f"fit of the base, leaving its state: {with_state}")
    refit, full = timed(lambda: Hybrid().fit(after))
    say(f"full fit: {full}")
    parts = watch_parts()
    updated, taken = timed(
        lambda: make_increment(base_directory, state_directory, changes, directory / "000002")
    )
    state = TrainerState.load(state_directory)
    world = World.of(state.interactions(), changes.people, changed=np.unique(changes.changed))
    judges = np.random.default_rng(given.seed + 1).choice(after.n_users, JUDGES, replace=False)
    histories = [after.history_of(int(user)) for user in judges]
    n_new = after.n_ratings - before.n_ratings
    written = f"{size_of(directory / '000002')}, {size_of(state_directory)}"
    rows: list[Row] = [
        (
            f"increment: {given.people:,} of {after.n_users:,} people gave {n_new:,} ratings",
            str(taken),
            "",
        ),
        *((f"`{name}`, beside others", f"{cost:.2f} s", "") for name, cost in parts.items()),
        ("full fit", str(full), ""),
        ("share of the full fit", taken.share_of(full), f"{GOAL:.0%}"),
        ("arrays written, state", written, ""),
        *distances(base, updated, refit, histories),
        *linear(cast("Ease", base.components_["ease"]), state.part("ease"), world, histories),
    ]
    table = format_table(("what", "figure", "goal"), *rows)
    say(table)
    if (given.set, given.people) == (USUAL_SET, USUAL_PEOPLE):
        write_table(table, target="bench-increment")
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


def take_out(after: Interactions, *, n_people: int, seed: int) -> tuple[Interactions, Changes]:
    """Return the world without the newest ratings of some people, and what puts them back."""
    rng = np.random.default_rng(seed)
    people = np.sort(rng.choice(after.n_users, size=n_people, replace=False))
    changes = Changes(
        people=replace(after.keep_users(people), content=None, given_tags=None),
        changed=after.user_ids[people],
        new_content=ItemContent(),
    )
    return after.keep_ratings(~newest_of(after, people)), changes


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


def watch_parts() -> dict[str, float]:
    """Return the seconds on the clock of each component, once it has been updated."""
    plain = update._update  # noqa: SLF001 - the one place every component passes
    parts: dict[str, float] = {}

    def watched(model: Recommender, state: TrainerState, world: World) -> Recommender:
        updated, taken = timed(lambda: plain(model, state, world))
        name = state.prefix.rstrip(".")
        if name and "." not in name and taken.clock >= WORTH_A_ROW:
            parts[name] = taken.clock
        return updated

    update._update = watched  # noqa: SLF001
    return parts


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


def distances(base: Hybrid, updated: Hybrid, refit: Hybrid, histories: list[History]) -> list[Row]:
    """Return how near a refit the increment, and the base, are."""
    rows: list[Row] = [
        (
            f"top {TOP} of {name} shared with a refit (before)",
            f"{shared(ours, theirs, histories):.1%} ({shared(old, theirs, histories):.1%})",
            "",
        )
        for name, old, ours, theirs in [
            ("the hybrid", base, updated, refit),
            *(
                (f"`{each}`", base.components_[each], ours, refit.components_[each])
                for each, ours in updated.components_.items()
            ),
        ]
    ]
    everything = np.arange(refit.n_items)
    stars = [
        [model.predict(history, everything) for history in histories[:100]]
        for model in (base, updated, refit)
    ]
    errors = [float(np.abs(np.subtract(each, stars[2])).mean()) for each in stars[:2]]
    stars_row = ("expected stars differ (before)", f"{errors[1]:.3f} ({errors[0]:.3f})", "")
    return [*rows, stars_row]


def linear(ease: Ease, state: TrainerState, world: World, histories: list[History]) -> list[Row]:
    """Return how near a refit with the same normaliser the linear layers are."""
    rows: list[Row] = []
    for name, layer in ease.components_.items():
        own = state.part(name)
        ours = update_layer(cast("EaseLayer", layer), own, world)
        theirs = refit_layer(ours, own, world)
        distance = float(np.abs(np.asarray(ours.weights_) - np.asarray(theirs.weights_)).max())
        few = replace(cast("EaseLayer", layer), dense_items=1, neighbours=STRONGEST)
        few.restore(items=layer.items_, training=layer.training_, arrays=layer.arrays())
        pruned = update_layer(few, own, world)
        common = shared(pruned, refit_layer(pruned, own, world), histories)
        rows += [
            (f"weights of the {name} layer differ by at most", f"{distance:.1e}", "1e-4"),
            (f"with its {STRONGEST} strongest, top {TOP} shared", f"{common:.2%}", "99 %"),
        ]
    return rows


def refit_layer(layer: EaseLayer, state: TrainerState, world: World) -> EaseLayer:
    """Return the layer fitted on everybody after, with the same ridge and normaliser."""
    fresh = replace(layer)
    fresh.items_, fresh.training_ = layer.items_, layer.training_
    fresh.choose_active(world.after)
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    fresh.learn_weights(fresh.regression(world.after, ridge=ridge, normaliser=normaliser), solve)
    return fresh


if __name__ == "__main__":
    sys.exit(main())
