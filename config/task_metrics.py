"""What workers count, kept in Redis: they may run on any machine, and nobody asks them by HTTP.

Counters start anew when Redis is emptied, as Prometheus expects of counters.
"""

from bisect import bisect_left
from collections.abc import Mapping
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


def record_refresh_lag(*, seconds: float) -> None:
    """Count how long somebody's lists lagged behind what they did."""
    bucket = bisect_left(LAGS, seconds)
    with suppress(RedisAwayError), reachable_redis() as redis, redis.pipeline() as pipeline:
        pipeline.hincrby(KEY, SEPARATOR.join(("lag", str(bucket))), 1)
        pipeline.hincrbyfloat(KEY, "lag_seconds", seconds)
        pipeline.execute()


def read_counts() -> Mapping[tuple[str, ...], float]:
    """Return every count by its parts; raise RedisAwayError where there are none to be had."""
    with reachable_redis() as redis:
        stored = cast("dict[bytes, bytes]", redis.hgetall(KEY))
    return {tuple(name.decode().split(SEPARATOR)): float(value) for name, value in stored.items()}
