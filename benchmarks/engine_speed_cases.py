"""The cases of `make bench-engine`; pytest-benchmark runs them, `engine_speed` prints them.

Serving is timed in processor time on one BLAS thread; fitting on the clock, with two.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.made_up import make_ratings
from benchmarks.movielens import data_directory, write_csv_files
from recommendations.engine import artefacts
from recommendations.engine.dataset import InputFiles, load_histories
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.processes import map_forked
from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import FIT_THREADS, SERVE_THREADS, blas_threads

ROOT = Path(__file__).resolve().parents[1]
TIMED = ROOT / "benchmarks" / "peers" / "timed.py"
LIST_LENGTH = 100
SINGLE_ROUNDS = 200
PEOPLE_AT_ONCE = 500
BLOCKS = 8
TYPICAL_RATINGS = 165  # the mean of ML-1M
LENGTHS = (30, 200, 1_000)
MANY_ITEMS = 20_000


@pytest.fixture(scope="session")
def million(tmp_path_factory):
    """Return the directory of ML-1M's CSV files."""
    if not (data_directory() / "movielens" / "ml-1m.zip").exists():
        pytest.skip(f"there is no ML-1M under {data_directory()}")
    return write_csv_files("ml-1m", tmp_path_factory.mktemp("ml-1m"))


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Return where artefacts are kept."""
    return tmp_path_factory.mktemp("artefacts")


def fit_by_command(million: Path, place: Path, model: str) -> dict[str, float]:
    """Fit a model by the command line, in a process of its own; return its seconds and memory."""
    report = place / f"{model}.json"
    files = InputFiles(
        ratings=million / "ratings.csv",
        movies=million / "movies.csv",
        metadata=million / "metadata.csv",
        demographics=million / "demographics.csv",
    )
    command = [sys.executable, "-m", "recommendations.engine", "fit", "--model", model]
    for name in ("ratings", "movies", "metadata", "demographics"):
        command += [f"--{name}", str(getattr(files, name))]
    command += ["--out", str(place / model)]
    timed = [sys.executable, str(TIMED), str(report), *command]
    subprocess.run(timed, check=True, cwd=ROOT, capture_output=True)
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def fitted(million, place):
    """Return what fitting the hybrid took; its artefact lies at place / "hybrid"."""
    return fit_by_command(million, place, "hybrid")


@pytest.fixture(scope="session")
def served(fitted, place):  # noqa: ARG001 - fitted writes the artefact
    """Return the hybrid of ML-1M, out of its artefact."""
    return artefacts.load(place / "hybrid")


@pytest.fixture(scope="session")
def histories(million, served):
    """Return the histories of everybody in ML-1M, nearest to the typical length first."""
    found = load_histories(million / "ratings.csv", served.known_items).values()
    return sorted(found, key=lambda history: abs(history.n_ratings - TYPICAL_RATINGS))


@pytest.fixture(scope="session")
def large():
    """Return a hybrid of 20,000 made-up movies and everybody's histories."""
    interactions = make_ratings(n_users=6_000, n_items=MANY_ITEMS, n_ratings=1_000_000)
    histories = [interactions.history_of(user) for user in range(interactions.n_users)]
    return Hybrid().fit(interactions), histories


@pytest.fixture(autouse=True)
def one_thread():
    """Serve on one thread; fitting takes its own."""
    with blas_threads(SERVE_THREADS):
        yield


def renewed(history):
    """Return an equal history that no model has met: it keeps what it computed for the last one."""
    return history.take(np.arange(history.n_ratings))


def time_anew(benchmark, function, history, *others) -> None:
    """Time a function of a history and more, each time with a history of its own."""
    benchmark.pedantic(
        function,
        setup=lambda: ((renewed(history), *others), {}),
        rounds=SINGLE_ROUNDS,
        warmup_rounds=5,
    )


