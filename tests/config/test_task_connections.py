import pytest
from django.db import connection

from config.task_metrics import read_counts
from recommendations.tasks import refresh_user
from tests.factories import make_user
from tests.recommendations.workers import running_worker
from tests.waiting import wait_for

OTHERS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def run_task(user_id: int, *, is_run_number: int) -> list[int]:
    """Let the worker run a task, well; return which processes of PostgreSQL serve it then."""
    refresh_user.delay(user_id)
    succeeded = ("runs", "recommendations.refresh_user", "SUCCESS")
    assert wait_for(lambda: read_counts().get(succeeded) == is_run_number, seconds=60)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return [pid for (pid,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_its_connection_and_replaces_a_broken_one():
    user = make_user()
    with running_worker():
        first = run_task(user.pk, is_run_number=1)
        assert len(first) == 1
        assert run_task(user.pk, is_run_number=2) == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", first)
        third = run_task(user.pk, is_run_number=3)
    assert len(third) == 1
    assert third != first
