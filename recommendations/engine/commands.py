"""The commands of the engine: files in, files out."""

import csv
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from recommendations.engine import artefacts, manifests
from recommendations.engine.arrays import FloatArray, IndexArray
from recommendations.engine.base import Recommender, StarPredictor
from recommendations.engine.counterfactuals import (
    MOST_RESCORED,
    count_rescored,
    find_drop_set,
)
from recommendations.engine.csv_files import read_pairs, read_user_ids
from recommendations.engine.dataset import (
    InputFiles,
    group_positions,
    load_histories,
    load_interactions,
)
from recommendations.engine.errors import InputFileError, UnsupportedError
from recommendations.engine.explain import RatingEffect, strongest_ratings
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History
from recommendations.engine.models import build_model
from recommendations.engine.processes import map_forked
from recommendations.engine.ranking.exploration import seed_of
from recommendations.engine.ranking.filters import Rule, allow_all_but
from recommendations.engine.ranking.knowledge import knowledge_for
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import ListPlan
from recommendations.engine.ranking.scored import Scored
from recommendations.engine.threads import SERVE_THREADS, blas_threads

logger = logging.getLogger(__name__)

_CELLS_A_BLOCK = 4_000_000
_MOST_NAMED = 5
_Row = tuple[int, int, int, str]
_COLUMNS = ("prediction",)
_INTERVAL_COLUMNS = ("lowest", "highest")


def fit(files: InputFiles, *, model_name: str, seed: int, out: Path) -> None:
    """Fit a model on files and write its artefact; an older artefact at `out` is replaced."""
    recipe = {"model": model_name, "hyperparameters": {"seed": seed}}
    model = build_model(recipe)
    if not model.is_servable:
        raise UnsupportedError(f"{model_name} keeps a row per person, so it is never stored")
    artefacts.check_target(out.resolve(), replace_existing=True)
    model.fit(load_interactions(files))
    sha256 = artefacts.save(model, out.resolve(), replace_existing=True)
    logger.info("%s fitted on %s ratings, manifest %s", model_name, model.training_.ratings, sha256)


def predict(
    *,
    directory: Path,
    history_path: Path,
    pairs_path: Path,
    out: Path,
    coverage: float | None = None,
) -> None:
    """Write one row of expected stars for each row of the pairs, in their order.

    With `coverage` two columns follow: the stars between which that share of ratings to come will
    lie. Raises `UnsupportedError` if the model predicts no stars, or no interval.
    """
    _check_output(out, directory=directory, inputs=(history_path, pairs_path))
    model = _open(directory)
    if not isinstance(model, StarPredictor):
        raise UnsupportedError(f"{directory}: {model.name} does not predict stars")
    histories = load_histories(history_path, model.known_items)
    user_ids, item_ids = read_pairs(pairs_path)
    item_indices, _ = model.known_items.find(item_ids)
    names = _COLUMNS if coverage is None else (*_COLUMNS, *_INTERVAL_COLUMNS)
    stars = np.empty((len(names), len(item_ids)), dtype=np.float64)
    with blas_threads(SERVE_THREADS):
        if coverage is not None:
            model.predict_unknown_interval(History(), coverage=coverage)  # or say so before work
        for user_id, positions in group_positions(user_ids).items():
            history = histories.get(user_id, History())
            stars[:, positions] = _foretell(model, history, item_indices[positions], coverage)
    with _writer(out, ("userId", "movieId", *names)) as rows:
        for user_id, item_id, values in zip(user_ids, item_ids, stars.T, strict=True):
            rows.writerow((user_id, item_id, *(f"{value:.9g}" for value in values)))


def _foretell(
    model: StarPredictor, history: History, item_indices: IndexArray, coverage: float | None
) -> FloatArray:
    """Return what one person would give to items, −1 for unknown ones, by column of the output.

    Shape (1, n), or (3, n) with the ends of the interval.
    """
    is_known = item_indices >= 0
    known = item_indices[is_known]
    columns = [np.full(len(item_indices), model.predict_unknown(history))]
    columns[0][is_known] = model.predict(history, known)
    if coverage is not None:
        ends = model.predict_unknown_interval(history, coverage=coverage)
        own_ends = model.predict_interval(history, known, coverage=coverage)
        for end, own in zip(ends, own_ends, strict=True):
            columns.append(np.full(len(item_indices), end))
            columns[-1][is_known] = own
    return np.stack(columns)


