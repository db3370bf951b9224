"""Draw the figures of an evaluation from its JSON.

    python -m recommendations.engine.evaluation.figures DIR/PROTOCOL.json

`evaluate` runs this as a program of its own, so that only who draws loads matplotlib.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

Document = Mapping[str, Any]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_COVERAGE = "coverage@10"
_DODGE, _WIDEST_DODGE = 0.12, 0.6
_NAMES_A_ROW = 4
_MOST_PARTS = 16
_INK, _SOFT = "#22313f", "#9fb4c7"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw every figure the report has data for, as PNG beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    path: Path = parser.parse_args(arguments).report
    draw_all(json.loads(path.read_text(encoding="utf-8")), path.parent)


def draw_all(document: Document, directory: Path) -> list[Path]:
    """Return the files drawn into a directory; a figure without data is left out."""
    mpl.use("Agg")
    sns.set_theme(style="whitegrid", context="notebook", palette="colorblind")
    drawn = []
    for name, draw in FIGURES.items():
        figure = draw(document)
        if figure is None:
            continue
        path = directory / f"{document['protocol']}-{name}.png"
        figure.savefig(path, dpi=130, bbox_inches="tight")
        plt.close(figure)
        drawn.append(path)
    return drawn


def draw_ratings(document: Document) -> Figure:
    """Draw how many ratings there are of each value, and how unequally they are spread."""
    ratings = document["ratings"]
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.2), layout="constrained")
    total = sum(ratings["stars"]["counts"])
    shares = [count / total for count in ratings["stars"]["counts"]]
    left.bar([f"{value:g}" for value in ratings["stars"]["values"]], shares, color=_SOFT)
    left.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _label(left, "How ratings are distributed", "stars", "share of all ratings")
    for axes, key, what in ((middle, "per_movie", "movies"), (right, "per_person", "people")):
        tail = ratings[key]
        axes.loglog(tail["places"], tail["counts"], color=_INK, linewidth=2)
        axes.set_ylim(bottom=0.8)
        axes.axvline(tail["half"], color=_SOFT, linestyle="--")
        axes.annotate(
            f"{tail['half']:,} {what} have\nhalf of all ratings",
            (tail["half"], 0.04),
            xycoords=("data", "axes fraction"),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            color=_INK,
            fontsize=10,
        )
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(_thousands))
            axis.set_minor_formatter(NullFormatter())
        _label(axes, f"Long tail of {what}", f"{what}, most ratings first", "ratings")
    return figure


def draw_times(document: Document) -> Figure:
    """Draw when people rate, and how far from their own mean they rate then."""
    ratings = document["ratings"]
    figure, axes = plt.subplots(2, 3, figsize=(15, 7.5), layout="constrained")
    hours = [str(hour) for hour in range(24)]
    for column, (key, names, what) in enumerate(
        (("by_hour", hours, "hour (UTC)"), ("by_weekday", WEEKDAYS, "weekday (UTC)"))
    ):
        counts = np.array(ratings[key]["counts"])
        axes[0, column].bar(names, counts / max(1, counts.sum()), color=_SOFT)
        axes[0, column].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        _label(axes[0, column], f"When people rate: {what}", what, "share of all ratings")
        _draw_deviations(axes[1, column], ratings[key], names)
        _label(axes[1, column], f"How they rate: {what}", what, "stars above own mean")
    for column in (0, 1):
        axes[0, column].grid(visible=False, axis="x")
    for row in (0, 1):
        axes[row, 0].set_xticks(range(0, 24, 3))
    for row, (key, what) in enumerate(
        (("by_days", "days since the first rating"), ("by_place", "place in the history"))
    ):
        names = _ranges(ratings[key]["first"])
        _draw_deviations(axes[row, 2], ratings[key], names)
        axes[row, 2].tick_params(axis="x", rotation=20)
        _label(axes[row, 2], f"Drift: {what}", what, "stars above own mean")
    return figure


def draw_by_length(document: Document) -> Figure | None:
    """Draw the first metric of each model by how much people had rated before."""
    return _draw_by(document, "by_length", "ratings in the history", "Quality by history")


def draw_by_group(document: Document) -> Figure | None:
    """Draw the first metric of each model by what people said of themselves."""
    return _draw_by(document, "by_group", "group", "Quality by demographic group")


def draw_accuracy_and_coverage(document: Document) -> Figure | None:
    """Draw how good lists are over how much of the catalogue they show."""
    models = [model for model in _judged(document) if _COVERAGE in model["wholes"]]
    if not models:
        return None
    figure, axes = plt.subplots(figsize=(7.5, 5), layout="constrained")
    metric = _first_metric(models)
    colors = sns.color_palette("colorblind", len(models))
    for model, color in zip(models, colors, strict=True):
        found, coverage = model["figures"][metric], model["wholes"][_COVERAGE]
        axes.errorbar(coverage, found["value"], yerr=_ends(found), fmt="o", color=color, capsize=4)
        axes.plot([], [], "o", color=color, label=model["model"])
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.margins(x=0.1, y=0.1)
    axes.set_xlim(left=0)
    _legend(axes)
    _label(axes, "Accuracy against coverage", "catalogue in anybody's first ten", _name(metric))
    return figure


def draw_learning_curve(document: Document) -> Figure | None:
    """Draw the first metric of each model over the share of people it learned from."""
    points = [point for point in document["learning_curve"] if point["figures"]]
    if not points:
        return None
    figure, axes = plt.subplots(figsize=(7.5, 5), layout="constrained")
    metric = _first_metric(points)
    names = list(dict.fromkeys(point["model"] for point in points))
    for name, color in zip(names, sns.color_palette("colorblind", len(names)), strict=True):
        own = sorted((p for p in points if p["model"] == name), key=lambda p: float(p["share"]))
        found = [point["figures"][metric] for point in own if metric in point["figures"]]
        if not found:
            continue
        shares = [point["share"] for point in own]
        axes.plot(shares, [value["value"] for value in found], "o-", color=color, label=name)
        lows, highs = ([value[end] for value in found] for end in ("low", "high"))
        axes.fill_between(shares, lows, highs, color=color, alpha=0.15)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _legend(axes)
    _label(axes, "Learning curve", "people learned from, the same people judged", _name(metric))
    return figure


def draw_cost(document: Document) -> Figure:
    """Draw what each model costs to fit and to serve."""
    panels = (
        ("fit_seconds", "Fit", "seconds"),
        ("peak_megabytes", "Memory while fitting", "MB of the process"),
        ("milliseconds_a_list", "One list of ten", "milliseconds of one processor"),
    )
    names = [model["model"] for model in document["models"]]
    height = 1.6 + 0.45 * len(names)
    figure, axes = plt.subplots(1, 3, figsize=(15, height), layout="constrained", sharey=True)
    for place, (key, title, unit) in zip(axes, panels, strict=True):
        values = [
            float(np.mean([cost[key] or 0.0 for cost in model["costs"]]))
            for model in document["models"]
        ]
        bars = place.barh(names, values, color=_SOFT)
        place.grid(visible=False, axis="y")
        place.bar_label(bars, fmt=lambda value: f" {value:,.3g}", color=_INK)
        place.margins(x=0.18)
        _label(place, title, unit, "")
    axes[0].invert_yaxis()
    return figure


FIGURES: Mapping[str, Callable[[Document], Figure | None]] = {
    "ratings": draw_ratings,
    "times": draw_times,
    "quality-by-history": draw_by_length,
    "quality-by-group": draw_by_group,
    "accuracy-and-coverage": draw_accuracy_and_coverage,
    "learning-curve": draw_learning_curve,
    "cost": draw_cost,
}


def _draw_by(document: Document, key: str, what: str, title: str) -> Figure | None:
    models = _judged(document)
    counts = document["people_" + key]
    judged = {part for model in models for part in model[key]}
    parts = [part for part in counts if part in judged][:_MOST_PARTS]
    if not parts:
        return None
    metric = _first_metric(models)
    width = max(7.5, 1.0 + 0.55 * len(parts))
    figure, axes = plt.subplots(figsize=(width, 5), layout="constrained")
    reach = min(_DODGE * (len(models) - 1), _WIDEST_DODGE) / 2
    shifts = np.linspace(-reach, reach, len(models))
    colors = sns.color_palette("colorblind", len(models))
    for model, shift, color in zip(models, shifts, colors, strict=True):
        found = [
            (place, model[key][part][metric])
            for place, part in enumerate(parts)
            if metric in model[key].get(part, {}) and model[key][part][metric]["low"] is not None
        ]
        for place, value in found:
            axes.errorbar(
                place + shift, value["value"], yerr=_ends(value), fmt="o", color=color, capsize=3
            )
        axes.plot([], [], "o", color=color, label=model["model"])
    names = [f"{part.replace(':', ' ')} ({counts[part]:,})" for part in parts]
    turn, side = (50, "right") if key == "by_group" else (0, "center")
    axes.set_xticks(range(len(parts)), names, fontsize=10, rotation=turn, ha=side)
    axes.grid(visible=False, axis="x")
    _legend(axes)
    _label(axes, title, f"{what} (people)", _name(metric))
    return figure


def _draw_deviations(axes: Axes, found: Mapping[str, Any], names: Sequence[str]) -> None:
    is_there = np.array(found["counts"]) > 0
    shown = [name for name, there in zip(names, is_there, strict=True) if there]
    means, errors = np.array(found["means"])[is_there], np.array(found["errors"])[is_there]
    axes.errorbar(shown, means, yerr=1.96 * errors, fmt="o-", color=_INK, ecolor=_SOFT, capsize=3)
    axes.tick_params(axis="x", labelsize=9)
    axes.axhline(0, color=_SOFT, linewidth=1)


def _legend(axes: Axes) -> None:
    """Put the names of the models above the figure, where no point can be."""
    n_names = len(axes.get_legend_handles_labels()[1])
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        frameon=False,
        ncols=min(n_names, _NAMES_A_ROW),
        handletextpad=0.2,
        columnspacing=1,
    )


def _judged(document: Document) -> Sequence[Mapping[str, Any]]:
    """Return the models that have figures: without stars, `people` asks a model for nothing."""
    return [model for model in document["models"] if model["figures"]]


def _first_metric(models: Sequence[Mapping[str, Any]]) -> str:
    """Return the first metric that any model has, lists before stars."""
    return str(next(iter(next(model["figures"] for model in models if model["figures"]))))


def _ends(found: Mapping[str, float]) -> list[list[float]]:
    return [[found["value"] - found["low"]], [found["high"] - found["value"]]]


def _ranges(firsts: Sequence[int]) -> list[str]:
    names = [
        str(first) if following == first + 1 else f"{first}–{following - 1}"
        for first, following in pairwise(firsts)
    ]
    return [*names, f"{firsts[-1]}+"]


def _name(metric: str) -> str:
    name, _, depth = metric.partition("@")
    shown = name.upper() if name in {"ndcg", "map", "mrr", "rmse", "mae"} else name
    return f"{shown}@{depth}" if depth else shown


def _thousands(value: float, _: int) -> str:
    return f"{value:,.0f}"


def _label(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", color=_INK)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    sns.despine(ax=axes, left=True)


if __name__ == "__main__":
    main()
