"""The commands of the engine: files in, files out."""

import csv
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from recommendations.engine import artefacts
from recommendations.engine.base import Recommender, StarPredictor
from recommendations.engine.csv_files import read_pairs, read_user_ids
from recommendations.engine.dataset import (
    InputFiles,
    group_positions,
    load_histories,
    load_interactions,
)
from recommendations.engine.errors import UnsupportedError
from recommendations.engine.history import History
from recommendations.engine.models import build_model
from recommendations.engine.models.content import Content
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.diversity import diversify
from recommendations.engine.ranking.filters import allow_all_but
from recommendations.engine.ranking.likeness import by_terms
from recommendations.engine.ranking.top import top_k
from recommendations.engine.threads import SERVE_THREADS, blas_threads

logger = logging.getLogger(__name__)

_RERANKED = 500


def fit(files: InputFiles, *, model_name: str, seed: int, out: Path) -> None:
    """Fit a model on files and write its artefact; an older artefact at `out` is replaced."""
    recipe = {"model": model_name, "hyperparameters": {"seed": seed}}
    model = build_model(recipe).fit(load_interactions(files))
    sha256 = artefacts.save(model, out, replace_existing=True)
    logger.info("%s fitted on %s ratings, manifest %s", model_name, model.training_.ratings, sha256)


def predict(*, directory: Path, history_path: Path, pairs_path: Path, out: Path) -> None:
    """Write one row of expected stars for each row of the pairs, in their order.

    Raises `UnsupportedError` if the model predicts no stars.
    """
    model = artefacts.load(directory)
    if not isinstance(model, StarPredictor):
        raise UnsupportedError(f"{directory}: {model.name} does not predict stars")
    histories = load_histories(history_path, model.known_items)
    user_ids, item_ids = read_pairs(pairs_path)
    item_indices, is_known = model.known_items.find(item_ids)
    stars = np.zeros(len(item_ids), dtype=np.float64)
    with blas_threads(SERVE_THREADS):
        for user_id, positions in group_positions(user_ids).items():
            history = histories.get(user_id, History())
            known = positions[is_known[positions]]
            stars[positions] = model.predict_unknown(history)
            stars[known] = model.predict(history, item_indices[known])
    with _writer(out, ("userId", "movieId", "prediction")) as rows:
        for user_id, item_id, value in zip(user_ids, item_ids, stars, strict=True):
            rows.writerow((user_id, item_id, f"{value:.9g}"))


def recommend(
    *,
    directory: Path,
    history_path: Path,
    users_path: Path | None,
    k: int,
    diversity: float,
    out: Path,
) -> None:
    """Write the `k` best known movies outside of each user's history, by score alone.

    With `diversity` above 0 the best 500 are reordered for variety; scores stay what they are.
    """
    model = artefacts.load(directory)
    histories = load_histories(history_path, model.known_items)
    user_ids = list(histories) if users_path is None else read_user_ids(users_path)
    ids = model.known_items.ids
    with _writer(out, ("userId", "rank", "movieId", "score")) as rows, blas_threads(SERVE_THREADS):
        for user_id in user_ids:
            history = histories.get(user_id, History())
            scores = model.score(history)
            allowed = allow_all_but(len(ids), history.item_indices)
            ranking = top_k(scores, max(k, _RERANKED) if diversity else k, candidates=allowed)
            if diversity:
                ranking = _vary(model, ranking, scores[ranking], k=k, diversity=diversity)
            for rank, item in enumerate(ranking, start=1):
                rows.writerow((user_id, rank, ids[item], f"{scores[item]:.9g}"))


def _vary(model: Recommender, ranking: Any, scores: Any, *, k: int, diversity: float) -> Any:
    content = model.content_ if isinstance(model, Hybrid) else model
    if not isinstance(content, Content):
        raise UnsupportedError(f"{model.name} has no content to diversify by")
    head = ranking[:_RERANKED]
    likeness = by_terms(content.terms_[head])
    varied = diversify(head, scores=scores[:_RERANKED], likeness=likeness, k=k, diversity=diversity)
    return np.concatenate([varied, ranking[_RERANKED:]])[:k]


def explain(
    *, directory: Path, history_path: Path, user_id: int, movie_id: int, stream: IO[str]
) -> None:
    """Write the account of one score as JSON; raises `UnknownItemError` for an unknown movie."""
    model = artefacts.load(directory)
    histories = load_histories(history_path, model.known_items)
    history = histories.get(user_id, History())
    with blas_threads(SERVE_THREADS):
        explanation = model.explain(history, model.known_items.index_of(movie_id))
    ids = model.known_items.ids
    shares = explanation.contributions[: history.n_ratings]
    document = {
        "userId": user_id,
        "movieId": movie_id,
        "score": explanation.score,
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
    }
    json.dump(document, stream, indent=2)
    stream.write("\n")


@contextmanager
def _writer(path: Path, header: tuple[str, ...]) -> Iterator[Any]:
    """Yield a CSV writer whose file appears at `path` only when all rows are written."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream, lineterminator="\n")
            rows.writerow(header)
            yield rows
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
