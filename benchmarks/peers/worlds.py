"""Splits as files: what is learned from, what is asked, and, kept apart, the answers.

A world is one training set with the tasks that are judged after learning it:

    ratings.csv                     what every model fits
    TASK/history.csv                what is known of the people asked about
    TASK/pairs.csv                  stars to predict (userId, movieId)
    TASK/users.csv                  people to make lists for
    TASK/candidates.csv             the only movies that count, for some tasks
    answers/TASK.csv                read by the scorer alone

Functions take and return frames with MovieLens' columns, in file order, and draw from a seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

LIKED_STARS = 4.0
HELD_OUT_PEOPLE = 600
SHARE_OF_PEOPLE = 5
NEWCOMER_LENGTHS = (1, 3, 5, 10)
NEGATIVES = 99
COLD_SHARE = 0.05
PAIR = ["userId", "movieId"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What is asked after learning; `history` None means that it is the training set itself."""

    answers: pd.DataFrame
    history: pd.DataFrame | None = None
    candidates: pd.DataFrame | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """A training set and the tasks judged on it, by name."""

    train: pd.DataFrame
    tasks: Mapping[str, Task] = field(default_factory=dict)


def random_world(ratings: pd.DataFrame, *, seed: int) -> World:
    """Hold back a tenth of all ratings, whoever gave them and whenever."""
    is_test = np.random.default_rng(seed).random(len(ratings)) < 0.1
    return World(train=ratings[~is_test], tasks={"stars": Task(answers=ratings[is_test])})


def people_world(ratings: pd.DataFrame, *, seed: int) -> World:
    """Hold people out: at most 600 and a fifth of all.

    Asked after learning: the rest of what they liked given 80 % of it (strong), all that they
    liked after their first ratings (newcomers), a tenth of their stars given the others.
    """
    rng = np.random.default_rng(seed)
    people = rng.permutation(np.unique(ratings["userId"].to_numpy()))
    held_out = people[: min(HELD_OUT_PEOPLE, len(people) // SHARE_OF_PEOPLE)]
    is_theirs = ratings["userId"].isin(held_out)
    theirs = ratings[is_theirs]
    liked = theirs[theirs["rating"] >= LIKED_STARS]
    tasks = {
        "strong": _hold_back(liked, rng.random(len(liked)) < 0.8),
        "stars-new": _hold_back(theirs, rng.random(len(theirs)) < 0.9),
    }
    place = places_in_time(theirs)
    for length in NEWCOMER_LENGTHS:
        tasks[f"newcomers-{length}"] = _hold_back(theirs, place < length)
    return World(train=ratings[~is_theirs], tasks=tasks)


def time_world(ratings: pd.DataFrame, *, seed: int) -> World:  # noqa: ARG001 - no draw
    """Cut at the moment when 90 % of all ratings had been given."""
    times = ratings["timestamp"].to_numpy()
    return _world_of("time", ratings, times <= np.quantile(times, 0.9))


def last_world(ratings: pd.DataFrame, *, seed: int) -> World:  # noqa: ARG001 - no draw
    """Hold back each person's last rating; of equal times the last in the file."""
    return _world_of("next", ratings, ~is_last(ratings))


def shuffled_last_world(ratings: pd.DataFrame, *, seed: int) -> World:
    """Hold back each person's last rating, equal times in a random order."""
    order = np.random.default_rng(seed).permutation(len(ratings))
    return last_world(ratings.iloc[order], seed=seed)


def negatives_world(ratings: pd.DataFrame, *, seed: int) -> World:
    """Rank each person's last movie among 99 that they never rated, as NCF's authors did."""
    world = last_world(ratings, seed=seed)
    answers = world.tasks["next"].answers
    rng = np.random.default_rng(seed)
    movies = np.unique(ratings["movieId"].to_numpy())
    seen = ratings.groupby("userId")["movieId"].agg(set)
    rows = []
    for user, movie in zip(answers["userId"], answers["movieId"], strict=True):
        unseen = [other for other in rng.permutation(movies) if other not in seen[user]]
        rows += [(user, other) for other in [movie, *unseen[:NEGATIVES]]]
    candidates = pd.DataFrame(rows, columns=PAIR)
    return World(train=world.train, tasks={"ncf": Task(answers=answers, candidates=candidates)})


def cold_world(ratings: pd.DataFrame, *, seed: int) -> World:
    """Hide one film in twenty from learning, and ask who will like which of them."""
    rng = np.random.default_rng(seed)
    movies = np.unique(ratings["movieId"].to_numpy())
    hidden = rng.choice(movies, size=max(1, round(COLD_SHARE * len(movies))), replace=False)
    is_hidden = ratings["movieId"].isin(hidden)
    train, answers = ratings[~is_hidden], ratings[is_hidden]
    fans = answers.loc[answers["rating"] >= LIKED_STARS, "userId"].unique()
    asked = rng.permutation(np.intersect1d(fans, train["userId"]))[:HELD_OUT_PEOPLE]
    task = Task(
        answers=answers[answers["userId"].isin(asked)],
        history=train[train["userId"].isin(asked)],
        candidates=pd.DataFrame({"movieId": np.sort(hidden)}),
    )
    return World(train=train, tasks={"cold": task})


def fixed_world(train: pd.DataFrame, answers: pd.DataFrame) -> World:
    """Take a split as it was published."""
    return World(train=train, tasks={"stars": Task(answers=answers)})


def places_in_time(ratings: pd.DataFrame) -> np.ndarray:
    """Return each rating's place in its person's history, from 0; equal times as in the file."""
    ordered = ratings.sort_values(["userId", "timestamp"], kind="stable")
    return ordered.groupby("userId").cumcount().reindex(ratings.index).to_numpy()


def is_last(ratings: pd.DataFrame) -> np.ndarray:
    """Return for each rating whether it is its person's last, and not the only one."""
    counts = ratings.groupby("userId")["movieId"].transform("size").to_numpy()
    return (places_in_time(ratings) == counts - 1) & (counts > 1)


def _hold_back(ratings: pd.DataFrame, is_known: np.ndarray) -> Task:
    return Task(answers=ratings[~is_known], history=ratings[is_known])


def _world_of(task: str, ratings: pd.DataFrame, is_train: np.ndarray) -> World:
    train, answers = ratings[is_train], ratings[~is_train]
    if task == "time":
        history = train[train["userId"].isin(answers["userId"])]
        return World(train=train, tasks={task: Task(answers=answers, history=history)})
    return World(train=train, tasks={task: Task(answers=answers)})


SPLITTERS = {
    "random": random_world,
    "people": people_world,
    "time": time_world,
    "last": last_world,
    "last-shuffled": shuffled_last_world,
    "ncf": negatives_world,
    "cold": cold_world,
}
