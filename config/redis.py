"""The connection to Redis, and JSON as the only language spoken to it."""

import json
from functools import cache
from typing import Any

import redis
from django.conf import settings


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
    """Return this process's client; its pool is safe to share between threads."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
        health_check_interval=30,
    )
