"""What is asked about is never learned from."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers.world_files import WorldFiles, write_world
from benchmarks.peers.worlds import SPLITTERS, is_last, places_in_time


@pytest.fixture
def ratings():
    rng = np.random.default_rng(5)
    rows = [
        (user, movie, float(rng.integers(1, 6)), int(rng.integers(0, 400)))
        for user in range(1, 41)
        for movie in rng.permutation(130)[: rng.integers(12, 30)]
    ]
    return pd.DataFrame(rows, columns=["userId", "movieId", "rating", "timestamp"])


def pairs(frame):
    return set(zip(frame["userId"], frame["movieId"], strict=True))


@pytest.mark.parametrize("name", SPLITTERS)
def test_no_answer_is_in_the_training_set_or_in_a_history(ratings, name):
    world = SPLITTERS[name](ratings, seed=3)
    assert world.tasks
    for task in world.tasks.values():
        history = world.train if task.history is None else task.history
        assert len(task.answers)
        assert not pairs(task.answers) & pairs(world.train)
        assert not pairs(task.answers) & pairs(history)


def test_a_leak_that_is_planted_is_seen(ratings):
    world = SPLITTERS["random"](ratings, seed=3)
    leaking = pd.concat([world.train, world.tasks["stars"].answers.head(1)])
    assert pairs(world.tasks["stars"].answers) & pairs(leaking)


def test_people_held_out_are_not_trained_on_and_lose_no_rating(ratings):
    world = SPLITTERS["people"](ratings, seed=3)
    task = world.tasks["newcomers-3"]
    held_out = set(task.answers["userId"])
    assert len(held_out) == 8
    assert not held_out & set(world.train["userId"])
    assert len(world.train) + len(task.history) + len(task.answers) == len(ratings)
    assert (task.history.groupby("userId").size() == 3).all()


def test_strong_asks_only_for_what_was_liked(ratings):
    task = SPLITTERS["people"](ratings, seed=3).tasks["strong"]
    assert task.answers["rating"].min() >= 4
    assert task.history["rating"].min() >= 4


def test_newcomers_are_known_by_their_earliest_ratings(ratings):
    task = SPLITTERS["people"](ratings, seed=3).tasks["newcomers-5"]
    latest_known = task.history.groupby("userId")["timestamp"].max()
    earliest_asked = task.answers.groupby("userId")["timestamp"].min()
    assert (latest_known <= earliest_asked).all()


def test_everything_learned_is_older_than_the_cut(ratings):
    world = SPLITTERS["time"](ratings, seed=3)
    assert world.train["timestamp"].max() < world.tasks["time"].answers["timestamp"].min()


def test_of_equal_times_the_last_in_the_file_is_last():
    ratings = pd.DataFrame(
        {"userId": [1, 2, 1, 1], "movieId": [5, 5, 6, 7], "rating": 3.0, "timestamp": [9, 9, 9, 2]}
    )
    assert places_in_time(ratings).tolist() == [1, 0, 2, 0]
    assert is_last(ratings).tolist() == [False, False, True, False]


def test_negatives_were_never_rated_and_hold_the_answer(ratings):
    task = SPLITTERS["ncf"](ratings, seed=3).tasks["ncf"]
    assert pairs(task.candidates) & pairs(ratings) == pairs(task.answers)
    assert task.candidates.groupby("userId").size().max() == 100


def test_hidden_movies_are_nowhere_in_training(ratings):
    world = SPLITTERS["cold"](ratings, seed=3)
    assert not set(world.tasks["cold"].candidates["movieId"]) & set(world.train["movieId"])


def test_the_same_seed_gives_the_same_world_and_another_one_another(ratings):
    for name in ("random", "people", "cold", "last-shuffled"):
        first, again, other = (SPLITTERS[name](ratings, seed=seed) for seed in (1, 1, 2))
        assert first.train.equals(again.train)
        assert not first.train.equals(other.train)


def test_files_hold_answers_apart_from_what_a_model_reads(ratings, tmp_path):
    write_world(SPLITTERS["people"](ratings, seed=3), tmp_path)
    files = WorldFiles(data="made-up", world="people", seed=3, directory=tmp_path)
    assert pd.read_csv(files.asked("strong")).columns.tolist() == ["userId"]
    assert pd.read_csv(files.asked("stars-new")).columns.tolist() == ["userId", "movieId"]
    assert files.answers("strong").parent.name == "answers"
    assert not pairs(pd.read_csv(files.history("strong"))) & pairs(
        pd.read_csv(files.answers("strong"))
    )
