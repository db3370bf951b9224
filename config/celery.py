"""The Celery application."""

import logging.config
import os
import time
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    celeryd_after_setup,
    setup_logging,
    worker_init,
    worker_process_init,
)
from django.conf import settings

from config.blas import use_one_blas_thread
from config.queues import TAKEN_BY_TRAINERS, TRAINING_QUEUE
from config.request_ids import present_request_id
from config.transport import be_steady
from runner.children import die_with_parent

WORKER_TIMEOUT_SECONDS = 5.0
# What a worker took and has not done after so long comes again. A task that is not of the training
# queue has a minute, and waits another between two tries. A training that takes longer than three
# hours comes again for nothing: it finds that one runs, or that it has been done.
LOST_SECONDS = 5 * 60
LOST_TRAINING_SECONDS = 3 * 60 * 60

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

be_steady()
app = Celery(
    "marquee",
    amqp="config.transport:SteadyAMQP",
    include=["config.task_signals"],
    task_cls="config.steady_tasks:SteadyTask",
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def be_patient(**_signal: Any) -> None:
    """Give the broker time: a page waits a fifth of a second for it, a worker may wait longer."""
    app.conf.broker_transport_options = app.conf.broker_transport_options | {
        "socket_timeout": WORKER_TIMEOUT_SECONDS,
        "socket_connect_timeout": WORKER_TIMEOUT_SECONDS,
        # One that waits for tasks on half a connection would notice after a minute.
        "health_check_interval": WORKER_TIMEOUT_SECONDS,
    }


@celeryd_after_setup.connect
def look_for_lost_tasks(instance: Any, conf: Any, **_signal: Any) -> None:
    """Let what a killed worker held come again soon where tasks are short.

    A worker looks for what any of them has lost, by its own patience. So those that train note what
    they hold under names of their own, or the others would take a training for lost.
    """
    options: dict[str, Any] = {"visibility_timeout": LOST_SECONDS}
    if TRAINING_QUEUE in instance.app.amqp.queues.consume_from:
        options = {
            "visibility_timeout": LOST_TRAINING_SECONDS,
            "unacked_key": TAKEN_BY_TRAINERS,
            "unacked_index_key": f"{TAKEN_BY_TRAINERS}_index",
            "unacked_mutex_key": f"{TAKEN_BY_TRAINERS}_mutex",
        }
    conf.broker_transport_options = conf.broker_transport_options | options


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
