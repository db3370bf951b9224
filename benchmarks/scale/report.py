"""Write table, exponents and plot of docs/scale.md from the figures of all sizes."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import pyplot as plt

from benchmarks.page import say, write_table
from benchmarks.scale.sizes import SIZES, Size
from runner.places import ROOT

PAGE = ROOT / "docs" / "scale.md"
PLOT = ROOT / "docs" / "images" / "scale.svg"

Value = Callable[[Size], float | None]


def _figure(step: str, *path: str, scale: float = 1.0) -> Value:
    def value(size: Size) -> float | None:
        found: Any = size.figures(step)
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return None
            found = found[key]
        return float(found) * scale

    return value


def _stage(name: str) -> Value:
    """Return the seconds of a stage of the training, from its notes of when each began."""

    def value(size: Size) -> float | None:
        notes = size.figures("train").get("stages", [])
        begun = [(note["at"], note["what"]) for note in notes if "," not in note["what"]]
        for (at, what), (until, _) in pairwise(begun):
            if what == name:
                return until - at
        return None

    return value


ROWS: tuple[tuple[str, str, str, Value], ...] = (
    ("simulate and save", "s", "", _figure("simulate", "seconds")),
    ("import of the same as MovieLens' CSV", "s", "720", _figure("import", "import_seconds")),
    ("training of what is served", "s", "1,500", _figure("train", "train_seconds")),
    ("its peak of memory", "MB", "16,000", _figure("train", "peak_mb")),
    ("reading the ratings", "s", "", _stage("reading")),
    *(
        (f"fit of `{name}`", "s", "", _stage(f"fitting: {name}"))
        for name in ("content", "als", "ease", "sequence", "stars")
    ),
    ("what it leaves on disk", "MB", "", _figure("train", "disk_mb")),
    (
        "increment after a thousand people rated",
        "s",
        "",
        _figure("increment", "increment_seconds"),
    ),
    ("its peak of memory", "MB", "16,000", _figure("increment", "peak_mb")),
    ("movies ranked for many people", "people/s", "1,000", _figure("batch", "ranked_a_second")),
    ("whole lists of many people", "people/s", "1,000", _figure("batch", "whole_a_second")),
    ("one list on demand, p95", "ms", "15", _figure("demand", "p95_ms")),
    ("one list completed, p95", "ms", "", _figure("demand", "completed_p95_ms")),
    ("search, p95", "ms", "50", _figure("search", "p95_ms")),
    ("web process, memory of its own", "MB", "400", _figure("web", "private_mb")),
    ("home page, share of the bare view", "%", "40", _figure("web", "share_percent")),
)


def main() -> None:
    """Replace the part of the page between the two marks; draw the plot."""
    is_drawn = _draw()
    table = "\n".join(_table())
    shown = f"\n\n![Seconds by number of ratings]({PLOT.relative_to(PAGE.parent)})"
    plot = shown if is_drawn else ""
    write_table(f"{table}{plot}", target="bench-scale", page=PAGE)
    say(table)


def _table() -> list[str]:
    labels = [size.label for size in SIZES]
    lines = [
        f"| what | {' | '.join(labels)} | exponent | goal at 32M |",
        f"| --- |{' ---: |' * (len(labels) + 2)}",
        _plan_line("people", "users"),
        _plan_line("movies", "movies"),
    ]
    for title, unit, goal, value in ROWS:
        values = [value(size) for size in SIZES]
        cells = [_shown(each) for each in values]
        lines.append(
            f"| {title}, {unit} | {' | '.join(cells)} | {exponent(values)} | {goal or '–'} |"
        )
    return lines


def _plan_line(title: str, name: str) -> str:
    cells = [f"{getattr(size.plan, name):,}" for size in SIZES]
    return f"| {title} | {' | '.join(cells)} | – | – |"


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def exponent(values: list[float | None]) -> str:
    """Return b of the best a · ratings^b through what was measured."""
    found = [
        (size.ratings, value)
        for size, value in zip(SIZES, values, strict=True)
        if value is not None and value > 0
    ]
    if len(found) < 2:
        return "–"
    ratings, figures = np.log(np.array(found, dtype=float)).T
    return f"{np.polyfit(ratings, figures, 1)[0]:.2f}"


def _draw() -> bool:
    """Draw what was measured at two sizes or more; return whether there was any."""
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for title, unit, _, value in ROWS:
        points = [(size.ratings, value(size)) for size in SIZES if value(size) and unit == "s"]
        if len(points) > 1:
            axes.loglog(*zip(*points, strict=True), marker="o", label=title.replace("`", ""))
    axes.set_xlabel("ratings")
    axes.set_xticks([size.ratings for size in SIZES], [size.label for size in SIZES])
    axes.minorticks_off()
    axes.set_ylabel("seconds")
    if not axes.has_data():
        return False
    axes.legend(fontsize="small")
    axes.grid(visible=True, which="both", alpha=0.2)
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOT, metadata={"Date": None})
    return True
