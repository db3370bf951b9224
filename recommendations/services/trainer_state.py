"""The trainer's state of a version: what its fit left for increments, on this machine alone.

It holds what each person did, so it never goes where artefacts go. Beside it lies the *mark*:
the revision of everybody's profile when the ratings were read, which tells who changed since.
Looks at pages change no revision and are told apart by their primary keys.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from movies.models import Event
from recommendations.engine.arrays import IndexArray
from recommendations.engine.errors import EngineError
from recommendations.engine.increments.state import StateWriter, TrainerState
from recommendations.engine.recording import recording
from recommendations.errors import FullTrainingNeededError
from recommendations.models import ModelVersion
from recommendations.services.dataset import copy_records
from recommendations.services.registry import active_version, previous_version

logger = logging.getLogger(__name__)

Kind = ModelVersion.Kind
State = ModelVersion.State

_MARK = ".mark.npz"
# One is 6 GB at 32 million ratings.
STATES_KEPT = 2
REVISIONS = "SELECT id, profile_revision FROM accounts_user ORDER BY id"
REVISION_COLUMNS = {"user_id": "i8", "revision": "i8"}
LOOKS = """
    SELECT id, user_id, floor(extract(epoch FROM occurred_at))::bigint
    FROM movies_event WHERE kind = 'viewed' AND id > {above} ORDER BY id
"""
LOOK_COLUMNS = {"event_id": "i8", "user_id": "i8", "seconds": "i8"}
# A page is answered, and what it wrote committed, or it is given up long before.
COMMITTED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Everybody's id and profile revision at one moment, and which looks at pages there were.

    Up to `settled_look` every look's primary key was there; of those above it, these
    `later_looks`. Whatever is read after the moment is in it or found to have changed since.
    """

    user_ids: IndexArray
    revisions: IndexArray
    settled_look: int
    later_looks: IndexArray

    @classmethod
    def now(cls) -> Self:
        """Return the mark of this moment; take it before reading what it is a mark of.

        A look that takes its key before another may be committed after it, so the last few
        minutes' are noted one by one.
        """
        old = Event.objects.filter(
            kind=Event.Kind.VIEWED, occurred_at__lt=timezone.now() - COMMITTED_WITHIN
        )
        settled = old.order_by("-pk").values_list("pk", flat=True).first() or 0
        looks = _read_looks(above=settled)
        rows = copy_records(REVISIONS, columns=REVISION_COLUMNS)
        return cls(
            user_ids=rows["user_id"].astype(np.int64),
            revisions=rows["revision"].astype(np.int64),
            settled_look=settled,
            later_looks=looks["event_id"].astype(np.int64),
        )

    def changed_until(self, later: "Mark") -> IndexArray:
        """Return who has another revision later, is new or is gone; looks at pages aside.

        Whoever is new and has done nothing but look is left out.
        """
        _, ours, theirs = np.intersect1d(
            self.user_ids, later.user_ids, assume_unique=True, return_indices=True
        )
        is_other = np.ones(len(later.user_ids), dtype=np.bool_)
        is_other[theirs] = self.revisions[ours] != later.revisions[theirs]
        idle = User.objects.who_sign_in().filter(profile_revision=0).values_list("pk", flat=True)
        changed = np.setdiff1d(later.user_ids[is_other], np.array(list(idle), dtype=np.int64))
        return np.union1d(changed, np.setdiff1d(self.user_ids, later.user_ids))

    def looks_since(self) -> npt.NDArray[Any]:
        """Return the looks that are not in the mark: `event_id`, `user_id` and `seconds`."""
        looks = _read_looks(above=self.settled_look)
        return looks[~np.isin(looks["event_id"], self.later_looks)]


def _read_looks(*, above: int) -> npt.NDArray[Any]:
    return copy_records(LOOKS.format(above=above), columns=LOOK_COLUMNS)


def state_path(directory: str) -> Path:
    """Return where the state of the version with this artefact directory lies."""
    return Path(settings.TRAINER_STATE_DIR) / directory


@contextmanager
def keeping_state(directory: str) -> Iterator[StateWriter]:
    """Write what a fit inside leaves; unless it is finished, nothing stays."""
    writer = StateWriter(state_path(directory))
    try:
        with recording(writer.keep):
            yield writer
    finally:
        writer.discard()


def keep_mark(version: ModelVersion, mark: Mark) -> None:
    """Keep the moment at which what a version was fitted on was read."""
    path = state_path(version.directory + _MARK)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".mark-", delete=False) as stream:
        np.savez(
            stream,
            user_ids=mark.user_ids,
            revisions=mark.revisions,
            newest_event=np.array([mark.settled_look]),
            later_looks=mark.later_looks,
        )
    Path(stream.name).rename(path)


def load_state(version: ModelVersion) -> tuple[TrainerState, Mark]:
    """Return what the fit of a version left.

    Raises FullTrainingNeededError where it is not here, is damaged, or belongs to another fit.
    """
    try:
        state = TrainerState.load(state_path(version.directory))
        mark = _load_mark(state_path(version.directory + _MARK))
    except (EngineError, OSError, ValueError, KeyError) as error:
        raise FullTrainingNeededError(
            f"The trainer's state of version {version.number} cannot be used: {error}."
        ) from error
    if state.artefact_sha256 != version.manifest_sha256:
        raise FullTrainingNeededError(
            f"The trainer's state in {state.directory.name} belongs to another fit than "
            f"version {version.number}."
        )
    return state, mark


def remove_old_states() -> None:
    """Remove all states but that of the version that serves and of one that may be next.

    That is the newest of the version before and those newer ones that never served.
    """
    kept = {version.directory for version in _full_versions_in_use()[:STATES_KEPT]}
    root = Path(settings.TRAINER_STATE_DIR)
    for path in root.iterdir() if root.exists() else ():
        if path.name.removesuffix(_MARK) in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _full_versions_in_use() -> list[ModelVersion]:
    """Return the full version that serves, by itself or an increment, and what may be next."""
    active, previous = active_version(), previous_version()
    serving = (active.base or active) if active else None
    untried = ModelVersion.objects.filter(
        kind=Kind.FULL, state=State.READY, number__gt=serving.number if serving else 0
    )
    before = (previous.base or previous) if previous else None
    others = [version for version in (untried.first(), before) if version is not None]
    others.sort(key=lambda version: version.number, reverse=True)
    return [serving, *others] if serving else others


def _load_mark(path: Path) -> Mark:
    with np.load(path, allow_pickle=False) as arrays:
        values: dict[str, Any] = dict(arrays)
    return Mark(
        user_ids=values["user_ids"],
        revisions=values["revisions"],
        settled_look=int(values["newest_event"][0]),
        later_looks=values["later_looks"],
    )
