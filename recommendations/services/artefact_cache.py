"""The artefacts on this machine: a cache of the shared storage that processes map.

A directory arrives under another name and is renamed into place, so that it is there whole or not
at all. What has been read byte by byte is noted with the size, times and inode of each file: a file
that was written to since is read again before anybody maps it.
"""

import fcntl
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings

from recommendations.engine import manifests
from recommendations.engine.errors import ArtefactError
from recommendations.errors import ArtefactStorageError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.patience import hurry

logger = logging.getLogger(__name__)

FileMarks = dict[str, list[int]]

ANY_TIME = float("inf")
_LOCK_SECONDS = 0.02


def cache_directory() -> Path:
    """Return where artefacts lie on this machine."""
    return Path(settings.ARTEFACTS_DIR)


def artefact_path(version: ModelVersion) -> Path:
    """Return where a version's artefact lies on this machine, or would."""
    return cache_directory() / version.directory


def is_here(version: ModelVersion) -> bool:
    """Tell whether anything lies in a version's place on this machine, be it unreadable."""
    return _is_there(artefact_path(version))


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def check_local(version: ModelVersion, *, read_within: float = ANY_TIME) -> None:
    """Raise an `ArtefactError` unless this machine has a version's artefact as it was written.

    Reads its bytes only if one of its files was written to since they were last read, or if that
    was more than `read_within` seconds ago: a few file states otherwise.
    """
    marks = _mark_files(version)
    if _marks_read_within(read_within, artefact_path(version)) != marks:
        verify_local(version)


def state_of(version: ModelVersion) -> tuple[str, FileMarks | None]:
    """Return what tells whether anything about a version's artefact here has changed since."""
    try:
        return version.manifest_sha256, _mark_files(version)
    except ArtefactError:
        return version.manifest_sha256, None


def verify_local(version: ModelVersion) -> None:
    """Read every byte of a version's artefact; raise an `ArtefactError` unless all are right."""
    marks = _mark_files(version)
    manifests.verify(artefact_path(version), expected_sha256=version.manifest_sha256)
    _write_marks(artefact_path(version), marks)


def make_local(version: ModelVersion, *, read_within: float = ANY_TIME) -> None:
    """Fetch what this machine lacks of a version or has damaged.

    What is here already is read as in `check_local`. Raises an `ArtefactError` where the storage
    does not have it either, and OSError or ArtefactStorageError where that cannot be read.
    """
    try:
        # Without the lock: going back must not wait for something to arrive.
        check_local(version, read_within=read_within)
    except ArtefactError as error:
        if is_here(version):
            logger.warning("version %s is damaged here: %s", version.number, error)
    else:
        return
    with cache_lock():
        with suppress(ArtefactError):  # another process may have brought it meanwhile
            check_local(version, read_within=read_within)
            return
        for needed in ModelVersion.objects.filter(directory__in=version.refers_to):
            _make_sound(needed)
        _make_sound(version)


def remove_local(names: Collection[str]) -> None:
    """Remove artefacts of these names, and what is left of their arrival or writing."""
    with cache_lock():
        for path in list(cache_directory().iterdir()):
            noted = path.name.removeprefix(".read-").removesuffix(".json")
            if noted in names or is_workplace_of(path.name, names):
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def set_aside(version: ModelVersion) -> None:
    """Take a damaged artefact out of the way, so that no process maps it."""
    path = artefact_path(version)
    if _is_there(path):
        path.rename(tempfile.mkdtemp(prefix=f".{path.name}-damaged-", dir=path.parent))


def is_workplace_of(name: str, directories: Collection[str]) -> bool:
    """Tell whether a directory's name is that of an artefact on its way to one of these."""
    return name.startswith(".") and any(name.startswith(f".{each}-") for each in directories)


@contextmanager
def cache_lock() -> Iterator[None]:
    """Let one process of this machine at a time change what lies in the cache.

    Raises `ArtefactStorageError` where somebody in a hurry would have to wait.
    """
    directory = cache_directory()
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        _lock_in_time(lock)
        yield


def _lock_in_time(lock: IO[str]) -> None:
    seconds = hurry()
    if seconds is None:  # whoever holds it gives up on a silent storage
        fcntl.flock(lock, fcntl.LOCK_EX)
        return
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                message = "Another process here is fetching an artefact. Try again in a moment."
                raise ArtefactStorageError(message) from None
            time.sleep(_LOCK_SECONDS)
        else:
            return


def _make_sound(version: ModelVersion) -> None:
    """Fetch a version unless every byte of it is here."""
    try:
        verify_local(version)
    except ArtefactError:
        _fetch(version)
        logger.info("version %s has arrived", version.number)


def _fetch(version: ModelVersion) -> None:
    path = artefact_path(version)
    workplace = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        artefact_storage.download(path.name, workplace, expected_sha256=version.manifest_sha256)
        workplace.chmod(0o755)
        _move_into_place(workplace, path)
    except BaseException:
        shutil.rmtree(workplace, ignore_errors=True)
        raise
    _write_marks(path, _mark_files(version))


def _move_into_place(workplace: Path, path: Path) -> None:
    """Rename; processes that have mapped what lay there keep it until they map anew."""
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}-old-", dir=path.parent))
    if _is_there(path):
        path.rename(old / path.name)
    workplace.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _mark_files(version: ModelVersion) -> FileMarks:
    """Return size, times and inode of every file a version needs on this machine.

    The time of the last change of a file's state is kept by the kernel: nobody can set it back.
    """
    path = artefact_path(version)
    manifest = manifests.read_manifest(path, expected_sha256=version.manifest_sha256)
    marks = {}
    for file_name, entry in manifest.files.items():
        place = manifests.place_of(path, file_name, entry)
        try:
            state = place.stat()
        except OSError:
            marks[file_name] = [-1]
        else:
            times = state.st_mtime_ns, state.st_ctime_ns
            marks[file_name] = [state.st_size, *times, state.st_ino]
    return marks


def _marks_path(path: Path) -> Path:
    return path.parent / f".read-{path.name}.json"


def _marks_read_within(seconds: float, path: Path) -> FileMarks | None:
    """Return the marks of an artefact if its bytes were read not longer ago than that."""
    try:
        noted = json.loads(_marks_path(path).read_text())
        marks: FileMarks = noted["files"]
        is_recent = 0 <= time.time() - noted["read_at"] <= seconds
    except (OSError, KeyError, TypeError, ValueError):
        return None
    return marks if is_recent else None


def _write_marks(path: Path, marks: FileMarks) -> None:
    """Note what was read; where that cannot be written down, the next process reads it again."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "w") as stream:
                json.dump({"read_at": time.time(), "files": marks}, stream)
            Path(name).replace(_marks_path(path))
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        logger.warning("that %s was read could not be noted: %s", path.name, error)
