"""Which errors mean that a service is out of reach."""

from celery.exceptions import Reject
from django.db import InterfaceError, OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

DATABASE_GONE = (OperationalError, InterfaceError)
REDIS_GONE = (RedisConnectionError, RedisTimeoutError)
RETRY_AFTER_SECONDS = 10

# SQLSTATE of a connection that failed, and of a server that stops or starts.
_AWAY_STATES = ("08", "57P")


def is_away(error: BaseException | None) -> bool:
    """Return whether PostgreSQL was out of reach, not only unable to do what it was asked."""
    if not isinstance(error, DATABASE_GONE):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY_STATES)


def is_redis_away(error: BaseException | None) -> bool:
    """Return whether Redis was out of reach, by itself or as the broker."""
    if isinstance(error, Reject):  # a task could not be queued for another try
        error = error.args[0]
    while error is not None and not isinstance(error, REDIS_GONE):
        error = error.__cause__
    return error is not None


def first_line(error: BaseException) -> str:
    """Return what an error says in brief; libpq goes on for several lines."""
    return str(error).partition("\n")[0]
