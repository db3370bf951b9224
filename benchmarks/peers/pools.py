"""Results of one model on one task over its splits, and comparisons of two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.peers.places import VAR, read_json
from benchmarks.peers.scorer import Interval, resampling_weights

SEED = 7
METRICS_OF_LISTS = ("ndcg", "recall", "hit")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is judged: a task in a kind of world on a data set."""

    data: str
    world: str
    task: str

    @property
    def is_stars(self) -> bool:
        """Return whether the task asks for stars, where less error is better."""
        return self.task.startswith("stars")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """People of several splits in one row, and sums that make the metric: (Σn / Σd)^power."""

    setting: Setting
    model: str
    seeds: tuple[int, ...]
    rows: tuple[int, ...]
    users: tuple[int, ...]
    numerators: np.ndarray
    denominators: np.ndarray
    power: float
    results: tuple[dict, ...]

    @property
    def by_seed(self) -> np.ndarray:
        """Return the metric of each split."""
        cuts = np.cumsum(self.rows)[:-1]
        parts = zip(np.split(self.numerators, cuts), np.split(self.denominators, cuts), strict=True)
        return np.array([(top.sum() / bottom.sum()) ** self.power for top, bottom in parts])

    @property
    def mean(self) -> float:
        """Return the mean over splits."""
        return float(self.by_seed.mean())

    def cost(self, name: str) -> float:
        """Return the mean over splits of seconds, megabytes or milliseconds."""
        return float(np.mean([result[name] for result in self.results]))


def read_pool(
    setting: Setting, model: str, *, metric: str = "", seeds: Sequence[int] | None = None
) -> Pool | None:
    """Return the results of a model, or None where there are none."""
    found = _results(setting, model)
    chosen = {seed: found[seed] for seed in sorted(found) if seeds is None or seed in seeds}
    if not chosen:
        return None
    metric = metric or ("squared" if setting.is_stars else "ndcg")
    users, tops, bottoms, rows = [], [], [], []
    for result in chosen.values():
        metrics = result["scores"]["metrics"]
        if metric not in metrics:
            return None
        values = np.asarray(metrics[metric], dtype=np.float64)
        tops.append(values)
        bottoms.append(np.asarray(metrics.get("count", np.ones(len(values))), dtype=np.float64))
        users += result["scores"]["user_ids"]
        rows.append(len(values))
    return Pool(
        setting=setting,
        model=model,
        seeds=tuple(chosen),
        rows=tuple(rows),
        users=tuple(users),
        numerators=np.concatenate(tops),
        denominators=np.concatenate(bottoms),
        power=0.5 if metric == "squared" else 1.0,
        results=tuple(chosen.values()),
    )


@cache
def _results(setting: Setting, model: str) -> dict[int, dict]:
    place = VAR / "results" / setting.data
    found = {}
    for path in place.glob(f"{setting.world}-*/{setting.task}/{model}.json"):
        world, _, seed = path.parents[1].name.rpartition("-")
        if world == setting.world:
            found[int(seed)] = read_json(path)
    return found


@cache
def _weights(users: tuple[int, ...]) -> np.ndarray:
    return resampling_weights(users, seed=SEED)


def interval(pool: Pool) -> Interval:
    """Return the mean over splits with its 95 % interval over people."""
    low, high = np.quantile(_resampled(pool), [0.025, 0.975])
    return pool.mean, float(low), float(high)


def ratio(pool: Pool, other: Pool) -> Interval:
    """Return the mean over common splits of one metric over another's, with its interval."""
    mine, theirs = common(pool, other)
    low, high = np.quantile(_resampled(mine) / _resampled(theirs), [0.025, 0.975])
    return float((mine.by_seed / theirs.by_seed).mean()), float(low), float(high)


def difference(pool: Pool, other: Pool) -> Interval:
    """Return how much one metric is above another's on common splits, with its interval."""
    mine, theirs = common(pool, other)
    low, high = np.quantile(_resampled(mine) - _resampled(theirs), [0.025, 0.975])
    return float((mine.by_seed - theirs.by_seed).mean()), float(low), float(high)


def common(pool: Pool, other: Pool) -> tuple[Pool, Pool]:
    """Return both on the splits that both have; raise where they judged other people."""
    seeds = [seed for seed in pool.seeds if seed in other.seeds]
    if not seeds:
        raise ValueError(f"{pool.model} and {other.model} have no split in common")
    mine, theirs = (_on(one, seeds) for one in (pool, other))
    if mine.users != theirs.users:
        raise ValueError(f"{pool.model} and {other.model} were judged on other people")
    return mine, theirs


def _on(pool: Pool, seeds: Sequence[int]) -> Pool:
    if list(pool.seeds) == list(seeds):
        return pool
    kept = np.concatenate(
        [np.full(size, seed in seeds) for seed, size in zip(pool.seeds, pool.rows, strict=True)]
    )
    chosen = [at for at, seed in enumerate(pool.seeds) if seed in seeds]
    return Pool(
        setting=pool.setting,
        model=pool.model,
        seeds=tuple(seeds),
        rows=tuple(pool.rows[at] for at in chosen),
        users=tuple(user for user, is_kept in zip(pool.users, kept, strict=True) if is_kept),
        numerators=pool.numerators[kept],
        denominators=pool.denominators[kept],
        power=pool.power,
        results=tuple(pool.results[at] for at in chosen),
    )


def _resampled(pool: Pool) -> np.ndarray:
    weights = _weights(pool.users)
    return ((weights @ pool.numerators) / (weights @ pool.denominators)) ** pool.power


def baseline_of(setting: Setting) -> Pool | None:
    """Return the damped bias, popularity, or for cold movies a random order."""
    if setting.is_stars:
        return read_pool(setting, "reference-bias")
    name = "reference-random" if setting.task == "cold" else "reference-popularity"
    return read_pool(setting, name)


def ranked(pools: Sequence[Pool | None]) -> list[Pool]:
    """Return the pools that are there, best first.

    By the ratio to the baseline on the same splits: some models have fewer splits, and an easy
    split must not make them look good.
    """
    present = [pool for pool in pools if pool is not None]
    if not present:
        return []
    base = baseline_of(present[0].setting)
    sign = 1 if present[0].setting.is_stars else -1

    def strength(pool: Pool) -> float:
        if base is None or not set(base.seeds) & set(pool.seeds):
            return sign * pool.mean
        mine, theirs = common(pool, base)
        # Of another metric than the baseline's (hits beside NDCG) the order stays the same.
        return sign * float((mine.by_seed / theirs.by_seed).mean())

    return sorted(present, key=strength)


def best(pools: Sequence[Pool | None]) -> Pool | None:
    """Return the pool that is ahead of the others, if there is any."""
    return next(iter(ranked(pools)), None)
