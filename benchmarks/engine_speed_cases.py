"""The cases of `make bench-engine`; pytest-benchmark runs them, `engine_speed` prints them.

Serving is timed in processor time on one BLAS thread; fitting on the clock, with two.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.made_up import make_ratings
from benchmarks.movielens import data_directory, write_csv_files
from recommendations.engine import artefacts
from recommendations.engine.dataset import InputFiles, load_histories
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import FIT_THREADS, SERVE_THREADS, blas_threads

ROOT = Path(__file__).resolve().parents[1]
TIMED = ROOT / "benchmarks" / "peers" / "timed.py"
LIST_LENGTH = 100
SINGLE_ROUNDS = 200
PEOPLE_AT_ONCE = 500
TYPICAL_RATINGS = 165  # the mean of ML-1M
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
    """Return a hybrid of 20,000 made-up movies and a typical history."""
    interactions = make_ratings(n_users=6_000, n_items=MANY_ITEMS, n_ratings=1_000_000)
    lengths = np.diff(interactions.user_items.indptr)
    user = int(np.argmin(np.abs(lengths - TYPICAL_RATINGS)))
    return Hybrid().fit(interactions), interactions.history_of(user)


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


def test_score_4000(benchmark, served, histories):
    time_anew(benchmark, served.score, histories[0])


def test_explain_4000(benchmark, served, histories):
    scores = served.score(histories[0])
    seen = allow_all_but(len(scores), histories[0].item_indices)
    best = int(top_k(scores, 1, candidates=seen)[0])
    time_anew(benchmark, served.explain, histories[0], best)


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

    def make_lists(people):
        scores = served.score_many(people)
        return [
            top_k(row, LIST_LENGTH, candidates=allow_all_but(len(row), person.item_indices))
            for row, person in zip(scores, people, strict=True)
        ]

    benchmark.pedantic(
        make_lists,
        setup=lambda: (([renewed(person) for person in people],), {}),
        rounds=5,
        warmup_rounds=1,
    )
    benchmark.extra_info["people"] = len(people)


def test_product_for_score_20000(benchmark):
    benchmark(plain_product(TYPICAL_RATINGS, MANY_ITEMS))


def test_score_20000(benchmark, large):
    model, history = large
    time_anew(benchmark, model.score, history)


def test_explain_20000(benchmark, large):
    model, history = large
    best = int(top_k(model.score(history), 1)[0])
    time_anew(benchmark, model.explain, history, best)
