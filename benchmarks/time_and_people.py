"""Measure what times and demographics add as features, to stars and to lists.

    python -m benchmarks.time_and_people ml-1m [--data shared/data] [--seeds 1 2 3]

Stars are the damped bias (item damping 5, user damping 5) and what is added to it. Every setting
is chosen on earlier ratings or on the people of other seeds (101, 102, 103); the printed ratios
are on what was held back, with intervals over people. Drift is what would be known when a star is
asked for; hour and weekday of the rating to come, and its day, are not, and stand apart.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from benchmarks.movielens import SETS, write_csv_files
from recommendations.engine.dataset import InputFiles, load_interactions
from recommendations.engine.evaluation.intervals import Sums, compare
from recommendations.engine.evaluation.judge import judge
from recommendations.engine.evaluation.metrics import ndcg_at
from recommendations.engine.evaluation.splits import leave_last_out, newcomers, split_by_time
from recommendations.engine.models.popularity import Popularity
from recommendations.engine.models.stars import Stars

ROUNDS, DAMPING = 15, 5.0
DAY, HOUR = 86_400, 3_600
N_PEOPLE, MOST_TARGETS = 600, 50
VALIDATION_SEEDS = (101, 102, 103)
# Half-lives of the person's recent ratings, in ratings or in days, and their damping.
DRIFTS = tuple(product(("ratings", "days"), (1.0, 3.0, 10.0, 30.0), (2.0, 10.0, 50.0)))
TIME_DAMPINGS = (10.0, 100.0, 1000.0)
GROUP_DAMPINGS = (10.0, 30.0, 100.0, 300.0)


class Ratings:
    """Columns of all ratings, by person and in order of time within each."""

    def __init__(self, interactions):
        order = np.lexsort((interactions.sequence, interactions.rating_users))
        self.users = interactions.rating_users[order]
        self.items = interactions.user_items.indices[order]
        self.stars = interactions.user_items.data[order].astype(np.float64)
        self.times = interactions.timestamps[order]
        self.n_users, self.n_items = interactions.n_users, interactions.n_items
        self.places = interactions.sequence[order]
        self.hours = self.times // HOUR % 24
        self.weekdays = (self.times // DAY + 3) % 7


def damped_bias(ratings, is_train):
    """Return the mean, item effects and user effects of the training ratings."""
    users, items = ratings.users[is_train], ratings.items[is_train]
    mean = ratings.stars[is_train].mean()
    residuals = ratings.stars[is_train] - mean
    of_user, of_item = np.zeros(ratings.n_users), np.zeros(ratings.n_items)
    for _ in range(ROUNDS):
        of_item = damped(items, residuals - of_user[users], ratings.n_items, DAMPING)
        of_user = damped(users, residuals - of_item[items], ratings.n_users, DAMPING)
    return mean, of_item, of_user


def damped(keys, values, n_keys, damping):
    """Return the mean of the values of each key, drawn towards 0 by `damping` further ones."""
    counts = np.bincount(keys, minlength=n_keys)
    return np.bincount(keys, weights=values, minlength=n_keys) / (counts + damping)


def running(ratings, values, *, damping, unit="ratings", half_life=np.inf):
    """Return for each rating the damped, decayed mean of the person's values before it."""
    means = np.zeros(len(values))
    sums, weights = np.zeros(ratings.n_users), np.zeros(ratings.n_users)
    latest = np.zeros(ratings.n_users)
    order = np.argsort(ratings.places, kind="stable")
    ends = np.searchsorted(ratings.places[order], np.arange(ratings.places.max() + 2))
    for start, stop in pairwise(ends):
        rows = order[start:stop]
        people = ratings.users[rows]
        days = (ratings.times[rows] - latest[people]) / DAY
        decay = np.exp2(-(days if unit == "days" else 1.0) / half_life)
        sums[people] *= decay
        weights[people] *= decay
        means[rows] = sums[people] / (weights[people] + damping)
        sums[people] += values[rows]
        weights[people] += 1
        latest[people] = ratings.times[rows]
    return means


