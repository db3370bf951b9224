"""Artefacts in a storage that is no file system."""

import fcntl
import shutil
import threading
from contextlib import suppress

import pytest

from recommendations.errors import (
    ArtefactStorageError,
    ModelNotReadyError,
    VersionNotServableError,
)
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage, patience
from recommendations.services.artefact_cache import artefact_path, make_local
from recommendations.services.patience import REQUEST_SECONDS, patient_for
from recommendations.services.pruning import remove_what_is_gone
from recommendations.services.registry import activate_version
from recommendations.services.store import ModelStore
from tests.recommendations.services.bucket import Bucket
from tests.staff import browser_of, make_superuser
from tests.two_camps import build_two_camps
from tests.waiting import wait_for


@pytest.fixture
def version(db, settings, tmp_path, monkeypatch) -> ModelVersion:
    """Return a version that was trained on another machine."""
    monkeypatch.setattr(Bucket, "objects", {})
    bucket = {"BACKEND": f"{Bucket.__module__}.{Bucket.__name__}"}
    settings.STORAGES = settings.STORAGES | {"artefacts": bucket}
    settings.ARTEFACTS_DIR = tmp_path / "there"
    return build_two_camps().version


def test_an_artefact_comes_out_of_a_bucket_as_it_went_in(version, settings, tmp_path):
    written = {path.name: path.read_bytes() for path in artefact_path(version).iterdir()}
    settings.ARTEFACTS_DIR = tmp_path / "here"

    make_local(version)

    arrived = {path.name: path.read_bytes() for path in artefact_path(version).iterdir()}
    assert arrived == written
    assert artefact_storage.stored_names() == {version.directory}


def test_what_is_given_up_goes_from_a_bucket(version):
    ModelVersion.objects.update(state=ModelVersion.State.PRUNED)

    remove_what_is_gone()

    assert Bucket.objects == {}


def test_a_bucket_that_is_away_does_not_keep_anybody_from_going_back(version, monkeypatch):
    monkeypatch.setattr(Bucket, "is_away", True)

    assert activate_version(number=version.number).state == ModelVersion.State.ACTIVE

    shutil.rmtree(artefact_path(version))
    with pytest.raises(VersionNotServableError, match="no answer"):
        activate_version(number=version.number)
    with pytest.raises(ArtefactStorageError, match="BucketError"):
        artefact_storage.stored_names()


@pytest.fixture
def may_answer(version, monkeypatch):
    """Let the bucket hang until the event is set, which it is when the test ends."""
    event = threading.Event()
    monkeypatch.setattr(Bucket, "may_answer", event)
    yield event
    event.set()


@pytest.mark.usefixtures("may_answer")
def test_a_bucket_that_hangs_is_given_up(version):
    with (
        patient_for(0.2),
        pytest.raises(ArtefactStorageError, match=r"does not answer: no sign of life for 0\.2 s"),
    ):
        artefact_storage.stored_names()


@pytest.mark.parametrize("late", [artefact_storage.delete, artefact_storage.upload])
def test_what_was_given_up_takes_nothing_out_of_the_bucket_later(
    late, version, may_answer, monkeypatch
):
    removed: list[str] = []
    monkeypatch.setattr(Bucket, "delete", lambda _self, name: removed.append(name))
    asked = version.directory if late is artefact_storage.delete else artefact_path(version)
    with patient_for(0.2), pytest.raises(ArtefactStorageError, match="does not answer"):
        late(asked)
    given_up = patience._given_up[-1]

    may_answer.set()
    given_up.join()

    assert removed == []


@pytest.mark.usefixtures("may_answer")
def test_a_hanging_bucket_keeps_nobody_in_the_admin_from_going_back(version):
    ModelVersion.objects.update(state=ModelVersion.State.RETIRED)
    browser = browser_of(make_superuser())
    address = f"/admin/recommendations/modelversion/{version.pk}/activate/"

    browser.post(address, {"_form_submitted": "True"})

    version.refresh_from_db()
    assert version.state == ModelVersion.State.ACTIVE


@pytest.mark.usefixtures("may_answer")
def test_what_a_hanging_bucket_does_not_give_is_told(version):
    shutil.rmtree(artefact_path(version))
    with (
        patient_for(REQUEST_SECONDS),
        pytest.raises(VersionNotServableError, match="does not answer"),
    ):
        activate_version(number=version.number)
    assert not artefact_path(version).exists()


def test_who_is_in_a_hurry_does_not_wait_for_what_others_fetch(version):
    shutil.rmtree(artefact_path(version))
    with (artefact_path(version).parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with (
            patient_for(0.2),
            pytest.raises(VersionNotServableError, match="Another process here is fetching"),
        ):
            activate_version(number=version.number)
    assert activate_version(number=version.number).state == ModelVersion.State.ACTIVE


@pytest.mark.django_db(transaction=True)
def test_what_did_not_arrive_does_when_the_bucket_answers_again(version, monkeypatch, may_answer):
    monkeypatch.setattr("recommendations.services.patience._OTHERS_SECONDS", 0.2)
    monkeypatch.setattr("recommendations.services.store.RETRY_SECONDS", 0.0)
    shutil.rmtree(artefact_path(version))
    store = ModelStore()

    def serves() -> bool:
        store._look_again()
        with suppress(ModelNotReadyError):
            return store.get().number == version.number
        return False

    assert wait_for(lambda: not serves() and patience._given_up)
    may_answer.set()
    assert wait_for(serves)
