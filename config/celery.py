"""The Celery application."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init

from runner.children import die_with_parent

WORKER_TIMEOUT_SECONDS = 5.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("marquee")
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


@worker_process_init.connect
def end_with_the_worker(**_signal: Any) -> None:
    """Let no process of a worker's pool outlive the worker, not even a killed one."""
    die_with_parent()
