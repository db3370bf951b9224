"""What is said of an artefact: the manifest, read and checked without loading any model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommendations.engine.errors import ArtefactCorruptError, ArtefactVersionError
from recommendations.engine.files import ENTRY_KEYS, check_bytes, read_bytes

FORMAT_VERSION = 4
MANIFEST = "manifest.json"
REFERENCE = "directory"
SIGNS_OF_OTHER_CONTENT = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class TrainingCounts:
    """How much a model has seen, and until when."""

    users: int
    items: int
    ratings: int
    events: int
    newest_timestamp: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the manifest of an artefact says, and the sha256 of the manifest itself."""

    recipe: Mapping[str, Any]
    training: TrainingCounts
    files: Mapping[str, Mapping[str, Any]]
    libraries: Mapping[str, str]
    seed: int
    sha256: str


def referred_directories(manifest: Manifest) -> frozenset[str]:
    """Return the names of the directories beside this one that hold some of its arrays."""
    return frozenset(
        str(entry[REFERENCE]) for entry in manifest.files.values() if REFERENCE in entry
    )


def own_files(manifest: Manifest) -> Mapping[str, Mapping[str, Any]]:
    """Return the files of an artefact that lie in its own directory."""
    return {name: entry for name, entry in manifest.files.items() if REFERENCE not in entry}


def place_of(directory: Path, file_name: str, entry: Mapping[str, Any]) -> Path:
    """Return where a file of an artefact lies: in its directory, or in one beside it."""
    if REFERENCE not in entry:
        return directory / file_name
    return directory.parent / str(entry[REFERENCE]) / file_name


def _is_plain_name(name: object) -> bool:
    return isinstance(name, str) and name not in {"", ".", ".."} and Path(name).name == name


def read_manifest(directory: Path, *, expected_sha256: str | None = None) -> Manifest:
    """Return the manifest of an artefact.

    Raises `ArtefactMissingError`, `ArtefactVersionError` for another format, and
    `ArtefactCorruptError` if it cannot be read or its hash is not the expected one.
    """
    content = read_bytes(directory / MANIFEST)
    sha256 = hashlib.sha256(content).hexdigest()
    if expected_sha256 is not None and sha256 != expected_sha256:
        raise ArtefactCorruptError(
            f"{directory / MANIFEST} has sha256 {sha256}, expected {expected_sha256}"
        )
    try:
        document = json.loads(content)
        found = document["format_version"]
        if found != FORMAT_VERSION:
            raise ArtefactVersionError(found=found, expected=FORMAT_VERSION, path=directory)
        _check_files(document["files"])
        return Manifest(
            recipe=document["recipe"],
            training=TrainingCounts(**document["training"]),
            files=document["files"],
            libraries=document["libraries"],
            seed=document["seed"],
            sha256=sha256,
        )
    except (*SIGNS_OF_OTHER_CONTENT, RecursionError) as error:
        raise ArtefactCorruptError(f"{directory / MANIFEST} cannot be read: {error!r}") from error


def _check_files(files: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that each names an array, what it holds, and no directory but one beside this."""
    for file_name, entry in files.items():
        if Path(file_name).name != file_name or not file_name.endswith(".npy"):
            raise ValueError(f"{file_name!r} is not an array of this directory")
        if ENTRY_KEYS - entry.keys():
            raise ValueError(f"{file_name} is not described whole")
        if not _is_plain_name(entry.get(REFERENCE, "x")):
            raise ValueError(f"{file_name} is said to lie in {entry[REFERENCE]!r}")


def verify(directory: Path, *, expected_sha256: str | None = None) -> Manifest:
    """Check every byte of an artefact against its checksums and return its manifest."""
    manifest = read_manifest(directory, expected_sha256=expected_sha256)
    for file_name, entry in manifest.files.items():
        check_bytes(place_of(directory, file_name, entry), entry)
    return manifest
