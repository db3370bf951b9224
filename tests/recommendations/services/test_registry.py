import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from movies.services.ratings import rate_movie
from recommendations.errors import ModelNotReadyError, VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage, registry
from recommendations.services.artefact_cache import artefact_path
from recommendations.services.increments import make_increment
from recommendations.services.registry import (
    activate_version,
    active_version,
    previous_version,
    rollback_version,
)
from recommendations.services.store import store
from recommendations.services.training import train_version
from recommendations.signals import version_activated
from tests.damage import flip_a_byte, largest_array, make_unreadable
from tests.factories import make_user
from tests.quick_training import build_quick_camps
from tests.two_camps import build_two_camps

State = ModelVersion.State


def serving_number() -> int:
    store.forget()
    return store.get().number


def served(number: int, *, base: ModelVersion | None = None, **fields) -> ModelVersion:
    return ModelVersion.objects.create(
        number=number,
        kind="full" if base is None else "increment",
        base=base,
        directory=f"{number:06d}-0000",
        manifest_sha256="0" * 64,
        **fields,
    )


def test_training_makes_an_active_version_with_an_artefact(two_camps):
    version = two_camps.version

    assert version.state == State.ACTIVE
    assert version.training_counts["items"] == 12
    assert (artefact_path(version) / "manifest.json").is_file()
    assert version.directory in artefact_storage.stored_names()


def test_newer_version_retires_the_older_and_rollback_changes_their_places(two_camps):
    newer = train_version(activate=True)
    two_camps.version.refresh_from_db()
    assert two_camps.version.state == State.RETIRED
    assert serving_number() == newer.number

    rollback_version()

    assert serving_number() == two_camps.version.number

    rollback_version()

    assert serving_number() == newer.number


def test_whoever_listens_is_told_after_the_commit(two_camps, django_capture_on_commit_callbacks):
    heard = []

    def listen(number: int, **_signal) -> None:
        heard.append(number)

    version_activated.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        activate_version(number=two_camps.version.number)
        assert heard == []
    version_activated.disconnect(listen)
    assert heard == [two_camps.version.number]


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_changes_nothing_about_what_serves(settings, tmp_path, caplog):
    settings.ARTEFACTS_DIR = tmp_path
    version = build_two_camps().version

    def fail(**_signal) -> None:
        raise LookupError("the broker is not what it was")

    version_activated.connect(fail)
    activated = activate_version(number=version.number)
    version_activated.disconnect(fail)

    assert activated.state == State.ACTIVE
    assert "the broker is not what it was" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_activations_at_once_come_one_after_the_other(settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path
    numbers = [build_two_camps().version.number, train_version(activate=False).number]

    def activate(number: int) -> None:
        activate_version(number=number)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            list(pool.map(activate, numbers))

    assert ModelVersion.objects.filter(state=State.ACTIVE).count() == 1


def test_rollback_goes_back_past_all_increments_of_what_serves(db):
    moments = [f"2026-01-0{day}T00:00:00Z" for day in range(1, 6)]
    first = served(1, state="retired", activated_at=moments[0])
    last_of_first = served(2, base=first, state="retired", activated_at=moments[1])
    second = served(3, state="retired", activated_at=moments[2])
    served(4, base=second, state="retired", activated_at=moments[3])
    served(5, base=second, state="active", activated_at=moments[4])

    assert previous_version() == last_of_first


def test_altered_artefact_is_not_activated(two_camps):
    version = train_version(activate=False)
    flip_a_byte(largest_array(artefact_path(version)))
    artefact_storage.delete(version.directory)

    with pytest.raises(VersionNotServableError, match="damaged"):
        activate_version(number=version.number)

    assert serving_number() == two_camps.version.number


@pytest.mark.parametrize("damage", [flip_a_byte, make_unreadable])
def test_artefact_that_is_damaged_here_is_fetched_and_activated(two_camps, damage):
    version = train_version(activate=False)
    damage(largest_array(artefact_path(version)))

    activate_version(number=version.number)

    assert serving_number() == version.number


def test_artefact_that_the_storage_has_lost_is_stored_again(two_camps):
    version = train_version(activate=False)
    artefact_storage.delete(version.directory)

    activate_version(number=version.number)

    sha256 = version.manifest_sha256
    assert artefact_storage.is_stored(version.directory, expected_sha256=sha256)


def test_what_an_increment_refers_to_is_stored_again_too(db, settings, tmp_path, monkeypatch):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    camps = build_quick_camps(settings, monkeypatch)
    rate_movie(user=make_user(), movie_id=camps.westerns[0].pk, stars=5)
    increment = make_increment()
    for version in (increment, camps.version):
        artefact_storage.delete(version.directory)

    activate_version(number=increment.number)

    assert artefact_storage.stored_names() >= {increment.directory, camps.version.directory}


@pytest.mark.django_db
def test_what_was_pruned_is_not_activated(monkeypatch):
    version = served(1, state="retired")

    def prune_meanwhile(_version: ModelVersion) -> None:
        ModelVersion.objects.update(state=State.PRUNED)

    monkeypatch.setattr(registry, "_make_sure_of_artefact", prune_meanwhile)
    with pytest.raises(VersionNotServableError, match="pruned just now"):
        activate_version(number=version.number)
    with pytest.raises(VersionNotServableError, match="Version 1 is pruned"):
        activate_version(number=version.number)
    assert active_version() is None


def test_nothing_changes_where_the_artefact_is_nowhere(two_camps):
    version = train_version(activate=False)
    artefact_storage.delete(version.directory)
    shutil.rmtree(artefact_path(version))

    with pytest.raises(VersionNotServableError):
        activate_version(number=version.number)

    assert active_version() == two_camps.version


@pytest.mark.django_db
def test_before_the_first_training_nothing_serves():
    store.forget()
    with pytest.raises(ModelNotReadyError):
        store.get()
    with pytest.raises(VersionNotServableError, match="no version 7"):
        activate_version(number=7)
    with pytest.raises(VersionNotServableError, match="No version served"):
        rollback_version()
