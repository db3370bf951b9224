"""What the site's default list costs in accuracy and gains in coverage.

    python -m benchmarks.list_plan [--seeds 101 102] [--protocols strong strong-graded]
        [--also '{"diversity": 0.2}' …] [--keep DIRECTORY]

MovieLens 1M, people never trained on: NDCG@10 and coverage@10 (the share of the catalogue that is
in anybody's first ten) of plain EASE (Steck 2019, λ 500, ratings of four stars and more), of the
hybrid by score alone, and of the hybrid's list by the site's plan; `--also` changes fields of that
plan. Exploration is drawn for each person as on the site. `--keep` stores fitted models.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.movielens import write_csv_files
from recommendations.engine import artefacts
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.evaluation.protocols import PROTOCOLS
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.exploration import seed_of
from recommendations.engine.ranking.filters import Rule
from recommendations.engine.ranking.knowledge import knowledge_for
from recommendations.engine.ranking.lists import make_list
from recommendations.engine.ranking.plan import SITE_PLAN, ListPlan
from recommendations.engine.ranking.scored import Scored
from recommendations.engine.threads import FIT_THREADS, SERVE_THREADS, blas_threads

DEPTH = 10
LIKED_STARS = 4.0
EASE_RIDGE = 500.0
DISCOUNTS = 1.0 / np.log2(np.arange(2, DEPTH + 2))


def read_interactions():
    with tempfile.TemporaryDirectory() as directory:
        files = write_csv_files("ml-1m", Path(directory))
        return load_interactions(
            InputFiles(
                ratings=files / "ratings.csv",
                movies=files / "movies.csv",
                metadata=files / "metadata.csv",
            )
        )


def fit_hybrid(train, *, place):
    """Return the fitted hybrid; what was kept at `place` is loaded instead."""
    if place is not None and place.exists():
        return artefacts.load(place)
    model = Hybrid().fit(train)
    if place is not None:
        artefacts.save(model, place)
    return model


def fit_plain_ease(train):
    liked = train.user_items.copy()
    liked.data = (liked.data >= LIKED_STARS).astype(np.float64)
    gram = (liked.T @ liked).toarray()
    gram[np.diag_indices_from(gram)] += EASE_RIDGE
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0.0
    return weights


def ndcg(items, liked):
    hits = np.isin(items[:DEPTH], liked)
    return (DISCOUNTS[: len(hits)] * hits).sum() / DISCOUNTS[: min(DEPTH, len(liked))].sum()


def lists_by(plan, model, cases, scores):
    return [
        make_list(
            Scored.of_all(row),
            k=DEPTH,
            plan=plan,
            history=case.history,
            rules=[Rule(why="seen", removed=case.history.item_indices)],
            knowledge=knowledge_for(model, case.history, plan=plan),
            seed=seed_of(person, 1),
        ).items
        for person, (case, row) in enumerate(zip(cases, scores, strict=True))
    ]


def judge(lists, cases, n_items):
    """Return the mean NDCG over people who liked something held back, and the coverage."""
    liked = [case.liked(LIKED_STARS) for case in cases]
    figures = [ndcg(items, own) for items, own in zip(lists, liked, strict=True) if len(own)]
    return np.mean(figures), len(np.unique(np.concatenate(lists))) / n_items


def judge_split(split, model, weights, plans):
    """Return NDCG and coverage of plain EASE, of scores alone, and of every plan."""
    cases, n_items = split.cases, split.train.n_items
    liked = [case.history.item_indices[case.history.values >= LIKED_STARS] for case in cases]
    ease = np.stack([weights[own].sum(axis=0) for own in liked])
    scores = model.score_many([case.history for case in cases])
    return [
        judge(lists_by(ListPlan(), model, cases, ease), cases, n_items),
        *(
            judge(lists_by(plan, model, cases, scores), cases, n_items)
            for plan in (ListPlan(), *plans)
        ),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102])
    parser.add_argument("--protocols", nargs="+", default=["strong", "strong-graded"])
    parser.add_argument("--also", type=json.loads, nargs="*", default=[])
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    plans = [SITE_PLAN, *(replace(SITE_PLAN, **changes) for changes in options.also)]
    names = ["ease", "score", "site", *map(json.dumps, options.also)]
    interactions = read_interactions()
    found = []
    for seed in options.seeds:
        for protocol in options.protocols:
            split = PROTOCOLS[protocol].split(interactions, seed)
            place = options.keep and options.keep / f"{seed}-{split.train.n_ratings}"
            with blas_threads(FIT_THREADS):
                weights = fit_plain_ease(split.train)
                model = fit_hybrid(split.train, place=place)
            with blas_threads(SERVE_THREADS):
                results = np.array(judge_split(split, model, weights, plans))
            sys.stdout.write(f"{protocol}, seed {seed}\n")
            show(names, results)
            found.append(
                np.column_stack([results[:, 0] / results[1, 0], results[:, 1] / results[0, 1]])
            )
    sys.stdout.write("mean of the ratios: NDCG to score alone, coverage to plain EASE\n")
    show(names, np.mean(found, axis=0))


def show(names, rows):
    for name, (accuracy, coverage) in zip(names, rows, strict=True):
        sys.stdout.write(f"  {name:60}{accuracy:8.4f}{coverage:8.4f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
