"""What every task of the site does when something fails under it."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar, cast

from celery import Task
from celery.exceptions import Reject

from config.errors import DATABASE_GONE
from config.redis import RedisAwayError, reachable_redis

logger = logging.getLogger(__name__)

MOST_DELIVERIES = 3
REMEMBER_SECONDS = 24 * 60 * 60


class SteadyTask(Task[..., Any]):
    """Run again what PostgreSQL's absence ended: five times, ever later, not all at once.

    A task is acknowledged when it is done, so one whose worker was killed comes again; one that
    kills its workers is given up after the third time. So every task must bear to run twice.
    """

    abstract = True
    autoretry_for: ClassVar[tuple[type[Exception], ...]] = DATABASE_GONE
    max_retries = 5
    retry_backoff = 2
    retry_backoff_max = 60
    retry_jitter = True

    def before_start(
        self,
        task_id: str,
        args: tuple[Any, ...],  # noqa: ARG002 - Celery's signature
        kwargs: Mapping[str, Any],  # noqa: ARG002
    ) -> None:
        """Reject a task that has been lost with its worker too often."""
        delivery = self.request.delivery_info or {}
        if delivery.get("redelivered") and count_delivery(task_id) >= MOST_DELIVERIES:
            logger.error("%s is given up: it was lost %s times", self.name, MOST_DELIVERIES)
            raise Reject(f"{self.name} ends its workers", requeue=False)


def count_delivery(task_id: str) -> int:
    """Count one more time that a task came again; none while Redis is away."""
    key = f"marquee:redelivered:{task_id}"
    with suppress(RedisAwayError), reachable_redis() as redis, redis.pipeline() as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, REMEMBER_SECONDS)
        return cast("int", pipeline.execute()[0])
    return 0
