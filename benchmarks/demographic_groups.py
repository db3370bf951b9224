"""Measure what demographic groups add to the first lists of newcomers.

    python -m benchmarks.demographic_groups [--seeds 31 32 33]

Popularity on MovieLens 1M with its ages, genders and occupations: NDCG@10 of people never
trained on, after none, one and three of their ratings, against the same without groups.
"""

import argparse
import sys
import zipfile
from pathlib import Path

import numpy as np

from benchmarks.movielens import data_directory
from recommendations.engine.evaluation.judge import Judgement, judge
from recommendations.engine.evaluation.splits import newcomers
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.popularity import Popularity

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
PEOPLE = 600


def read_movielens_1m(path: Path) -> Interactions:
    with zipfile.ZipFile(path) as archive:
        lines = {
            Path(name).name: archive.read(name).decode("latin-1").splitlines()
            for name in archive.namelist()
            if name.endswith(".dat")
        }
    ratings = np.array([line.split("::") for line in lines["ratings.dat"]], dtype=np.int64)
    people = [line.split("::") for line in lines["users.dat"]]
    return Interactions.from_arrays(
        user_ids=ratings[:, 0],
        item_ids=ratings[:, 1],
        stars=ratings[:, 2],
        timestamps=ratings[:, 3],
        groups={
            int(user): (f"age:{age}", f"gender:{gender}", f"occupation:{occupation}")
            for user, gender, age, occupation, _ in people
        },
    )


def judge_weights(interactions: Interactions, *, seed: int, n_known: int) -> list[str]:
    split = newcomers(interactions, seed=seed, n_people=PEOPLE, n_known=n_known)
    without: Judgement | None = None
    cells = []
    for weight in WEIGHTS:
        model = Popularity(group_weight=weight).fit(split.train)
        result = judge(model, split.cases, depth=10, least_stars=4.0, judges_stars=False)
        without = without or result
        gain = result.ndcg_above(without, seed=seed)
        cells.append(f"{weight:g}: {gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})")
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--seeds", type=int, nargs="+", default=[31, 32, 33])
    options = parser.parse_args()
    interactions = read_movielens_1m(options.data)
    for seed in options.seeds:
        for n_known in (0, 1, 3):
            cells = judge_weights(interactions, seed=seed, n_known=n_known)
            sys.stdout.write(f"seed {seed}, {n_known} ratings: {'; '.join(cells)}\n")


if __name__ == "__main__":
    main()
