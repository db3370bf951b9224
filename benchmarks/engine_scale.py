"""What fitting and serving cost at the size of the largest MovieLens set.

    python -m benchmarks.engine_scale [--items 87000] [--users 40000] [--ratings 4000000]
        [--models popularity bias sequence als content ease]

Fits each model alone on the same made-up ratings, in a process of its own, and prints a Markdown
table: seconds on the clock and of processor, the peak of memory (the ratings included), and
processor milliseconds of one score and of one explanation on one thread.
"""

import argparse
import multiprocessing
import resource
import sys
import time

import numpy as np

from benchmarks.made_up import DAY, TEN_YEARS, content_of, draw_genres
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex
from recommendations.engine.models import build_model
from recommendations.engine.threads import SERVE_THREADS, blas_threads

MODELS = ("popularity", "bias", "sequence", "als", "content", "ease")
TYPICAL_RATINGS = 165
REPEATS = 20


def draw_ratings(*, n_users: int, n_items: int, n_ratings: int, seed: int = 7) -> Interactions:
    """Return about so many ratings, less what was drawn twice: cheap enough for tens of millions.

    Movies are drawn with repetition by odds of 1 / (place + 30), people by log-normal odds.
    """
    rng = np.random.default_rng(seed)
    odds = np.cumsum(1.0 / (np.arange(n_items) + 30.0))
    activity = np.cumsum(rng.lognormal(0.0, 1.0, size=n_users))
    users = np.searchsorted(activity, rng.random(n_ratings) * activity[-1])
    items = np.searchsorted(odds, rng.random(n_ratings) * odds[-1])
    cells = np.unique(users * n_items + items)
    users, items = np.divmod(cells, n_items)
    quality, kindness = rng.normal(scale=0.5, size=n_items), rng.normal(scale=0.4, size=n_users)
    noise = rng.normal(scale=0.9, size=len(cells))
    stars = np.clip(np.round(2 * (3.5 + quality[items] + kindness[users] + noise)) / 2, 0.5, 5.0)
    starts = rng.integers(0, TEN_YEARS * DAY, size=n_users)
    return Interactions.from_arrays(
        user_ids=users + 1,
        item_ids=items + 1,
        stars=stars,
        timestamps=1_000_000_000 + starts[users] + rng.integers(0, DAY, size=len(cells)),
        catalogue=ItemIndex.of(np.arange(1, n_items + 1)),
        content=content_of(draw_genres(n_items, rng), rng),
    )


def processor_milliseconds(function, history) -> float:
    """Return the median processor time for equal histories that no model has met."""
    times = []
    for _ in range(REPEATS):
        fresh = history.take(np.arange(history.n_ratings))
        start = time.process_time()
        function(fresh)
        times.append(time.process_time() - start)
    return 1e3 * float(np.median(times))


def measure(name: str) -> tuple[str, ...]:
    """Fit and serve one model; return its row of the table."""
    start, start_processor = time.monotonic(), time.process_time()
    model = build_model({"model": name}).fit(_interactions[0])
    seconds, processor = time.monotonic() - start, time.process_time() - start_processor
    lengths = np.diff(_interactions[0].user_items.indptr)
    history = _interactions[0].history_of(int(np.argmin(np.abs(lengths - TYPICAL_RATINGS))))
    with blas_threads(SERVE_THREADS):
        score = processor_milliseconds(model.score, history)
        explain = processor_milliseconds(lambda fresh: model.explain(fresh, 5), history)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"`{name}`",
        f"{seconds:.0f} s ({processor:.0f} s of processor)",
        f"{peak:,.0f} MB",
        f"{score:.2f} ms",
        f"{explain:.2f} ms",
    )


_interactions: list[Interactions] = []  # what a forked process finds there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=87_000)
    parser.add_argument("--users", type=int, default=40_000)
    parser.add_argument("--ratings", type=int, default=4_000_000)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    options = parser.parse_args()
    _interactions.append(
        draw_ratings(n_users=options.users, n_items=options.items, n_ratings=options.ratings)
    )
    sys.stdout.write(f"{_interactions[0].n_ratings:,} ratings\n")
    show(("model", "fit", "peak of memory", "one score", "one explanation"))
    show(("---",) * 5)
    for name in options.models:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            show(pool.apply(measure, (name,)))


def show(row: tuple[str, ...]) -> None:
    sys.stdout.write(f"| {' | '.join(row)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
