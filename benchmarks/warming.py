"""Measure how fast people's lists are made: everybody's in batch, and one on demand.

    make bench-warming                    # MovieLens 1M, 6,000 of its people

Whole lists are all that is kept of a person: a hundred picks with reasons and moves, the rows of
"because you liked", expected stars. After a training movies are ranked for everybody who was here
lately, and the lists of those who come are completed from that. Histories are read from PostgreSQL
and lists written to Redis, on private servers under var/benchmarks. The plain product is that of
500 people's histories, dense, with a matrix of movies × movies in numpy, on one thread.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.movielens import data_directory
from benchmarks.page import format_table, say, write_table
from benchmarks.private_site import load_site, prepare, summary

ON_DEMAND = 300
PEOPLE_IN_PRODUCT = 500


def product_people_per_second(n_items: int) -> float:
    """Return for how many people a second a plain product scores all items."""
    from recommendations.engine.threads import blas_threads

    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((n_items, n_items), dtype=np.float32)
    histories = rng.standard_normal((PEOPLE_IN_PRODUCT, n_items), dtype=np.float32)
    with blas_threads(1):
        begun, rounds = time.perf_counter(), 0
        while time.perf_counter() - begun < 2.0:
            _ = histories @ matrix
            rounds += 1
    return rounds * PEOPLE_IN_PRODUCT / (time.perf_counter() - begun)


def measure_on_demand(user_ids: list[int]) -> list[float]:
    """Return the milliseconds of reading lists that nobody has made yet, one after the other."""
    from accounts.models import User
    from movies.services.curation import read_curation_revision
    from recommendations.services.cache import forget_lists
    from recommendations.services.personal import read_personal_lists

    times = []
    for user in User.objects.filter(pk__in=user_ids).order_by("?"):
        forget_lists(user_id=user.pk)
        begun = time.perf_counter()
        read_personal_lists(user=user, curation_revision=read_curation_revision())
        times.append((time.perf_counter() - begun) * 1000)
    return times


def measure_batch(
    user_ids: list[int], *, make: Callable[..., Any], product: float
) -> tuple[str, str]:
    """Return how many people's lists were made in a second, and that in plain products."""
    from recommendations.services.cache import forget_lists
    from recommendations.services.warming import warm_people

    for user_id in user_ids:
        forget_lists(user_id=user_id)
    report = warm_people(user_ids, make=make)
    for user_id in user_ids:
        forget_lists(user_id=user_id)
    pace = report.kept / report.seconds
    return (
        f"{pace:,.0f} people/s ({report.kept:,} in {report.seconds:.1f} s)",
        f"{product / pace:.1f}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--people", type=int, default=6_000)
    options = parser.parse_args()
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    prepare()
    load_site(options.data)

    from accounts.models import User
    from config.blas import use_one_blas_thread
    from recommendations.services.store import store
    from recommendations.services.warming import make_block, rank_block

    use_one_blas_thread()
    raters = User.objects.filter(ratings__isnull=False).distinct().order_by("pk")
    user_ids = list(raters.values_list("pk", flat=True)[: options.people])
    n_items = store.get().model.n_items
    measure_on_demand(user_ids[:20])  # what a process reads once
    on_demand = measure_on_demand(user_ids[20 : 20 + ON_DEMAND])
    product = product_people_per_second(n_items)
    ranked, ranked_in_products = measure_batch(user_ids, make=rank_block, product=product)
    whole, whole_in_products = measure_batch(user_ids, make=make_block, product=product)
    goal = "1,000 people/s"
    of_all = f"{n_items:,} movies, {len(user_ids):,} people"
    table = format_table(
        ("what", "figure", "goal", "in plain products"),
        (f"lists of one person on demand, {of_all}", summary(on_demand, "people"), "p95 15 ms", ""),
        ("movies ranked for all in batch, two processes", ranked, goal, ranked_in_products),
        ("whole lists of all in batch, two processes", whole, goal, whole_in_products),
        ("plain product, one thread", f"{product:,.0f} people/s", "", "1"),
    )
    say(table)
    write_table(table, target="bench-warming")


if __name__ == "__main__":
    main()
