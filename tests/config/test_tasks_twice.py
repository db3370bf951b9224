"""A task is acknowledged when it is done, so any of them may run again."""

import inspect

import pytest
from celery import Task

from accounts.models import User
from config.broker import queue_of
from config.celery import LOST_SECONDS, app
from config.queues import TRAINING_QUEUE
from movies.models import Rating
from recommendations.models import ModelVersion
from recommendations.services.cache import load_lists
from tests.factories import make_rating, make_user

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if name.startswith(("accounts.", "recommendations.")))


def arguments_of(task: Task, *, user: User, version: ModelVersion) -> list[int]:
    """Return what a task wants, by the names of its parameters; a new name belongs here."""
    known = {"user_id": user.pk, "number": version.number, "model_version": version.number}
    return [known[name] for name in inspect.signature(task.run).parameters]


def what_matters(user: User) -> dict[str, object]:
    lists = load_lists(user_id=user.pk)
    return {
        "people": list(User.objects.order_by("pk").values_list("pk", "profile_revision")),
        "ratings": list(Rating.objects.order_by("pk").values_list("pk", "half_stars")),
        "active": ModelVersion.objects.filter(state=ModelVersion.State.ACTIVE).count(),
        "in_training": ModelVersion.objects.filter(state=ModelVersion.State.TRAINING).count(),
        "lists": lists and (lists.stars_of, lists.unwanted, len(lists.top)),
    }


def test_there_are_tasks():
    assert {"accounts.tidy", "recommendations.refresh_user", "recommendations.sweep"} <= {*OURS}


@pytest.mark.parametrize("name", OURS)
def test_a_task_that_runs_twice_leaves_what_it_leaves_once(name, two_camps):
    user = make_user()
    make_rating(user, two_camps.westerns[0], 5)
    task = app.tasks[name]
    arguments = arguments_of(task, user=user, version=two_camps.version)

    task(*arguments)
    once = what_matters(user)
    task(*arguments)

    assert what_matters(user) == once
    assert once["active"] == 1


@pytest.mark.parametrize("name", OURS)
def test_every_task_is_steady_and_bounded(name):
    task = app.tasks[name]

    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.max_retries == 5
    assert task.autoretry_for
    assert task.retry_backoff
    assert task.retry_jitter
    assert task.time_limit or app.conf.task_time_limit


@pytest.mark.parametrize("name", OURS)
def test_what_may_take_longer_than_a_lost_task_is_waited_for_is_a_trainers(name):
    task = app.tasks[name]
    longest = task.time_limit or app.conf.task_time_limit

    is_short = longest + task.retry_backoff_max < LOST_SECONDS

    assert is_short or queue_of(name) == TRAINING_QUEUE
