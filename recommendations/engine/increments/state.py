"""The trainer's state: what a fit leaves for the increments that follow it.

A directory of arrays with a manifest, written once and never altered, like an artefact; but it
stays on the trainer, because it holds what each person did. Every increment starts from it, so
that a second one does not add to the errors of a first, and one that is killed leaves no trace.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from scipy import sparse

from recommendations.engine.array_files import map_array, read_rows, write_array
from recommendations.engine.arrays import AnyArray, CsrMatrix
from recommendations.engine.errors import (
    ArtefactCorruptError,
    ArtefactVersionError,
)
from recommendations.engine.events import Events
from recommendations.engine.files import (
    ENTRY_KEYS,
    check_bytes,
    read_bytes,
    sync_directory,
    write_bytes,
)
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemIndex

FORMAT_VERSION = 1
MANIFEST = "state.json"
_PEOPLE = "people"


def _check_entries(entries: Mapping[str, Mapping[str, Any]]) -> None:
    if any(ENTRY_KEYS - entry.keys() for entry in entries.values()):
        raise ValueError("a file is not described whole")


class StateWriter:
    """Write the state of one fit beside its place, and move it there when it is whole."""

    def __init__(self, directory: Path) -> None:
        """Make the workplace; what stands at `directory` stays until `finish`."""
        directory.parent.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._workplace = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        self._entries: dict[str, dict[str, Any]] = {}

    def keep(self, name: str, values: AnyArray) -> None:
        """Write an array; of a name given twice the last counts."""
        path = self._workplace / f"{name}.npy"
        path.unlink(missing_ok=True)
        self._entries[name] = write_array(path, values)

    def finish(self, *, artefact_sha256: str, interactions: Interactions) -> None:
        """Add what the model was fitted on and move the state into its place.

        `artefact_sha256` is the hash of the manifest of the fitted model's artefact.
        """
        labels = self._keep_people(interactions)
        document = {
            "format_version": FORMAT_VERSION,
            "artefact_sha256": artefact_sha256,
            "group_labels": labels,
            "files": self._entries,
        }
        content = json.dumps(document, indent=1, sort_keys=True).encode()
        write_bytes(self._workplace / MANIFEST, content)
        sync_directory(self._workplace)
        if self._directory.exists():
            shutil.rmtree(self._directory)
        self._workplace.rename(self._directory)
        sync_directory(self._directory.parent)

    def discard(self) -> None:
        """Remove what was written, unless it is finished."""
        shutil.rmtree(self._workplace, ignore_errors=True)

    def _keep_people(self, interactions: Interactions) -> list[str]:
        labels = sorted({label for group in interactions.groups for label in group})
        code_of = {label: code for code, label in enumerate(labels)}
        codes = [[code_of[label] for label in group] for group in interactions.groups]
        matrix, events = interactions.user_items, interactions.events
        arrays: Mapping[str, AnyArray] = {
            "item_ids": interactions.items.ids,
            "user_ids": interactions.user_ids,
            "starts": matrix.indptr.astype(np.int64),
            "items": matrix.indices.astype(np.int32),
            "stars": matrix.data,
            "timestamps": interactions.timestamps,
            "sequence": interactions.sequence,
            "event_users": interactions.event_user_indices,
            "event_items": events.item_indices,
            "event_codes": events.codes,
            "event_timestamps": events.timestamps,
            "group_counts": np.array([len(own) for own in codes], dtype=np.int64),
            "group_codes": np.array([code for own in codes for code in own], dtype=np.int64),
        }
        for name, values in arrays.items():
            self.keep(f"{_PEOPLE}.{name}", values)
        return labels


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainerState:
    """A finished state, its arrays memory-mapped; each is checked when it is first asked for.

    `prefix` stands before the names of the part of the model that asks.
    """

    directory: Path
    artefact_sha256: str
    group_labels: tuple[str, ...]
    entries: Mapping[str, Mapping[str, Any]]
    prefix: str = ""
    _mapped: dict[str, AnyArray] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Return the state of a directory.

        Raises `ArtefactMissingError`, `ArtefactVersionError` for another format and
        `ArtefactCorruptError` where the manifest cannot be read.
        """
        content = read_bytes(directory / MANIFEST)
        try:
            document = json.loads(content)
            found = document["format_version"]
            if found != FORMAT_VERSION:
                raise ArtefactVersionError(found=found, expected=FORMAT_VERSION, path=directory)
            _check_entries(document["files"])
            return cls(
                directory=directory,
                artefact_sha256=document["artefact_sha256"],
                group_labels=tuple(document["group_labels"]),
                entries=document["files"],
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArtefactCorruptError(
                f"{directory / MANIFEST} cannot be read: {error!r}"
            ) from error

    def part(self, name: str) -> "TrainerState":
        """Return the same state for a part of the model."""
        return TrainerState(
            directory=self.directory,
            artefact_sha256=self.artefact_sha256,
            group_labels=self.group_labels,
            entries=self.entries,
            prefix=f"{self.prefix}{name}.",
            _mapped=self._mapped,
        )

    def __contains__(self, name: str) -> bool:
        """Return whether the fit left an array of this name."""
        return f"{self.prefix}{name}" in self.entries

    def array(self, name: str) -> Any:
        """Return an array, read-only; raise `ArtefactCorruptError` if a byte was altered."""
        key = f"{self.prefix}{name}"
        if key not in self._mapped:
            path, entry = self._find(key)
            check_bytes(path, entry)
            self._mapped[key] = map_array(path, entry)
        return self._mapped[key]

    def rows(self, name: str) -> Iterator[tuple[slice, Any]]:
        """Yield the rows of a large array that is wanted once, some at a time.

        Each block takes the place of the one before. What is wrong with the array is raised in
        the end: see `read_rows`.
        """
        return read_rows(*self._find(f"{self.prefix}{name}"))

    def _find(self, key: str) -> tuple[Path, Mapping[str, Any]]:
        if key not in self.entries:
            raise ArtefactCorruptError(f"{self.directory} has no array {key!r}")
        return self.directory / f"{key}.npy", self.entries[key]

    def number(self, name: str) -> float:
        """Return an array of one number."""
        return float(self.array(name)[0])

    def interactions(self) -> Interactions:
        """Return what the model was fitted on, without the content of its items."""
        own = self.part(_PEOPLE)
        items, user_ids = ItemIndex(own.array("item_ids")), own.array("user_ids")
        cells: Any = (own.array("stars"), own.array("items"), own.array("starts"))
        matrix = sparse.csr_array(cells, shape=(len(user_ids), len(items)), copy=False)
        return Interactions(
            items=items,
            user_ids=user_ids,
            user_items=cast("CsrMatrix", matrix),
            timestamps=own.array("timestamps"),
            sequence=own.array("sequence"),
            events=Events(
                item_indices=own.array("event_items"),
                codes=own.array("event_codes"),
                timestamps=own.array("event_timestamps"),
            ),
            event_user_indices=own.array("event_users"),
            groups=self._groups(own),
        )

    def _groups(self, own: "TrainerState") -> list[tuple[str, ...]]:
        counts, codes = own.array("group_counts"), own.array("group_codes")
        labels = [self.group_labels[code] for code in codes.tolist()]
        ends = np.cumsum(counts).tolist()
        return [tuple(labels[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
