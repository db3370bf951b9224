import errno
import time

import numpy as np
import psycopg
import pytest
from django.core import mail
from django.db import OperationalError, connection

from recommendations.engine import artefacts
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.models.popularity import Popularity
from recommendations.errors import (
    NothingToLearnFromError,
    TrainingCancelledError,
    TrainingFailedError,
    TrainingRunsAlreadyError,
    VersionNotServableError,
)
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage, pruning, registry, trainers
from recommendations.services.artefact_cache import artefact_path
from recommendations.services.artefact_storage import stored_names
from recommendations.services.registry import activate_version, active_version, rollback_version
from recommendations.services.trainer import Evaluation
from recommendations.services.trainer_state import state_path
from recommendations.services.trainers import ForkedTrainer
from recommendations.services.training import cancel_training, train_version
from recommendations.services.versions import TRAINING_LOCK
from tests.two_camps import build_two_camps

State = ModelVersion.State
WORSE = {"value": -0.05, "low": -0.07, "high": -0.03}


class HarshTrainer(ForkedTrainer):
    """Find every candidate worse than what serves."""

    def judge(self, interactions, *, candidate, rival, watch):
        return Evaluation(setting={"metric": "ndcg@10", "people": 900}, difference=WORSE)


def other_recipe() -> dict:
    return artefacts.recipe_of(Hybrid(cold_boost=3.0))


@pytest.mark.django_db
def test_without_ratings_there_is_nothing_to_learn():
    with pytest.raises(NothingToLearnFromError):
        train_version(activate=True)

    assert ModelVersion.objects.get().state == State.FAILED


