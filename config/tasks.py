"""How a task is queued: after the commit, without ever failing the request."""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from config.broker import is_flooded, queue_of
from config.metrics import count_service_error
from config.redis import is_left_alone

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
_paused_until = 0.0


def at_once() -> float:
    return 0.0


def enqueue_on_commit(
    task: Task[..., Any], *ids: int, plan: Callable[[], float | None] = at_once
) -> None:
    """Queue the task once the transaction has committed; a dead broker costs a log line.

    `plan` is asked then in how many seconds the task is to run; None is not at all. What is not
    queued here is found by the sweep; a long queue is not made longer. After a failure nothing is
    tried for two seconds, so that a hanging broker does not cost every request its timeout.
    """

    def enqueue() -> None:
        global _paused_until  # noqa: PLW0603 - the pause belongs to the process
        if time.monotonic() < _paused_until or is_flooded(queue_of(task.name)):
            return
        seconds = plan()
        if seconds is None:
            return
        if is_left_alone():  # the broker is the same server: one timeout is enough
            logger.warning("%s%s was not queued: Redis did not answer", task.name, ids)
            return
        try:
            task.apply_async(args=ids, countdown=seconds, retry=False)
        except (OperationalError, RedisError) as error:
            _paused_until = time.monotonic() + PAUSE_SECONDS
            count_service_error(service="broker")
            logger.warning("%s%s was not queued: %s", task.name, ids, error)

    transaction.on_commit(enqueue, robust=True)
