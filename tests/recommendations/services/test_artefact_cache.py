import errno
import json
import os

import pytest

from recommendations.engine import manifests
from recommendations.models import ModelVersion
from recommendations.services import artefact_cache
from recommendations.services.artefact_cache import artefact_path, cache_directory, check_local
from recommendations.services.store import ModelStore


@pytest.fixture
def version(two_camps) -> ModelVersion:
    """Return a version that nobody here has read yet."""
    marks_path(two_camps.version).unlink()
    return two_camps.version


def marks_path(version: ModelVersion):
    return artefact_cache._marks_path(artefact_path(version))


@pytest.fixture
def full_disk(monkeypatch):
    def write(_document, stream):
        stream.write("{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(json, "dump", write)


def test_what_was_read_is_noted_and_not_read_again(version, monkeypatch):
    check_local(version)
    monkeypatch.setattr(manifests, "verify", None)
    check_local(version)


def test_a_full_disk_keeps_nothing_sound_from_serving(version, full_disk, monkeypatch, caplog):
    readings = []

    def verify(path, **expected):
        readings.append(path)
        return plain(path, **expected)

    plain = manifests.verify
    monkeypatch.setattr(manifests, "verify", verify)
    before = set(cache_directory().iterdir())
    store = ModelStore()
    for _ in range(3):
        store._look_again()
        assert store.get().number == version.number
    assert len(readings) == 1
    assert set(cache_directory().iterdir()) == before
    assert "could not be noted: [Errno 28] No space left" in caplog.text


def test_notes_that_cannot_be_read_are_made_anew(version):
    check_local(version)
    noted = marks_path(version).read_text()
    marks_path(version).unlink()
    marks_path(version).symlink_to(marks_path(version).name)

    check_local(version)

    assert json.loads(marks_path(version).read_text())["files"] == json.loads(noted)["files"]
