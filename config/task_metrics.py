"""What workers count, kept in Redis: they may run on any machine, and nobody asks them by HTTP.

Counters start anew when Redis is emptied, as Prometheus expects of counters.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import cast

from config.redis import RedisAwayError, reachable_redis

KEY = "marquee:metrics:tasks"
# Seconds from a change to the lists that know it.
LAGS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
SEPARATOR = "|"


def record_run(*, task: str, state: str, seconds: float) -> None:
    """Count one run of a task, and the time it took."""
    with suppress(RedisAwayError), reachable_redis() as redis, redis.pipeline() as pipeline:
        pipeline.hincrby(KEY, SEPARATOR.join(("runs", task, state)), 1)
        pipeline.hincrbyfloat(KEY, SEPARATOR.join(("seconds", task)), seconds)
        pipeline.execute()


def record_refresh_lags(seconds: Sequence[float]) -> None:
    """Count how long the lists of some people lagged behind what they did."""
    buckets = Counter(bisect_left(LAGS, lag) for lag in seconds)
    with suppress(RedisAwayError), reachable_redis() as redis, redis.pipeline() as pipeline:
        for bucket, count in buckets.items():
            pipeline.hincrby(KEY, SEPARATOR.join(("lag", str(bucket))), count)
        pipeline.hincrbyfloat(KEY, "lag_seconds", sum(seconds))
        pipeline.execute()


def read_counts() -> Mapping[tuple[str, ...], float]:
    """Return every count by its parts; raise RedisAwayError where there are none to be had."""
    with reachable_redis() as redis:
        stored = cast("dict[bytes, bytes]", redis.hgetall(KEY))
    return {tuple(name.decode().split(SEPARATOR)): float(value) for name, value in stored.items()}
