"""The engine alone at each size: the simulated arrays, without a database."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale.sizes import Size
from movies.simulation import Films, Plan, make_films, make_people, rate_films
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.threads import SERVE_THREADS, blas_threads
from runner.places import make_directory

COMPONENTS = ("popularity", "returns", "content", "als", "ease", "sequence", "stars")
COLUMNS = ("user_ids", "item_ids", "stars", "timestamps")
HISTORIES = 100
HISTORY_LENGTHS = (40, 300)


def interactions_of(plan: Plan, *, kept_in: Path | None = None) -> Interactions:
    """Return what the site would read from its database, ids aside.

    Ratings are made up once where there is a directory to keep them in.
    """
    films = make_films(plan)
    if kept_in is None:
        columns = _make_columns(plan, films)
    else:
        if not (kept_in / "whole").exists():
            for name, values in _make_columns(plan, films).items():
                np.save(make_directory(kept_in) / f"{name}.npy", values)
            (kept_in / "whole").touch()
        columns = {name: np.load(kept_in / f"{name}.npy", mmap_mode="r") for name in COLUMNS}
    return Interactions.from_arrays(
        **columns,
        catalogue=ItemIndex.of(np.arange(plan.movies)),
        content=_content(films),
    )


def _make_columns(plan: Plan, films: Films) -> dict[str, Any]:
    blocks = list(rate_films(plan, films, make_people(plan)))
    return {
        "user_ids": np.concatenate([block.users for block in blocks]),
        "item_ids": np.concatenate([block.items for block in blocks]),
        "stars": np.concatenate([block.half_stars for block in blocks]).astype(np.float32) / 2,
        "timestamps": np.concatenate([block.seconds for block in blocks]),
    }


def _content(films: Films) -> ItemContent:
    names = films.names
    return ItemContent(
        genres=films.genres,
        directors=[(names[place],) for place in films.directors.tolist()],
        cast=[tuple(names[place] for place in own) for own in films.casts.tolist()],
        years=films.years.tolist(),
        titles=films.titles,
    )


def fit_component(size: Size, *, name: str) -> dict[str, Any]:
    """Fit one model of the hybrid, or all of it; score people of middling activity with it."""
    interactions = interactions_of(size.plan, kept_in=size.directory / "arrays")
    made = time.process_time()
    started = time.monotonic()
    hybrid = Hybrid()
    model = hybrid if name == "hybrid" else getattr(hybrid, name)
    model.fit(interactions)
    figures = {
        "fit_seconds": round(time.monotonic() - started, 1),
        "fit_processor_seconds": round(time.process_time() - made, 1),
        "array_mb": round(sum(values.nbytes for values in model.arrays().values()) / 2**20, 1),
    }
    return figures | {"score_ms": _time_scores(model, interactions)}


def _time_scores(model: Any, interactions: Interactions) -> dict[str, float]:
    lengths = np.diff(interactions.user_items.indptr)
    low, high = HISTORY_LENGTHS
    people = np.flatnonzero((lengths >= low) & (lengths <= high))
    chosen = np.random.default_rng(7).choice(people, min(HISTORIES, len(people)), replace=False)
    histories = [interactions.history_of(int(user)) for user in chosen]
    times = []
    with blas_threads(SERVE_THREADS):
        for history in histories:
            started = time.process_time()
            model.score(history)
            times.append(1e3 * (time.process_time() - started))
    return {f"p{q}": round(float(np.percentile(times, q)), 2) for q in (50, 95)}
