"""Artefacts in a storage that is no file system."""

import shutil

import pytest

from recommendations.errors import ArtefactStorageError, VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.artefact_cache import artefact_path, make_local
from recommendations.services.pruning import remove_what_is_gone
from recommendations.services.registry import activate_version
from tests.recommendations.services.bucket import Bucket
from tests.two_camps import build_two_camps


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