def plain_product(rows: int, columns: int):
    """Return a numpy product of a vector with a float32 matrix of this shape, as a function."""
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((rows, columns), dtype=np.float32)
    vector = rng.standard_normal(rows, dtype=np.float32)
    return lambda: vector @ matrix


def test_fit_hybrid_1m(benchmark, fitted):
    record_fit(benchmark, fitted)


def test_fit_stars_1m(benchmark, million, place):
    record_fit(benchmark, fit_by_command(million, place, "stars"))


def record_fit(benchmark, usage) -> None:
    """Record a fit that was timed outside, beside a product of 4,000 × 4,000 with itself."""
    rng = np.random.default_rng(1)
    square = rng.standard_normal((4_000, 4_000), dtype=np.float32)
    with blas_threads(FIT_THREADS):
        benchmark.pedantic(lambda: square @ square, rounds=3)
    benchmark.extra_info.update(usage)


def test_product_for_score_4000(benchmark, served):
    benchmark(plain_product(TYPICAL_RATINGS, served.n_items))


def nearest(histories, length):
    """Return the history whose number of ratings is nearest to this."""
    return min(histories, key=lambda history: abs(history.n_ratings - length))


@pytest.mark.parametrize("length", LENGTHS)
def test_score_4000(benchmark, served, histories, length):
    time_anew(benchmark, served.score, nearest(histories, length))


@pytest.mark.parametrize("length", LENGTHS)
def test_explain_4000(benchmark, served, histories, length):
    history = nearest(histories, length)
    scores = served.score(history)
    seen = allow_all_but(len(scores), history.item_indices)
    best = int(top_k(scores, 1, candidates=seen)[0])
    time_anew(benchmark, served.explain, history, best)


@pytest.mark.usefixtures("fitted")
def test_load_1m(benchmark, place):
    benchmark(artefacts.load, place / "hybrid")


def test_product_for_lists_1m(benchmark, served):
    rng = np.random.default_rng(1)
    people = rng.standard_normal((PEOPLE_AT_ONCE, served.n_items), dtype=np.float32)
    weights = rng.standard_normal((served.n_items, served.n_items), dtype=np.float32)
    benchmark.pedantic(lambda: people @ weights, rounds=5, warmup_rounds=1)


def test_lists_1m(benchmark, served, histories):
    # Every so many-th of them: long and short histories as they come.
    people = histories[:: len(histories) // PEOPLE_AT_ONCE][:PEOPLE_AT_ONCE]
    benchmark.pedantic(
        make_lists,
        setup=lambda: ((served, [renewed(person) for person in people]), {}),
        rounds=5,
        warmup_rounds=1,
    )
    benchmark.extra_info["people"] = len(people)
    benchmark.extra_info["people_a_second_in_two"] = speed_of_two_processes(served, histories)


def make_lists(model, people):
    """Return the best of each person, as the command line's `recommend` does."""
    return [
        top_k(row, LIST_LENGTH, candidates=allow_all_but(len(row), person.item_indices))
        for row, person in zip(model.score_many(people), people, strict=True)
    ]


def speed_of_two_processes(model, histories) -> float:
    """Return people a second on the clock: everybody's lists, starting the processes included."""
    blocks = [histories[start::BLOCKS] for start in range(BLOCKS)]
    start = time.monotonic()
    made = sum(len(lists) for lists in map_forked(lambda block: make_lists(model, block), blocks))
    return made / (time.monotonic() - start)


def test_product_for_score_20000(benchmark):
    benchmark(plain_product(TYPICAL_RATINGS, MANY_ITEMS))


@pytest.mark.parametrize("length", LENGTHS)
def test_score_20000(benchmark, large, length):
    model, histories = large
    time_anew(benchmark, model.score, nearest(histories, length))


@pytest.mark.parametrize("length", LENGTHS)
def test_explain_20000(benchmark, large, length):
    model, histories = large
    history = nearest(histories, length)
    best = int(top_k(model.score(history), 1)[0])
    time_anew(benchmark, model.explain, history, best)