def recommend(
    *,
    directory: Path,
    history_path: Path,
    users_path: Path | None,
    k: int,
    plan: ListPlan,
    out: Path,
) -> None:
    """Write the `k` best known movies outside of each user's history, by score alone.

    A plan that asks for more than that reorders the best; scores stay what they are. Exploration
    draws by user and by the newest time in the user's history, so that a list stays still.
    """
    _check_output(out, directory=directory, inputs=(history_path, users_path))
    model = _open(directory)
    histories = load_histories(history_path, model.known_items)
    user_ids = list(histories) if users_path is None else read_user_ids(users_path)

    def list_block(block: Sequence[int]) -> list[_Row]:
        return _list_block(model, block, histories, k=k, plan=plan)

    n_users = max(1, _CELLS_A_BLOCK // max(model.n_items, 1))
    blocks = [user_ids[start : start + n_users] for start in range(0, len(user_ids), n_users)]
    with (
        _writer(out, ("userId", "rank", "movieId", "score")) as rows,
        blas_threads(SERVE_THREADS),
    ):
        for block_rows in map_forked(list_block, blocks):
            rows.writerows(block_rows)


def _list_block(
    model: Recommender,
    user_ids: Sequence[int],
    histories: Mapping[int, History],
    *,
    k: int,
    plan: ListPlan,
) -> list[_Row]:
    """Return the lists of so many users as can be scored together, in rows of the output."""
    ids = model.known_items.ids
    found: list[_Row] = []
    own = [histories.get(user_id, History()) for user_id in user_ids]
    for user_id, history, scores in zip(user_ids, own, model.score_many(own), strict=True):
        ranked = make_list(
            Scored.of_all(scores),
            k=k,
            plan=plan,
            history=history,
            rules=[Rule(why="seen", removed=history.item_indices)],
            knowledge=knowledge_for(model, history, plan=plan),
            seed=seed_of(user_id, int(history.timestamps.max(initial=0))),
        )
        pairs = zip(ids[ranked.items].tolist(), ranked.scores.tolist(), strict=True)
        found += [
            (user_id, rank, item, f"{score:.9g}")
            for rank, (item, score) in enumerate(pairs, start=1)
        ]
    return found


def _open(directory: Path) -> Recommender:
    """Return a stored model of which every byte has been checked: here nothing else does."""
    manifest = manifests.verify(directory)
    return artefacts.load(directory, expected_sha256=manifest.sha256)


def explain(
    *,
    directory: Path,
    history_path: Path,
    user_id: int,
    movie_id: int,
    top: int | None,
    stream: IO[str],
    tries_all_pairs: bool = False,
) -> None:
    """Write the account of one score as JSON; raises `UnknownItemError` for an unknown movie.

    With `top` it also says by which few ratings the movie stands among the first so many, and
    with `tries_all_pairs` for certain whether two would do, however long the history is.
    """
    model = _open(directory)
    histories = load_histories(history_path, model.known_items)
    history = histories.get(user_id, History())
    item = model.known_items.index_of(movie_id)
    with blas_threads(SERVE_THREADS):
        explanation = model.explain(history, item)
        # `recommend` scores many at once, which may differ in the last bits.
        score = float(model.score_many([history])[0, item])
        extra: dict[str, Any] = {}
        if top is not None:
            enough = count_rescored(history.n_ratings) if tries_all_pairs else 0
            tries = max(enough, MOST_RESCORED)
            extra["dropSet"] = _drop_set(model, history, item, top=top, tries=tries)
    account = _account(explanation, history, model.known_items.ids)
    document = {"userId": user_id, "movieId": movie_id, "score": score, **account, **extra}
    json.dump(document, stream, indent=2)
    stream.write("\n")


def _account(explanation: Explanation, history: History, ids: IndexArray) -> dict[str, Any]:
    shares = explanation.contributions[: history.n_ratings]
    effects = strongest_ratings(explanation, history, limit=_MOST_NAMED)
    return {
        "parts": [
            {
                "name": part.name,
                "value": part.value,
                "dependsOnHistory": part.contributions is not None,
                "constant": part.constant,
            }
            for part in explanation.parts
        ],
        "contributions": [
            {"movieId": int(ids[item]), "rating": float(stars), "value": float(share)}
            for item, stars, share in zip(history.item_indices, history.values, shares, strict=True)
        ],
        "supportive": _name_effects(effects.supportive, ids),
        "opposed": _name_effects(effects.opposed, ids),
    }


def _name_effects(effects: Sequence[RatingEffect], ids: IndexArray) -> list[dict[str, Any]]:
    return [
        {"movieId": int(ids[each.item_index]), "rating": each.stars, "value": each.value}
        for each in effects
    ]


def _drop_set(model: Recommender, history: History, item: int, *, top: int, tries: int) -> Any:
    """Return the ratings without which the item is not among the first `top`, None for none."""
    allowed = allow_all_but(model.n_items, history.item_indices)
    found = find_drop_set(model, history, item, n=top, allowed=allowed, most_rescored=tries)
    if found is None:
        return None
    movie_ids = model.known_items.ids[list(found.item_indices)].tolist()
    return {"top": top, "movieIds": movie_ids, "isSmallest": found.is_smallest}


@contextmanager
def _writer(path: Path, header: tuple[str, ...]) -> Iterator[Any]:
    """Yield a CSV writer whose file appears at `path` only when all rows are written.

    A link is followed. What is no regular file, a pipe for instance, is written to as it is.
    Call `_check_output` before the work.
    """
    target = path.resolve()
    if _is_stream(path):
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield _start_rows(stream, header)
        return
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as stream:
            yield _start_rows(stream, header)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _check_output(path: Path, *, directory: Path, inputs: Sequence[Path | None]) -> None:
    """Raise `InputFileError` for an output that cannot be written, or would harm an input."""
    target = path.resolve()
    if target.is_relative_to(directory.resolve()):
        raise InputFileError("lies in the model, which stays as it is", path=path)
    if target in [each.resolve() for each in inputs if each is not None]:
        raise InputFileError("is an input and would be written over", path=path)
    if target.is_dir():
        raise InputFileError("is a directory, expected a file to write", path=path)
    if _is_stream(path):
        return
    if not target.parent.is_dir():
        raise InputFileError(f"there is no directory {target.parent}", path=path)
    if not os.access(target.parent, os.W_OK):
        raise InputFileError(f"nothing may be written into {target.parent}", path=path)


def _is_stream(path: Path) -> bool:
    target = path.resolve()
    is_open_file = path.is_absolute() and path.parts[1] in {"dev", "proc"}
    return is_open_file or (target.exists() and not target.is_file())


def _start_rows(stream: IO[str], header: tuple[str, ...]) -> Any:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(header)
    return rows
