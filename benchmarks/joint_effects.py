"""Measure what two ratings do together to a place, beyond the sum of what each does alone.

    python -m benchmarks.joint_effects --model DIR --history H.csv [--ratings 1000] [--people 8]

`find_drop_set` tries the pairs whose effects have the greatest sum; this tells how far behind the
pairs are that it leaves untried. Margins are scores above the best film that is out of the list.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from recommendations.engine import artefacts
from recommendations.engine.arrays import BoolArray, FloatArray
from recommendations.engine.base import Recommender
from recommendations.engine.counterfactuals import MOST_RESCORED
from recommendations.engine.dataset import load_histories
from recommendations.engine.history import History
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import SERVE_THREADS, blas_threads

LIST_LENGTH, PLACES = 10, (0, 3, 6, 9)
N_BEST, N_RANDOM, SEED, BLOCK = 300, 900, 1, 128


def margins_without(
    model: Recommender, history: History, removals: list[list[int]], *, item: int, others: BoolArray
) -> FloatArray:
    """Return how far the item stays above the best that is out; below 0 it is out itself."""
    margins: list[float] = []
    for start in range(0, len(removals), BLOCK):
        histories = [
            history.take(np.delete(np.arange(history.n_ratings), removal))
            for removal in removals[start : start + BLOCK]
        ]
        scores = model.score_many(histories)
        rivals = -np.partition(-scores[:, others], LIST_LENGTH - 1)[:, LIST_LENGTH - 1]
        margins += (scores[:, item] - rivals).tolist()
    return np.array(margins)


def measure(model: Recommender, history: History, item: int, *, allowed: BoolArray) -> str:
    """Return one line about one place."""
    others = allowed & (np.arange(model.n_items) != item)
    n = history.n_ratings
    start = time.thread_time()
    alone = margins_without(model, history, [[row] for row in range(n)], item=item, others=others)
    cost = 1000 * (time.thread_time() - start) / n
    if (alone < 0).any():
        return f"{(alone < 0).sum()} single ratings do it"
    (whole,) = margins_without(model, history, [[]], item=item, others=others)
    firsts, seconds = np.triu_indices(n, k=1)
    sums = alone[firsts] + alone[seconds] - whole
    order = np.argsort(sums)
    drawn = np.random.default_rng(SEED).integers(N_BEST, len(order), N_RANDOM)
    tried = np.concatenate([order[:N_BEST], order[drawn]])
    pairs = np.column_stack([firsts, seconds])[tried].tolist()
    together = margins_without(model, history, pairs, item=item, others=others)
    most = float((sums[tried] - together).max())
    untried = float(sums[order[min(MOST_RESCORED - n, len(order)) - 1]])
    return (
        f"margin {whole:.3f}, first untried {untried:.3f}, most done together {most:.4f}: "
        f"{untried / most:.1f} times; {(together < 0).sum()} pairs do it; {cost:.1f} ms a scoring"
    )


def main() -> None:
    """Read the options and print a line for each place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--history", type=Path, required=True)
    parser.add_argument("--ratings", type=int, default=1000)
    parser.add_argument("--people", type=int, default=8)
    options = parser.parse_args()
    model = artefacts.load(options.model)
    histories = load_histories(options.history, model.known_items)
    nearest = sorted(histories, key=lambda user: abs(histories[user].n_ratings - options.ratings))
    with blas_threads(SERVE_THREADS):
        for user in nearest[: options.people]:
            history = histories[user]
            allowed = np.ones(model.n_items, dtype=np.bool_)
            allowed[history.item_indices] = False
            best = top_k(model.score(history), LIST_LENGTH, candidates=allowed)
            for place in PLACES:
                line = measure(model, history, int(best[place]), allowed=allowed)
                sys.stdout.write(f"user {user}, place {place + 1}: {line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
