"""Read-only files: written and synced, read, and checked against what is said of them.

An *entry* says of a file its `sha256` and `size`, of an array also `dtype` and `shape`. Whoever
only looks whether files are whole needs no arrays, and does not wait for numpy.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recommendations.engine.errors import ArtefactCorruptError, ArtefactMissingError

READ_ONLY = 0o444
ENTRY_KEYS = frozenset({"sha256", "size", "dtype", "shape"})
_CHUNK = 1 << 20


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that is read-only from then on, and sync it to disk."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(READ_ONLY)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise `ArtefactMissingError`, or `ArtefactCorruptError` where a file cannot be read.

    What the disk does not give is damaged for whoever needs it.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise ArtefactMissingError(f"{path} is missing") from None
    except OSError as error:
        raise ArtefactCorruptError(f"{path} cannot be read: {error.strerror or error}") from error


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; raise what `reading` raises."""
    with reading(path):
        return path.read_bytes()


def check_bytes(path: Path, entry: Mapping[str, Any]) -> None:
    """Raise `ArtefactMissingError`, or `ArtefactCorruptError` for any other byte than written."""
    check_size(path, entry)
    with reading(path):
        found = sha256_of(path)
    check_sha256(path, found, entry)


def check_size(path: Path, entry: Mapping[str, Any]) -> None:
    """Raise `ArtefactMissingError`, or `ArtefactCorruptError` for a file of another size."""
    with reading(path):
        size = path.stat().st_size
    if size != entry["size"]:
        raise ArtefactCorruptError(f"{path} has {size} bytes, expected {entry['size']}")


def check_sha256(path: Path, found: str, entry: Mapping[str, Any]) -> None:
    """Raise `ArtefactCorruptError` where a checksum is not the entry's."""
    if found != entry["sha256"]:
        raise ArtefactCorruptError(f"{path} has sha256 {found}, expected {entry['sha256']}")


def sha256_of(path: Path) -> str:
    """Return the checksum of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_directory(directory: Path) -> None:
    """Make sure that names written into a directory survive a loss of power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
