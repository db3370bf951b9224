from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from recommendations.errors import VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services import alerts, artefact_storage, pruning, registry, versions
from recommendations.services.artefact_cache import artefact_path
from recommendations.services.pruning import prune_versions, tidy_versions
from recommendations.services.registry import activate_version
from recommendations.services.training import train_version
from recommendations.services.versions import TRAINING_LOCK
from recommendations.tasks import train_nightly
from tests.waiting import wait_for

State = ModelVersion.State
pytestmark = pytest.mark.django_db


def make(number: int, state: str, *, base=None, refers_to=(), day: int = 0) -> ModelVersion:
    return ModelVersion.objects.create(
        number=number,
        state=state,
        kind="full" if base is None else "increment",
        base=base,
        refers_to=list(refers_to),
        directory=f"{number:06d}-0000",
        manifest_sha256="0" * 64,
        activated_at=f"2026-01-{day:02d}T00:00:00Z" if day else None,
    )


def kept_numbers() -> set[int]:
    return set(ModelVersion.objects.exclude(state=State.PRUNED).values_list("number", flat=True))


@pytest.fixture(autouse=True)
def _few(settings, tmp_path):
    settings.KEEP_VERSIONS, settings.KEEP_INCREMENTS = 2, 1
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"


def test_the_newest_stay_and_older_ones_go():
    for number in range(1, 5):
        make(number, "retired")
    make(5, "active")

    assert prune_versions() == 3

    assert kept_numbers() == {4, 5}


def test_what_serves_and_what_served_before_stay_however_old():
    make(1, "retired", day=1)
    make(2, "active", day=2)
    for number in (3, 4, 5):
        make(number, "ready")

    prune_versions()

    assert kept_numbers() == {1, 2, 4, 5}


def test_no_version_goes_that_a_kept_one_refers_to():
    base = make(1, "retired", day=1)
    other = make(2, "retired")
    make(3, "retired", base=base, refers_to=[base.directory])
    make(4, "active", base=base, refers_to=[base.directory, other.directory], day=2)
    for number in (5, 6, 7):
        make(number, "ready")

    prune_versions()

    assert kept_numbers() == {1, 2, 4, 6, 7}


def test_the_base_of_an_increment_that_is_being_made_stays():
    base = make(1, "retired")
    for number in (2, 3, 4):
        make(number, "ready")
    make(5, "training", base=base)

    prune_versions()

    assert kept_numbers() == {1, 3, 4, 5}


@pytest.mark.django_db(transaction=True)
def test_what_is_activated_while_others_are_pruned_keeps_what_it_refers_to(monkeypatch):
    base, serving = make(1, "retired"), make(3, "active", day=2)
    old = make(2, "retired", base=base, refers_to=[base.directory])
    make(4, "ready")
    make(5, "retired", base=serving, refers_to=[serving.directory])
    monkeypatch.setattr(registry, "_make_sure_of_artefact", lambda _version: None)
    choose = pruning._kept

    def activate() -> None:
        with closing(connection):
            activate_version(number=old.number)

    with ThreadPoolExecutor(1) as pool:
        activations = []

        def choose_while_somebody_activates() -> list[ModelVersion]:
            chosen = choose()
            activations.append(pool.submit(activate))
            wait_for(lambda: activations[0].done() or somebody_waits())
            return chosen

        monkeypatch.setattr(pruning, "_kept", choose_while_somebody_activates)
        prune_versions()
        with pytest.raises(VersionNotServableError, match="pruned just now"):
            activations[0].result(timeout=30)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone() is not None


def test_files_of_pruned_versions_go_from_storage_and_cache(two_camps, settings):
    settings.KEEP_VERSIONS = 1
    second = train_version(activate=True)
    third = train_version(activate=True)

    first = ModelVersion.objects.get(pk=two_camps.version.pk)
    assert first.state == State.PRUNED
    assert not artefact_path(first).exists()
    stored = artefact_storage.stored_names()
    assert first.directory not in stored
    assert {second.directory, third.directory} <= stored
    assert artefact_path(second).exists()


def test_what_a_killed_training_left_is_found_without_another_training(two_camps):
    abandoned = ModelVersion.objects.create(number=99, directory="000099-cafe0000")
    artefact_path(abandoned).mkdir()

    assert tidy_versions() == 1
    assert tidy_versions() == 0

    abandoned.refresh_from_db()
    assert (abandoned.state, abandoned.note) == (State.FAILED, "The process was ended.")
    assert not artefact_path(abandoned).exists()


def test_no_lock_is_held_while_a_killed_training_is_mailed_about(monkeypatch):
    ModelVersion.objects.create(number=99, directory="000099-cafe0000")
    held = []

    def mail(*_arguments) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory'")
            held.append(cursor.fetchall())

    monkeypatch.setattr(alerts, "mail_admins", mail)
    tidy_versions()

    assert held == [[]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("train", [train_nightly, lambda: call_command("train")])
def test_a_training_waits_for_a_tidy_up(train, monkeypatch):
    ModelVersion.objects.create(number=99, directory="000099-cafe0000")
    give_up, look, looks = pruning.give_up_on_abandoned, versions._is_training_made, []
    monkeypatch.setattr(
        versions, "_is_training_made", lambda cursor: looks.append(look(cursor)) or looks[-1]
    )

    def train_to_the_end() -> None:
        with closing(connection), suppress(CommandError):  # it finds no ratings
            train()

    with ThreadPoolExecutor(1) as pool:
        trainings: list[Future[None]] = []

        def give_up_while_somebody_wants_to_train(kind) -> list[int]:
            trainings.append(pool.submit(train_to_the_end))
            wait_for(lambda: looks or trainings[0].done())
            return give_up(kind)

        monkeypatch.setattr(pruning, "give_up_on_abandoned", give_up_while_somebody_wants_to_train)
        assert tidy_versions() == 1
        trainings[0].result(timeout=60)

    assert looks[0] is False
    assert ModelVersion.objects.filter(note__startswith="There are no ratings").exists()


@pytest.mark.parametrize(("minutes", "is_told"), [(14, False), (16, True)])
def test_a_training_that_hangs_is_told_of(minutes, is_told):
    heard_at = timezone.now() - timedelta(minutes=minutes)
    hanging = ModelVersion.objects.create(number=99, directory="000099-0", progress_at=heard_at)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TRAINING_LOCK])

        assert tidy_versions() == 0

    hanging.refresh_from_db()
    assert hanging.state == State.TRAINING
    assert hanging.alert.startswith("Its training has given no sign of life") == is_told
