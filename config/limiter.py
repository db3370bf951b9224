"""The one limiter of the site: sign-in, mail, tokens and the API all ask here."""

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import cast

from config.redis import RedisAwayError, reachable_redis

MOST_LOCAL_BUCKETS = 20_000
MICROSECONDS = 1_000_000
# Where a request carries the seconds to wait to the page that says so.
RETRY_AFTER = "marquee.retry_after"

# The generic cell rate algorithm: a bucket is one number, the time at which it is full again.
# Reading, deciding and writing are one step in Redis, by the clock of Redis, so that however many
# processes ask at once, exactly `burst` get through. Returns the microseconds to wait, 0 for yes.
BUCKET = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local cost, keep = tonumber(ARGV[3]), ARGV[4] == '1'
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + cost * interval
local wait = full_at - now - burst * interval
if wait > 0 then
    return math.ceil(wait)
end
if keep and full_at > now then
    local milliseconds = math.ceil((full_at - now) / 1000)
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', milliseconds)
elseif keep then
    redis.call('DEL', KEYS[1])
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many a second in the long run, and `burst` at once."""

    per_second: float
    burst: int

    @property
    def interval(self) -> float:
        """Return the microseconds in which one more becomes free."""
        return MICROSECONDS / self.per_second


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may go on, and the seconds to wait otherwise."""

    is_allowed: bool
    retry_after: float


class LocalBuckets:
    """The same algorithm within one process, for as long as Redis is away."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}
        self._lock = Lock()

    def ask(self, key: str, limit: Limit, *, cost: int, keep: bool) -> int:
        """Return the microseconds to wait, 0 for yes; count the cost if it is to be kept."""
        now = time.monotonic() * MICROSECONDS
        with self._lock:
            full_at = max(self._full_at.get(key, 0), now) + cost * limit.interval
            wait = full_at - now - limit.burst * limit.interval
            if wait > 0:
                return math.ceil(wait)
            if keep:
                self._full_at[key] = full_at
                self._make_room(now)
        return 0

    def forget(self, key: str) -> None:
        with self._lock:
            self._full_at.pop(key, None)

    def _make_room(self, now: float) -> None:
        if len(self._full_at) <= MOST_LOCAL_BUCKETS:
            return
        by_time = sorted(self._full_at.items(), key=lambda bucket: bucket[1])
        # Half is kept, those that have longest to wait: a flood of keys costs one sort in 10,000.
        latest = by_time[len(by_time) // 2 :]
        self._full_at = {key: full_at for key, full_at in latest if full_at > now}


class Limiter:
    """Count attempts in Redis; without Redis in this process, so that a limit always holds.

    What a process counts is its own: while Redis is away, n processes allow n times as much.
    """

    def __init__(self) -> None:
        self._local = LocalBuckets()

    def take(self, *, key: str, limit: Limit) -> Verdict:
        """Count one attempt, if it is allowed."""
        return self._ask(key, limit, cost=1, keep=True)

    def peek(self, *, key: str, limit: Limit) -> Verdict:
        """Tell whether one attempt would be allowed, and count nothing."""
        return self._ask(key, limit, cost=1, keep=False)

    def give_back(self, *, key: str, limit: Limit) -> None:
        """Uncount one attempt: it was none of those the limit is meant for."""
        self._ask(key, limit, cost=-1, keep=True)

    def forget(self, *, key: str) -> None:
        """Uncount every attempt."""
        self._local.forget(key)
        with suppress(RedisAwayError), reachable_redis() as redis:
            redis.delete(redis_key(key))

    def _ask(self, key: str, limit: Limit, *, cost: int, keep: bool) -> Verdict:
        try:
            wait = ask_redis(key, limit, cost=cost, keep=keep)
        except RedisAwayError:
            wait = self._local.ask(key, limit, cost=cost, keep=keep)
        return Verdict(is_allowed=wait == 0, retry_after=wait / MICROSECONDS)


def ask_redis(key: str, limit: Limit, *, cost: int, keep: bool) -> int:
    """Return the microseconds to wait, 0 for yes, from the bucket that all processes share."""
    arguments = [limit.interval, limit.burst, cost, int(keep)]
    with reachable_redis() as redis:
        # EVALSHA; the script travels only where Redis does not know it yet.
        bucket = redis.register_script(BUCKET)
        return cast("int", bucket(keys=[redis_key(key)], args=arguments))


def redis_key(key: str) -> str:
    return f"marquee:limit:{key}"


@cache
def limiter() -> Limiter:
    """Return this process's limiter."""
    return Limiter()
