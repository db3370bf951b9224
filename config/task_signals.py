"""What happens around every task in a worker: its log line, its request id, its counts."""

import logging
import time
from typing import Any

from celery import Task
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

from config.request_ids import begin_task_of
from config.task_metrics import record_refresh_lags, record_run

logger = logging.getLogger("marquee.tasks")

REFRESH = "recommendations.refresh_user"
SUCCESS = "SUCCESS"


@task_prerun.connect
def begin(task: Task[..., Any], task_id: str, **_signal: Any) -> None:
    """Belong to the request that queued the task; one that the scheduler queued has its own id."""
    close_old_connections()  # those that broke meanwhile, or are old
    begin_task_of(task.request.get("request_id") or task_id)
    task.request.update(began_at=time.monotonic())


@task_postrun.connect
def end(task: Task[..., Any], task_id: str, state: str | None, **_signal: Any) -> None:
    """Log and count one run."""
    began_at = task.request.get("began_at")
    seconds = time.monotonic() - began_at if began_at is not None else 0.0
    outcome = state or "UNKNOWN"
    milliseconds = round(seconds * 1000, 1)
    logger.info(
        "%s %s in %s ms",
        task.name,
        outcome,
        milliseconds,
        extra={
            "task": task.name,
            "task_id": task_id,
            "state": outcome,
            "milliseconds": milliseconds,
        },
    )
    record_run(task=task.name, state=outcome, seconds=seconds)
    queued_at = task.request.get("queued_at")
    if task.name == REFRESH and outcome == SUCCESS and queued_at is not None:
        record_refresh_lags([max(0.0, time.time() - queued_at)])
    close_old_connections()
    begin_task_of("")
