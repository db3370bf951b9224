"""The Celery application."""

import logging.config
import os
import time
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    setup_logging,
    worker_init,
    worker_process_init,
)
from django.conf import settings

from config.blas import use_one_blas_thread
from config.request_ids import present_request_id
from runner.children import die_with_parent

WORKER_TIMEOUT_SECONDS = 5.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("marquee", include=["config.task_signals"], task_cls="config.steady_tasks:SteadyTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def be_patient(**_signal: Any) -> None:
    """Give the broker time: a page waits a fifth of a second for it, a worker may wait longer."""
    app.conf.broker_transport_options = app.conf.broker_transport_options | {
        "socket_timeout": WORKER_TIMEOUT_SECONDS,
        "socket_connect_timeout": WORKER_TIMEOUT_SECONDS,
    }


@setup_logging.connect
def log_as_the_site_does(**_signal: Any) -> None:
    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def mark_task(headers: dict[str, Any], **_signal: Any) -> None:
    """Give a task the id of the request it comes from, and the time of the change it follows."""
    headers.setdefault("request_id", present_request_id())
    headers.setdefault("queued_at", time.time())


@worker_process_init.connect
def end_with_the_worker(**_signal: Any) -> None:
    """Let no process of a worker's pool outlive the worker; use one core each."""
    die_with_parent()
    use_one_blas_thread()
