from threading import Timer

import psycopg
import pytest
from django.db import connection

from recommendations.errors import TrainingRunsAlreadyError
from recommendations.services import versions
from recommendations.services.versions import INCREMENT_LOCK, TRAINING_LOCK, version_lock


@pytest.mark.django_db
def test_a_training_waits_for_an_increment_and_for_nothing_else():
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TRAINING_LOCK])
        with pytest.raises(TrainingRunsAlreadyError), version_lock(patience=60):
            pass
        other.execute("SELECT pg_advisory_lock(%s)", [INCREMENT_LOCK])
        Timer(1.0, other.execute, ["SELECT pg_advisory_unlock_all()"]).start()
        with version_lock(patience=60):
            pass


@pytest.mark.django_db
def test_a_training_is_made_after_an_increment_that_ends_in_this_moment(monkeypatch):
    take_lock = versions._take_lock
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        for lock in (INCREMENT_LOCK, TRAINING_LOCK):
            other.execute("SELECT pg_advisory_lock(%s)", [lock])

        def take_just_before_the_end(cursor, lock) -> bool:
            is_taken = take_lock(cursor, lock)
            other.execute("SELECT pg_advisory_unlock_all()")
            return is_taken

        monkeypatch.setattr(versions, "_take_lock", take_just_before_the_end)
        with version_lock(patience=60):
            pass
