import psycopg
import pytest
from django.db import connection

from recommendations.engine import artefacts
from recommendations.errors import NothingToLearnFromError, TrainingRunsAlreadyError
from recommendations.models import ModelVersion
from recommendations.services import training
from recommendations.services.training import TRAINING_LOCK, train_version

State = ModelVersion.State


@pytest.mark.django_db
def test_without_ratings_there_is_nothing_to_learn():
    with pytest.raises(NothingToLearnFromError):
        train_version(activate=True)

    assert ModelVersion.objects.get().state == State.FAILED


def test_a_training_that_fails_changes_nothing_that_is_served(two_camps, monkeypatch):
    def break_off(*_args, **_kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(artefacts, "save", break_off)
    with pytest.raises(OSError, match="no space"):
        train_version(activate=True)

    failed = ModelVersion.objects.first()
    assert (failed.state, failed.note) == (State.FAILED, "OSError: no space left on device")
    assert ModelVersion.objects.get(state=State.ACTIVE) == two_camps.version


@pytest.mark.django_db(transaction=True)
def test_one_training_at_a_time():
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TRAINING_LOCK])
        with pytest.raises(TrainingRunsAlreadyError):
            train_version(activate=True)


def test_what_a_killed_training_left_is_marked_failed(two_camps):
    abandoned = ModelVersion.objects.create(number=99)

    train_version(activate=False)

    abandoned.refresh_from_db()
    assert abandoned.state == State.FAILED
    assert ModelVersion.objects.first().number == 100


def test_progress_is_reported(two_camps):
    said = []

    training.train_version(activate=True, report=said.append)

    assert said[0].startswith("read ")
    assert said[-1].endswith("is active")
