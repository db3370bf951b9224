"""Artefacts in the storage that all machines share, through Django's storage API.

The files of a version lie under the name of its directory. The manifest is written last, so a
version is in the storage whole or not at all, and deleted first. Any kind of storage will do: what
errors it has of its own become an `ArtefactStorageError`, and so does silence (`patience`).
"""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from django.core.files import File
from django.core.files.storage import Storage, storages

from recommendations.engine import manifests
from recommendations.engine.errors import ArtefactCorruptError, ArtefactMissingError
from recommendations.engine.files import READ_ONLY
from recommendations.engine.manifests import MANIFEST, own_files
from recommendations.errors import ArtefactStorageError, RecommendationsError
from recommendations.services.patience import Sign, SilentError, do_aside

CHUNK = 1 << 20

Value = TypeVar("Value")


def upload(directory: Path) -> None:
    """Copy an artefact into the storage; what it refers to is there already.

    Raises `ArtefactStorageError` where the storage does not take it.
    """
    manifest = manifests.read_manifest(directory)
    for file_name in (*own_files(manifest), MANIFEST):
        name = f"{directory.name}/{file_name}"
        try:
            _store(directory / file_name, name)
        except OSError as error:
            message = f"The storage of artefacts did not take {name}: {error}."
            raise ArtefactStorageError(message) from error


def is_stored(name: str, *, expected_sha256: str) -> bool:
    """Tell whether the storage has an artefact's manifest, and the one that is expected."""
    place = f"{name}/{MANIFEST}"

    def look(storage: Storage, _: Sign) -> bool:
        if not storage.exists(place):
            return False
        with storage.open(place) as stream:
            return hashlib.sha256(stream.read()).hexdigest() == expected_sha256

    return _ask(look)


def download(name: str, into: Path, *, expected_sha256: str) -> None:
    """Copy an artefact's own files into an empty directory, each checked as it arrives.

    Raises `ArtefactMissingError` or `ArtefactCorruptError` for what the storage does not have as
    it was written.
    """
    _receive(f"{name}/{MANIFEST}", into / MANIFEST)
    manifest = manifests.read_manifest(into, expected_sha256=expected_sha256)
    for file_name, entry in own_files(manifest).items():
        place = f"{name}/{file_name}"
        found = _receive(place, into / file_name)
        if found != entry["sha256"]:
            raise ArtefactCorruptError(
                f"{place} in the storage has sha256 {found}, expected {entry['sha256']}"
            )


def stored_names() -> set[str]:
    """Return the names of all directories in the storage."""

    def look(storage: Storage, _: Sign) -> set[str]:
        try:
            directories, _files = storage.listdir("")
        except FileNotFoundError:
            return set()
        return set(directories)

    return _ask(look)


def delete(name: str) -> None:
    """Remove an artefact from the storage, its manifest first."""

    def remove(storage: Storage, sign: Sign) -> None:
        _, files = storage.listdir(name)
        for file_name in sorted(files, key=lambda each: each != MANIFEST):
            sign()
            storage.delete(f"{name}/{file_name}")
        storage.delete(name)  # an empty directory, where the storage has such things

    _ask(remove)


def _ask(work: Callable[[Storage, Sign], Value]) -> Value:
    """Return what the work finds in the storage, or raise in our own words what is wrong."""
    try:
        return do_aside(lambda sign: work(storages["artefacts"], sign))
    except (OSError, RecommendationsError):
        raise
    except SilentError as error:
        raise ArtefactStorageError(f"The storage of artefacts does not answer: {error}.") from error
    except Exception as error:  # the edge to whatever storage the site is given
        raise ArtefactStorageError(f"The storage of artefacts failed: {error!r}") from error


class _Heard(io.FileIO):
    """A file that gives a sign whenever some of it is read."""

    def __init__(self, path: Path, sign: Sign) -> None:
        super().__init__(str(path))
        self._sign = sign

    def read(self, size: int | None = -1) -> bytes:
        with suppress(SilentError):  # what has begun is stored to its end: half a file is worse
            self._sign()
        return super().read(-1 if size is None else size) or b""


def _store(path: Path, name: str) -> None:
    def put(storage: Storage, sign: Sign) -> None:
        is_there = storage.exists(name)
        sign()
        if is_there:
            storage.delete(name)
        with _Heard(path, sign) as stream:
            stored = storage.save(name, File(stream))
        if stored != name or storage.size(name) != path.stat().st_size:
            storage.delete(stored)
            raise ArtefactStorageError(f"The storage did not take {name} as it is.")

    _ask(put)


def _receive(name: str, path: Path) -> str:
    """Copy a file out of the storage, read-only, and return its checksum."""

    def copy(storage: Storage, sign: Sign) -> str:
        digest = hashlib.sha256()
        with storage.open(name) as source, path.open("wb") as target:
            while chunk := source.read(CHUNK):
                sign()
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    try:
        found = _ask(copy)
    except FileNotFoundError:
        raise ArtefactMissingError(f"{name} is not in the storage") from None
    path.chmod(READ_ONLY)
    return found
