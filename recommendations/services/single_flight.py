"""Let one of many who want the same lists make them, and the others have them.

In a process they meet in memory, between processes by a lock in Redis. Nobody waits longer than
making them takes, so whoever holds the lock may be slow, or be killed: it costs a second making.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from redis.commands.core import Script

from config.redis import RedisAwayError, reachable_redis, redis_client

LOCK_MILLISECONDS = 2_000
LOOK_AGAIN_SECONDS = 0.003
USUAL_SECONDS = 0.03
MOST_PATIENCE_SECONDS = 0.25
NEWEST_SHARE = 0.2

RELEASE_OWN = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

Made = TypeVar("Made")


@dataclass(slots=True)
class _Flight(Generic[Made]):
    is_over: threading.Event = field(default_factory=threading.Event)
    made: Made | None = None


class SingleFlight(Generic[Made]):
    """Make each thing once for all who ask for it under the same name at the same time."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._flights: dict[str, _Flight[Made]] = {}
        self._usual_seconds = USUAL_SECONDS

    def get(self, name: str, *, load: Callable[[], Made | None], make: Callable[[], Made]) -> Made:
        """Return what `make` makes, or what another made meanwhile.

        `load` finds what another process made; `make` keeps what it makes where `load` looks.
        """
        with self._guard:
            flight = self._flights.get(name)
            is_first = flight is None
            if flight is None:
                flight = self._flights[name] = _Flight()
        if not is_first:
            flight.is_over.wait(self.patience)
            return self._time(make) if flight.made is None else flight.made
        try:
            flight.made = self._get_across(name, load=load, make=make)
            return flight.made
        finally:
            with self._guard:
                del self._flights[name]
            flight.is_over.set()

    @property
    def patience(self) -> float:
        """Return for how many seconds to wait for others: as long as making took of late."""
        return min(self._usual_seconds, MOST_PATIENCE_SECONDS)

    def _get_across(
        self, name: str, *, load: Callable[[], Made | None], make: Callable[[], Made]
    ) -> Made:
        token = secrets.token_hex(8)
        try:
            is_holder = _take_lock(name, token)
        except RedisAwayError:
            return self._time(make)
        if not is_holder:
            return self._wait_for_other(name, load) or self._time(make)
        try:
            # Another may have finished between the look of whoever asked and the lock.
            return load() or self._time(make)
        finally:
            _release_lock(name, token)

    def _wait_for_other(self, name: str, load: Callable[[], Made | None]) -> Made | None:
        """Load once the other has let go; what it makes is long, so it is not asked for before."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)
            if not _is_locked(name):
                return load()
        return load()

    def _time(self, make: Callable[[], Made]) -> Made:
        begun = time.monotonic()
        made = make()
        self._usual_seconds += NEWEST_SHARE * (time.monotonic() - begun - self._usual_seconds)
        return made


def lock_key(name: str) -> str:
    return f"marquee:making:{name}"


def _take_lock(name: str, token: str) -> bool:
    with reachable_redis() as redis:
        return bool(redis.set(lock_key(name), token, nx=True, px=LOCK_MILLISECONDS))


def _is_locked(name: str) -> bool:
    """Tell whether somebody makes it, as far as is known."""
    try:
        with reachable_redis() as redis:
            return bool(redis.exists(lock_key(name)))
    except RedisAwayError:
        return False


def _release_lock(name: str, token: str) -> None:
    """Let the lock go, if it is still ours; without Redis it goes by itself."""
    try:
        with reachable_redis() as redis:
            _release_script()(keys=[lock_key(name)], args=[token], client=redis)
    except RedisAwayError:
        return


@cache
def _release_script() -> Script:
    return redis_client().register_script(RELEASE_OWN)