def test_a_training_that_fails_changes_nothing_that_is_served(two_camps, monkeypatch):
    def break_off(*_args, **_kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(artefacts, "save", break_off)
    with pytest.raises(TrainingFailedError, match="no space"):
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


def test_what_a_killed_training_left_is_marked_failed_and_removed(two_camps):
    abandoned = ModelVersion.objects.create(number=99, directory="000099-cafe0000")
    workplace = artefact_path(abandoned).with_name(".000099-cafe0000-x1y2")
    workplace.mkdir()

    train_version(activate=False)

    abandoned.refresh_from_db()
    assert abandoned.state == State.FAILED
    assert abandoned.alert == "The training failed. The process was ended."
    assert not workplace.exists()
    assert ModelVersion.objects.first().number == 100


def test_progress_is_reported_and_ends_at_a_hundred(two_camps):
    said = []

    version = train_version(activate=True, report=said.append)

    assert said[0] == "reading"
    assert "fitting: ease" in said
    assert said[-1].endswith("is active")
    assert (version.percent, version.stage) == (100, "")
    assert version.training_counts["peak_memory_mb"] > 10


def test_a_cancelled_training_stops_and_leaves_nothing(two_camps, monkeypatch):
    monkeypatch.setattr(trainers, "judge_recipes", lambda *_args, **_kwargs: time.sleep(600))
    number = two_camps.version.number + 1

    def cancel(_stage: str) -> None:
        assert cancel_training(number=number)

    with pytest.raises(TrainingCancelledError):
        train_version(activate=True, report=cancel)

    cancelled = ModelVersion.objects.get(number=number)
    assert cancelled.state == State.CANCELLED
    assert cancelled.directory not in stored_names()
    assert ModelVersion.objects.get(state=State.ACTIVE) == two_camps.version


def test_a_training_cancelled_while_it_is_stored_does_not_serve(two_camps, monkeypatch):
    store_it = artefact_storage.upload

    def upload(path):
        store_it(path)
        assert cancel_training(number=two_camps.version.number + 1)

    monkeypatch.setattr(artefact_storage, "upload", upload)

    with pytest.raises(TrainingCancelledError):
        train_version(activate=True)

    cancelled = ModelVersion.objects.first()
    assert (cancelled.state, cancelled.alert) == (State.CANCELLED, "")
    assert cancelled.directory not in stored_names()
    assert ModelVersion.objects.get(state=State.ACTIVE) == two_camps.version


def test_a_training_that_fails_is_told_of(two_camps, monkeypatch):
    monkeypatch.setattr(trainers, "judge_recipes", lambda *_args, **_kwargs: 1 / 0)

    with pytest.raises(TrainingFailedError):
        train_version(activate=True)

    assert "The training failed. ZeroDivisionError" in ModelVersion.objects.first().alert


def fill_disk(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_mark_that_cannot_be_kept_fails_a_training_and_leaves_nothing(two_camps, monkeypatch):
    monkeypatch.setattr(np, "savez", fill_disk)
    with pytest.raises(OSError, match="No space"):
        train_version(activate=True)

    failed = ModelVersion.objects.first()
    assert (failed.state, failed.note) == (State.FAILED, "[Errno 28] No space left on device")
    assert "The training failed. [Errno 28] No space" in failed.alert
    assert failed.directory not in stored_names()
    served = two_camps.version.directory
    assert {path.name for path in state_path("").iterdir()} == {served, f"{served}.mark.npz"}
    assert active_version() == two_camps.version


def test_a_version_that_cannot_be_activated_says_so_and_stays_ready(two_camps, monkeypatch):
    monkeypatch.setattr(registry, "make_local", fill_disk)
    with pytest.raises(VersionNotServableError):
        train_version(activate=True)

    ready = ModelVersion.objects.first()
    assert ready.state == State.READY
    assert ready.alert.startswith("The activation failed. The artefact of version 2 is not whole")
    assert ready.note == ready.alert
    assert active_version() == two_camps.version
    monkeypatch.undo()
    assert activate_version(number=ready.number).state == State.ACTIVE


def test_a_version_serves_and_says_so_where_older_ones_cannot_be_removed(two_camps, monkeypatch):
    monkeypatch.setattr(pruning, "remove_local", fill_disk)
    with pytest.raises(OSError, match="No space"):
        train_version(activate=True)

    version = active_version()
    assert version.number == two_camps.version.number + 1
    assert version.alert == version.note
    assert version.note == "Removing older versions failed. [Errno 28] No space left on device"


def test_a_model_that_cannot_score_does_not_come_to_serve(two_camps, monkeypatch):
    def fit_badly(self, interactions):
        fit(self, interactions)
        self.liked_part_[0] = np.inf

    fit = Popularity._fit
    monkeypatch.setattr(Popularity, "_fit", fit_badly)

    with pytest.raises(TrainingFailedError, match="not finite"):
        train_version(activate=True)

    assert ModelVersion.objects.get(state=State.ACTIVE) == two_camps.version


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_on_the_way_fails_a_training_and_the_next_succeeds(settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    served = build_two_camps().version

    def lose_connection(said: str) -> None:
        if said.startswith("fitting"):
            with psycopg.connect(**connection.get_connection_params()) as other:
                backend = connection.connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s)", [backend])

    with pytest.raises(OperationalError):
        train_version(activate=True, report=lose_connection)

    failed = ModelVersion.objects.first()
    assert (failed.state, failed.number) == (State.FAILED, served.number + 1)
    assert not artefact_path(failed).exists()
    assert ModelVersion.objects.get(state=State.ACTIVE) == served
    assert train_version(activate=True).state == State.ACTIVE


def test_what_does_not_train_cannot_be_cancelled(two_camps):
    assert not cancel_training(number=two_camps.version.number)


def test_a_fit_that_takes_too_long_is_ended(two_camps, monkeypatch, settings):
    settings.TRAINING_HOURS = 0
    with pytest.raises(TrainingFailedError, match="too long"):
        train_version(activate=True)


def test_the_same_recipe_goes_through_the_gate_unfitted(two_camps):
    version = train_version(activate=True)

    assert version.gate["decision"] == "same recipe"
    assert version.gate["against"] == two_camps.version.number


def test_too_few_people_do_not_decide_and_the_version_serves(two_camps):
    version = train_version(activate=True, recipe=other_recipe())

    assert (version.state, version.gate["decision"]) == (State.ACTIVE, "not decided")


def test_a_worse_recipe_is_kept_and_what_serves_is_refitted(two_camps, settings):
    settings.TRAINER = f"{__name__}.{HarshTrainer.__name__}"
    settings.ADMINS = [("Operator", "operator@example.org")]

    refitted = train_version(activate=True, recipe=other_recipe())

    kept = ModelVersion.objects.get(state=State.KEPT)
    assert kept.recipe["hyperparameters"]["cold_boost"] == 3.0
    assert "ndcg@10 -0.0500" in kept.alert
    assert [message.to for message in mail.outbox] == [["operator@example.org"]]
    assert (refitted.state, refitted.gate["decision"]) == (State.ACTIVE, "refitted")
    assert refitted.recipe == two_camps.version.recipe


def test_what_somebody_decides_during_a_training_stands(two_camps):
    train_version(activate=True)

    def go_back(message: str) -> None:
        if message.startswith("gate:"):
            rollback_version()

    trained = train_version(activate=True, report=go_back)

    assert active_version() == two_camps.version
    trained.refresh_from_db()
    assert trained.state == State.READY
    assert f"version {two_camps.version.number} was, while" in trained.alert
    assert train_version(activate=True) == active_version()
