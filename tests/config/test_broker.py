from contextlib import closing

import pytest
from django.db import OperationalError, transaction
from redis import OutOfMemoryError

from config import broker, tasks
from config.broker import is_flooded, queue_of
from config.redis import redis_client
from config.steady_tasks import MOST_DELIVERIES, count_delivery
from recommendations.tasks import refresh_user
from tests.config.test_redis_stalls import SLACK, redis_socket
from tests.stalling import StallingProxy, within


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(tasks, "_paused_until", float("-inf"))
    broker.forget_lengths()


def queue_one() -> None:
    with transaction.atomic():
        tasks.enqueue_on_commit(refresh_user, 1)


def test_a_silent_broker_costs_a_request_little(transactional_db, tmp_path, monkeypatch, caplog):
    silent = refresh_user.app.connection_for_write(f"redis+socket://{tmp_path}/broker.sock")
    original = refresh_user.apply_async
    monkeypatch.setattr(
        refresh_user, "apply_async", lambda **how: original(**how, connection=silent)
    )
    proxy = StallingProxy.on_socket(tmp_path / "broker.sock", target=redis_socket())
    with closing(proxy):
        queue_one()
        waiting = redis_client().llen("celery")

        with proxy.stalled():
            with within(1 + SLACK):
                queue_one()
            queue_one()  # which does not ask again: one line in the log

    assert waiting == 1
    assert caplog.text.count("was not queued") == 1


def test_a_full_broker_costs_a_line_in_the_log(transactional_db, monkeypatch, caplog):
    def refuse(**_how):
        raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")

    monkeypatch.setattr(refresh_user, "apply_async", refuse)

    queue_one()

    assert "was not queued" in caplog.text


def test_where_too_many_tasks_wait_none_is_added(transactional_db, monkeypatch, caplog):
    monkeypatch.setattr(broker, "MOST_WAITING", 3)
    redis_client().rpush("celery", "one", "two", "three")

    queue_one()

    assert redis_client().llen("celery") == 3
    assert "no more are added" in caplog.text


def test_room_in_the_queue_is_noticed(monkeypatch):
    monkeypatch.setattr(broker, "MOST_WAITING", 1)
    monkeypatch.setattr(broker, "LOOK_SECONDS", 0.0)
    redis_client().rpush("celery", "one")
    before = is_flooded("celery")
    redis_client().delete("celery")

    assert (before, is_flooded("celery")) == (True, False)


def test_each_task_has_its_queue():
    assert queue_of("recommendations.refresh_user") == "celery"
    assert queue_of("recommendations.train_nightly") == "training"


def test_what_the_database_ended_is_tried_again_a_few_times():
    task = refresh_user
    assert OperationalError in task.autoretry_for
    assert (task.max_retries, task.retry_jitter) == (5, True)
    assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
    assert 0 < task.app.conf.task_soft_time_limit < task.app.conf.task_time_limit


def test_a_task_that_comes_again_is_counted():
    assert [count_delivery("poison") for _ in range(MOST_DELIVERIES)] == [1, 2, 3]
