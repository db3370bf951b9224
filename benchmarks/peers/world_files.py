"""Worlds on disk: made once from the data, the same files for every model."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.movielens import data_directory, write_csv_files
from benchmarks.peers.places import VAR
from benchmarks.peers.worlds import SPLITTERS, Task, World, fixed_world

COLUMNS = ["userId", "movieId", "rating", "timestamp"]
KINDS_OF_METADATA_LEFT_OUT = ["keywords", "tagline", "vote_average", "vote_count"]


@dataclass(frozen=True, kw_only=True)
class WorldFiles:
    """Where a world lies, and what a model may read of a task."""

    data: str
    world: str
    seed: int
    directory: Path

    @property
    def ratings(self) -> Path:
        """Return the training file."""
        return self.directory / "ratings.csv"

    def tasks(self) -> list[str]:
        """Return the names of the tasks."""
        return sorted(path.stem for path in (self.directory / "answers").glob("*.csv"))

    def history(self, task: str) -> Path:
        """Return the file of what is known of the people asked about."""
        own = self.directory / task / "history.csv"
        return own if own.exists() else self.ratings

    def asked(self, task: str) -> Path:
        """Return the file of pairs, or of people to make lists for."""
        return self.directory / task / "asked.csv"

    def candidates(self, task: str) -> Path | None:
        """Return the file of the only movies that count, if there are such."""
        path = self.directory / task / "candidates.csv"
        return path if path.exists() else None

    def answers(self, task: str) -> Path:
        """Return what only the scorer reads."""
        return self.directory / "answers" / f"{task}.csv"


def data_files(data: str) -> Path:
    """Return the directory of a data set's CSV files, made where it is missing."""
    directory = VAR / "data" / data
    if not (directory / "ready").exists():
        write_csv_files(data, directory)
        if (directory / "metadata.csv").exists():
            metadata = pd.read_csv(directory / "metadata.csv", dtype=str, keep_default_na=False)
            kept = metadata.drop(columns=KINDS_OF_METADATA_LEFT_OUT, errors="ignore")
            kept.to_csv(directory / "metadata.csv", index=False)
        (directory / "ready").touch()
    return directory


def open_world(data: str, world: str, seed: int) -> WorldFiles:
    """Return the files of a world, made where they are missing."""
    directory = VAR / "worlds" / data / f"{world}-{seed}"
    files = WorldFiles(data=data, world=world, seed=seed, directory=directory)
    if not (directory / "ready").exists():
        write_world(make_world(data, world, seed), directory)
    return files


def open_tuning_world(of: WorldFiles, *, seed: int) -> WorldFiles:
    """Return a world of the same kind inside the training part of another."""
    directory = of.directory / "tuning"
    files = WorldFiles(data=of.data, world=of.world, seed=seed, directory=directory)
    if not (directory / "ready").exists():
        splitter = SPLITTERS[of.world]
        write_world(splitter(pd.read_csv(of.ratings), seed=seed), directory)
    return files


def make_world(data: str, world: str, seed: int) -> World:
    """Split a data set by one of the worlds' rules."""
    directory = data_files(data)
    if world == "official":
        train, test = (pd.read_csv(directory / f"u{seed}.{part}.csv") for part in ("base", "test"))
        return fixed_world(train, test)
    if world == "ncf":
        return published_ncf_world(data_directory() / "ncf-ml-1m")
    return SPLITTERS[world](pd.read_csv(directory / "ratings.csv"), seed=seed)


def published_ncf_world(directory: Path) -> World:
    """Read the split of He et al., "Neural Collaborative Filtering", WWW 2017.

    Of the 156 people who have their own test movie among the negatives too it counts once.
    """
    movie_of = pd.read_csv(directory / "item_map.csv").set_index("ncf_item")["movie_id"]
    train, answers = (
        pd.read_csv(directory / name, sep="\t", names=COLUMNS)
        for name in ("ml-1m.train.rating.gz", "ml-1m.test.rating")
    )
    negatives = pd.read_csv(directory / "ml-1m.test.negative.gz", sep="\t", header=None)
    users = np.repeat(answers["userId"].to_numpy(), negatives.shape[1] - 1)
    others = negatives.iloc[:, 1:].to_numpy().ravel()
    candidates = pd.concat(
        [answers[["userId", "movieId"]], pd.DataFrame({"userId": users, "movieId": others})]
    ).drop_duplicates()
    for frame in (train, answers, candidates):
        frame["movieId"] = movie_of.loc[frame["movieId"]].to_numpy()
    return World(train=train, tasks={"ncf": Task(answers=answers, candidates=candidates)})


def write_world(world: World, directory: Path) -> None:
    """Write a world's files."""
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "answers").mkdir(parents=True)
    world.train.to_csv(directory / "ratings.csv", index=False)
    for name, task in world.tasks.items():
        (directory / name).mkdir()
        _write_task(task, directory / name, is_stars=name.startswith("stars"))
        task.answers.to_csv(directory / "answers" / f"{name}.csv", index=False)
    (directory / "ready").touch()


def _write_task(task: Task, directory: Path, *, is_stars: bool) -> None:
    pairs = task.answers[["userId", "movieId"]]
    asked = pairs if is_stars else pairs[["userId"]].drop_duplicates()
    asked.to_csv(directory / "asked.csv", index=False)
    frames: dict[str, Any] = {"history": task.history, "candidates": task.candidates}
    for name, frame in frames.items():
        if frame is not None:
            frame.to_csv(directory / f"{name}.csv", index=False)
