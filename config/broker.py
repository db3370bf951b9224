"""How much waits for the workers, and when it is enough."""

import logging
import time

from django.conf import settings

from config.redis import RedisAwayError, reachable_redis

logger = logging.getLogger(__name__)

# At a kilobyte a task, so much waits in Redis at the most while no worker runs.
MOST_WAITING = 10_000
LOOK_SECONDS = 1.0


class _Known:
    """The lengths this process read last, and when."""

    waiting: dict[str, tuple[float, int]] = {}  # noqa: RUF012 - belongs to the process


def queue_of(task_name: str) -> str:
    """Return the queue that a task is sent to."""
    route = settings.CELERY_TASK_ROUTES.get(task_name, {})
    return route.get("queue", settings.CELERY_TASK_DEFAULT_QUEUE)


def is_flooded(queue: str) -> bool:
    """Tell whether so many tasks wait that one more helps nobody, as of a second ago."""
    read_at, waiting = _Known.waiting.get(queue, (float("-inf"), 0))
    if time.monotonic() - read_at > LOOK_SECONDS:
        waiting = _count_waiting(queue)
        _Known.waiting[queue] = (time.monotonic(), waiting)
        if waiting >= MOST_WAITING:
            logger.error("%s tasks wait in the queue %s; no more are added", waiting, queue)
    return waiting >= MOST_WAITING


def forget_lengths() -> None:
    """Ask Redis again at the next use."""
    _Known.waiting.clear()


def _count_waiting(queue: str) -> int:
    try:
        with reachable_redis() as redis:
            return int(redis.llen(queue))
    except RedisAwayError:
        return 0