def error_sums(ratings, errors, is_judged):
    """Return squared errors by person, as the engine's judge keeps them."""
    users = ratings.users[is_judged]
    squares = np.bincount(users, weights=errors[is_judged] ** 2, minlength=ratings.n_users)
    counts = np.bincount(users, minlength=ratings.n_users).astype(np.float64)
    return Sums(numerators=squares, denominators=counts, is_root=True)


def say(what, new, old):
    """Print the ratio of two errors or gains, the new over the old, with its paired interval."""
    found = compare(new, old, seed=7)
    ratio = found.ratio
    sys.stdout.write(
        f"{what}: {old.value:.4f} -> {new.value:.4f}, "
        f"x {ratio.value:.4f} ({ratio.low:.4f} to {ratio.high:.4f})\n"
    )


def in_time(ratings):
    """Stars in order of time: items known up to the cut, each person up to their last rating."""
    first, second = np.quantile(ratings.times, [0.8, 0.9])
    choosing = prequential(ratings, ratings.times <= first)
    is_validation = (ratings.times > first) & (ratings.times <= second)
    best = min(
        DRIFTS, key=lambda drift: drift_errors(ratings, choosing, drift, is_validation).value
    )
    is_train = ratings.times <= second
    errors = prequential(ratings, is_train)
    plain = error_sums(ratings, errors, ~is_train)
    unit, half_life, damping = best
    what = f"drift, half-life {half_life:g} {unit}, damping {damping:g}"
    say(f"stars in time, {what}", drift_errors(ratings, errors, best, ~is_train), plain)
    for name, keys, n_keys in (
        ("hour", ratings.hours, 24),
        ("weekday", ratings.weekdays, 7),
        ("hour of the person", ratings.users * 4 + ratings.hours // 6, 4 * ratings.n_users),
        ("weekday of the person", ratings.users * 7 + ratings.weekdays, 7 * ratings.n_users),
    ):
        chosen = min(
            TIME_DAMPINGS,
            key=lambda value: (
                error_sums(
                    ratings,
                    without_keys(choosing, keys, n_keys, ratings.times <= first, value),
                    is_validation,
                ).value
            ),
        )
        new = without_keys(errors, keys, n_keys, is_train, chosen)
        what = f"stars in time, {name} of the rating to come, damping {chosen:g}"
        say(what, error_sums(ratings, new, ~is_train), plain)
    return best


def stars_in_time(interactions, drift):
    """The model of stars in order of time, and the same with the drift of its own errors."""
    split = split_by_time(interactions)
    model = Stars().fit(split.train)
    unit, half_life, damping = drift
    plain, new = [], []
    for case in split.cases[:N_PEOPLE]:
        errors = one_by_one(model, case)
        times = case.target_timestamps[: len(errors)]
        recent = [
            recent_mean(errors[:place], times[: place + 1], unit, half_life, damping)
            for place in range(len(errors))
        ]
        plain.append((errors**2).sum())
        new.append(((errors - recent) ** 2).sum())
    counts = [min(len(case.target_items), MOST_TARGETS) for case in split.cases[:N_PEOPLE]]
    rated = np.array(counts, dtype=float)
    sums = [
        Sums(numerators=np.array(squares), denominators=rated, is_root=True)
        for squares in (plain, new)
    ]
    say(f"`stars` in time, drift, half-life {half_life:g} {unit}, damping {damping:g}", *sums[::-1])


def one_by_one(model, case):
    """Return the errors of the first targets, each predicted from everything rated before it."""
    errors = np.zeros(min(len(case.target_items), MOST_TARGETS))
    for place in range(len(errors)):
        history = replace(
            case.history,
            item_indices=np.concatenate([case.history.item_indices, case.target_items[:place]]),
            values=np.concatenate([case.history.values, case.target_stars[:place]]),
            timestamps=np.concatenate([case.history.timestamps, case.target_timestamps[:place]]),
        )
        predicted = model.predict(history, case.target_items[place : place + 1])[0]
        errors[place] = case.target_stars[place] - predicted
    return errors


def recent_mean(errors, times, unit, half_life, damping):
    """Return the damped, decayed mean of the errors so far, `times` ending with the present."""
    ages = (times[-1] - times[:-1]) / DAY if unit == "days" else np.arange(len(errors), 0, -1)
    weights = np.exp2(-ages / half_life)
    return (weights * errors).sum() / (weights.sum() + damping)


def prequential(ratings, is_train):
    """Return the error of each rating given the item effects of training and the person before."""
    mean, of_item, _ = damped_bias(ratings, is_train)
    residuals = ratings.stars - mean - of_item[ratings.items]
    return residuals - running(ratings, residuals, damping=DAMPING)


def drift_errors(ratings, errors, drift, is_judged):
    unit, half_life, damping = drift
    recent = running(ratings, errors, damping=damping, unit=unit, half_life=half_life)
    return error_sums(ratings, errors - recent, is_judged)


def without_keys(errors, keys, n_keys, is_train, damping):
    return errors - damped(keys[is_train], errors[is_train], n_keys, damping)[keys]


def at_random(ratings, seed):
    """Stars at random 90/10, the day of the rating to come being known: its own protocol."""
    is_train = np.random.default_rng(seed).random(len(ratings.stars)) >= 0.1
    mean, of_item, of_user = damped_bias(ratings, is_train)
    errors = ratings.stars - mean - of_item[ratings.items] - of_user[ratings.users]
    plain = error_sums(ratings, errors, ~is_train)
    _, days = np.unique(ratings.users * 10**6 + ratings.times // DAY, return_inverse=True)
    new = without_keys(errors, days, days.max() + 1, is_train, 5.0)
    say(f"stars at random, seed {seed}, day", error_sums(ratings, new, ~is_train), plain)
    for name, keys, n_keys in (("hour", ratings.hours, 24), ("weekday", ratings.weekdays, 7)):
        new = without_keys(errors, keys, n_keys, is_train, 100.0)
        say(f"stars at random, seed {seed}, {name}", error_sums(ratings, new, ~is_train), plain)


def people_never_met(ratings, labels, seeds):
    """Stars of people held out, after a few ratings: does it help to know their groups?"""
    parted = {seed: part_people(ratings, seed) for seed in (*VALIDATION_SEEDS, *seeds)}
    for n_known in (0, 1, 5, 20):
        chosen = min(
            GROUP_DAMPINGS,
            key=lambda damping: sum(
                group_errors(ratings, labels, parted[seed], n_known, damping)[1].value
                for seed in VALIDATION_SEEDS
            ),
        )
        for seed in seeds:
            plain, new = group_errors(ratings, labels, parted[seed], n_known, chosen)
            say(f"stars of strangers after {n_known}, seed {seed}, groups ({chosen:g})", new, plain)


def part_people(ratings, seed):
    """Return who is held out, and the damped bias of the others."""
    people = np.random.default_rng(seed).permutation(ratings.n_users)
    is_held_out = np.zeros(ratings.n_users, dtype=bool)
    is_held_out[people[: min(N_PEOPLE, ratings.n_users // 10)]] = True
    return is_held_out, *damped_bias(ratings, ~is_held_out[ratings.users])


def group_errors(ratings, labels, parted, n_known, damping):
    """Return the errors without and with effects of groups and of items within groups."""
    is_held_out, mean, of_item, of_user = parted
    is_train = ~is_held_out[ratings.users]
    residuals = ratings.stars - mean - of_item[ratings.items]
    own = np.zeros(len(residuals))
    for column in labels.T:
        group = column[ratings.users]
        n_labels = column.max() + 1
        effect = damped(column[~is_held_out], of_user[~is_held_out], n_labels, damping)
        cells = group * ratings.n_items + ratings.items
        left = (residuals - of_user[ratings.users])[is_train]
        within = damped(cells[is_train], left, n_labels * ratings.n_items, damping)
        own += (effect[group] + within[cells]) / labels.shape[1]
    is_known = ratings.places < n_known
    is_judged = ~is_train & ~is_known
    return tuple(
        error_sums(ratings, left - folded_in(ratings, left, is_known)[ratings.users], is_judged)
        for left in (residuals, residuals - own)
    )


def folded_in(ratings, residuals, is_known):
    return damped(ratings.users[is_known], residuals[is_known], ratings.n_users, DAMPING)


def lists_by_time(interactions, damping=100.0):
    """Popularity within the hour or weekday at which the next film is rated."""
    split = leave_last_out(interactions)
    train = Ratings(split.train)
    counts = np.bincount(train.items, minlength=train.n_items) + 1.0
    targets = np.array([case.target_items[0] for case in split.cases])
    times = np.array([case.target_timestamps[0] for case in split.cases])
    plain = Sums.mean_of(last_ndcg(split, targets, np.log(counts)[np.newaxis], times * 0))
    for name, keys, n_keys, own in (
        ("hour", train.hours // 6, 4, times // HOUR % 24 // 6),
        ("weekday", train.weekdays, 7, (times // DAY + 3) % 7),
    ):
        cells = np.bincount(keys * train.n_items + train.items, minlength=n_keys * train.n_items)
        table = cells.reshape(n_keys, train.n_items)
        expected = counts * table.sum(axis=1, keepdims=True) / counts.sum()
        scores = np.log(counts) + np.log((table + damping) / (expected + damping))
        new = Sums.mean_of(last_ndcg(split, targets, scores, own))
        say(f"lists, popularity by {name} of the next film, NDCG@10", new, plain)


def last_ndcg(split, targets, score_rows, rows):
    """Return the NDCG@10 of each person's last film under the score row of its moment."""
    ranks = np.empty(len(targets), dtype=np.int64)
    for place, case in enumerate(split.cases):
        scores = score_rows[rows[place]].copy()
        scores[case.history.item_indices] = -np.inf
        ranks[place] = (scores > scores[targets[place]]).sum()
    return ndcg_at(np.arange(10) == ranks[:, np.newaxis], np.ones(len(targets), dtype=int), 10)


def lists_by_group(interactions, seeds):
    """Popularity with and without what a newcomer's groups like."""
    for n_known, seed in product((0, 1, 3), seeds):
        split = newcomers(interactions, seed=seed, n_people=N_PEOPLE, n_known=n_known)
        plain, new = (
            judge(model.fit(split.train), split.cases, depth=10, least_stars=4).sums["ndcg@10"]
            for model in (Popularity(group_weight=0.0), Popularity())
        )
        say(f"lists of strangers after {n_known}, seed {seed}, groups, NDCG@10", new, plain)


def label_table(interactions):
    """Return the numbers of each person's labels, shape (n_users, 3), and 0 where unknown."""
    table = np.zeros((interactions.n_users, 3), dtype=np.int64)
    for column, kind in enumerate(("gender", "age", "occupation")):
        names = [
            next((label for label in group if label.startswith(f"{kind}:")), "")
            for group in interactions.groups
        ]
        if kind == "age":
            names = [name and f"{int(name.partition(':')[2]) // 10}" for name in names]
        table[:, column] = np.unique(names, return_inverse=True)[1]
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SETS)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        directory = write_csv_files(options.name, Path(place), data=options.data)
        demographics = directory / "demographics.csv"
        interactions = load_interactions(
            InputFiles(
                ratings=directory / "ratings.csv",
                movies=directory / "movies.csv",
                demographics=demographics if demographics.exists() else None,
            )
        )
    ratings = Ratings(interactions)
    drift = in_time(ratings)
    stars_in_time(interactions, drift)
    for seed in options.seeds:
        at_random(ratings, seed)
    lists_by_time(interactions)
    if interactions.groups:
        people_never_met(ratings, label_table(interactions), options.seeds)
        lists_by_group(interactions, options.seeds)


if __name__ == "__main__":
    main()
