"""How fast the engine is, beside a plain numpy product of the same size in the same run.

    make bench-engine

Fits the hybrid and the star model on MovieLens 1M by the command line, and a hybrid on 20,000
made-up movies; times one score, one explanation, a load and lists for many. Prints the table and
puts it into docs/performance.md.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.engine_speed_cases import LENGTHS
from benchmarks.page import format_table, say, write_table

CASES = Path(__file__).with_name("engine_speed_cases.py")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        code = pytest.main(
            [
                str(CASES),
                "--quiet",
                "-p",
                "no:django",
                "-p",
                "no:cacheprovider",
                "--benchmark-only",
                "--benchmark-timer=time.process_time",
                "--benchmark-quiet",
                f"--benchmark-json={report}",
            ]
        )
        if not code:
            cases = json.loads(report.read_text(encoding="utf-8"))["benchmarks"]
            table = format_table(*rows_of({case["name"]: case for case in cases}))
            say(table)
            write_table(table, target="bench-engine")
    return int(code)


def rows_of(cases: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the rows of the table: the figures, each with its goal."""
    return [
        ("what", "figure", "goal", "in plain products"),
        fit_row("fit of the hybrid, ML-1M", cases["test_fit_hybrid_1m"], "120 s, 4,000 MB"),
        fit_row("fit of `stars` alone, ML-1M", cases["test_fit_stars_1m"], "60 s"),
        serve_row("one score, 3,883 movies", cases, "test_score_4000", "3 ms"),
        serve_row("one score, 20,000 movies", cases, "test_score_20000", "10 ms"),
        serve_row("one explanation, 3,883 movies", cases, "test_explain_4000", "5 ms"),
        serve_row("one explanation, 20,000 movies", cases, "test_explain_20000", "5 ms"),
        load_row(cases),
        lists_row(cases),
    ]


def fit_row(what: str, case: Mapping[str, Any], goal: str) -> tuple[str, ...]:
    """Return seconds on the clock and peak memory, beside a product of 4,000 × 4,000."""
    usage = case["extra_info"]
    figure = (
        f"{usage['seconds']:.0f} s ({usage['processor_seconds']:.0f} s of processor), "
        f"{usage['peak_megabytes']:,.0f} MB"
    )
    return what, figure, goal, f"{usage['processor_seconds'] / case['stats']['median']:.0f}"


def serve_row(what: str, cases: Mapping[str, Any], name: str, goal: str) -> tuple[str, ...]:
    """Return the medians of processor milliseconds by length, beside a history times a matrix."""
    product = cases[f"test_product_for_score_{name.rpartition('_')[2]}"]["stats"]["median"]
    medians = [cases[f"{name}[{length}]"]["stats"]["median"] for length in LENGTHS]
    figure = " / ".join(f"{1e3 * median:.2f}" for median in medians)
    return what, f"{figure} ms", goal, " / ".join(f"{median / product:.0f}" for median in medians)


def load_row(cases: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the median of processor milliseconds of a load."""
    median = cases["test_load_1m"]["stats"]["median"]
    product = cases["test_product_for_score_4000"]["stats"]["median"]
    return "loading the artefact", f"{1e3 * median:.2f} ms", "100 ms", f"{median / product:.0f}"


def lists_row(cases: Mapping[str, Any]) -> tuple[str, ...]:
    """Return people a second, beside all histories times a matrix of movies × movies."""
    case = cases["test_lists_1m"]
    median = case["stats"]["median"]
    product = cases["test_product_for_lists_1m"]["stats"]["median"]
    extra = case["extra_info"]
    figure = (
        f"{extra['people'] / median:,.0f} people/s in one process, "
        f"{extra['people_a_second_in_two']:,.0f} in two"
    )
    return "lists of 100, many people", figure, "2,000 people/s", f"{median / product:.1f}"


if __name__ == "__main__":
    sys.exit(main())
