"""Both ways to solve a changed linear model, by the share of its items that were touched.

    python -m benchmarks.woodbury [--items 4000] [--shares .25 .4]

Ratings are made up; only the size matters. Seconds are processor time on one BLAS thread, the
least of three. Where the two meet is `WOODBURY_BELOW` of `engine/increments/linear.py`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.made_up import make_ratings
from benchmarks.page import format_table
from recommendations.engine.increments.gram_change import Change
from recommendations.engine.increments.linear import solve_again, solve_by_woodbury
from recommendations.engine.increments.state import StateWriter, TrainerState
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.ease import EaseLayer
from recommendations.engine.recording import recording
from recommendations.engine.threads import blas_threads

MORE_PEOPLE, RATINGS_EACH = 500, 22


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=4_000)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.25, 0.3, 0.35, 0.4, 0.45])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    n_people = given.items + MORE_PEOPLE  # fewer would be solved on the side of the people
    ratings = make_ratings(n_users=n_people, n_items=given.items, n_ratings=RATINGS_EACH * n_people)
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write(f"{compare(ratings, Path(name) / 'state', given)}\n")


def compare(ratings: Interactions, directory: Path, given: argparse.Namespace) -> str:
    layer = EaseLayer(min_ratings=1, dense_items=given.items)
    writer = StateWriter(directory)
    with recording(writer.keep):
        layer.fit(ratings)
    writer.finish(artefact_sha256="0" * 64, interactions=ratings)
    state = TrainerState.load(directory)
    ridge, normaliser = state.number("ridge"), state.number("normaliser")
    problem = layer.regression(ratings, ridge=ridge, normaliser=normaliser)
    places = np.arange(len(layer.active_items_))

    def again(change: Change) -> object:
        return solve_again(problem, change, state, places=places, neighbours=None)

    def by_woodbury(change: Change) -> object:
        return solve_by_woodbury(problem, change, state, neighbours=None)

    with blas_threads(1):
        for name in ("inverse", "diagonal"):
            state.array(name)  # both are checked once
        usual = least_seconds(again, Change(touched=places), given.rounds)
        rows = [
            (f"{share:.0%}", f"{usual:.2f} s", f"{taken:.2f} s", f"{taken / usual:.2f}")
            for share in given.shares
            for touched in [places[: int(share * len(places))]]
            for taken in [least_seconds(by_woodbury, Change(touched=touched), given.rounds)]
        ]
    head = (f"touched of {len(places):,} items", "inverted again", "by Woodbury", "ratio")
    return format_table(head, *rows)


def least_seconds(solve: Callable[[Change], object], change: Change, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        solve(change)
        taken.append(time.process_time() - started)
    return min(taken)


if __name__ == "__main__":
    main()
