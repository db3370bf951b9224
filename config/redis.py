"""The connection to Redis, and JSON as the only language spoken to it."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.metrics import count_service_error

logger = logging.getLogger(__name__)


class JSONSerializer:
    """Serialise what Django's cache keeps in Redis, as JSON; integers stay countable."""

    def dumps(self, value: Any) -> bytes | int:
        """Return what Redis stores for the value."""
        if type(value) is int:
            return value
        return json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        """Return the value of what Redis stored."""
        return json.loads(stored)


@cache
def redis_client() -> redis.Redis:
    """Return this process's client; its pool is safe to share between threads.

    A kept connection may have ended with a server that runs again: that costs one more try. What
    ran into a timeout is not tried again.
    """
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )


class RedisAwayError(Exception):
    """Redis did not answer, or did not a moment ago."""


class _Pause:
    """How long this process leaves Redis alone after a failure."""

    seconds = 2.0
    until = float("-inf")


@contextmanager
def reachable_redis() -> Iterator[redis.Redis]:
    """Give the client, or raise RedisAwayError; after a failure, at once for two seconds.

    So a Redis that hangs costs one request its timeout, not every request. One that is full
    refuses to write and goes on reading: that is no reason to leave it alone.
    """
    if is_left_alone():
        raise RedisAwayError("Redis did not answer a moment ago")
    try:
        yield redis_client()
    except redis.ResponseError as error:
        count_service_error(service="redis")
        logger.warning("Redis refused: %s", error)
        raise RedisAwayError(str(error)) from error
    except redis.RedisError as error:
        count_service_error(service="redis")
        _Pause.until = time.monotonic() + _Pause.seconds
        logger.warning("Redis did not answer: %s", error)
        raise RedisAwayError(str(error)) from error


def is_left_alone() -> bool:
    """Tell whether Redis did not answer a moment ago."""
    return time.monotonic() < _Pause.until


def end_pause() -> None:
    """Try Redis again at the next use."""
    _Pause.until = float("-inf")
