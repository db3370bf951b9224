"""The life of a version's row, from the moment it is begun until its artefact can be activated."""

import logging
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils import timezone

from config.errors import DATABASE_GONE
from recommendations.engine import manifests
from recommendations.errors import (
    NothingToLearnFromError,
    TrainingCancelledError,
    TrainingFailedError,
    TrainingRunsAlreadyError,
)
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.alerts import raise_alert
from recommendations.services.artefact_cache import artefact_path, check_local

logger = logging.getLogger(__name__)

Kind = ModelVersion.Kind
State = ModelVersion.State

TRAINING_LOCK = 7_205_001
INCREMENT_LOCK = 7_205_002
NUMBER_LOCK = 7_205_003
ACTIVATION_LOCK = 7_205_004
LOCKS = {Kind.FULL: TRAINING_LOCK, Kind.INCREMENT: INCREMENT_LOCK}
# An advisory lock of one number stands in `objid`. Whoever makes an increment or tidies takes the
# increments' lock first and lets it go last, so one that holds the other alone is training.
IS_TRAINING = """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objid IN (%(training)s, %(increment)s) AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY pid
        HAVING bool_or(objid = %(training)s) AND NOT bool_or(objid = %(increment)s)
    )
"""
PAUSE_SECONDS = 0.5
KILLED = "The process was ended."
# Nobody has to be told that a training ended by these.
EXPECTED = (TrainingCancelledError, NothingToLearnFromError, KeyboardInterrupt)
HAS_ARTEFACT = (State.READY, State.ACTIVE, State.RETIRED, State.KEPT)


@contextmanager
def version_lock(kind: Kind = Kind.FULL, *, patience: float = 0.0) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock on making versions of a kind.

    It is let go with the connection, however that ends. Raises TrainingRunsAlreadyError where
    another process trains, or holds it for longer than `patience` seconds for something else.
    Inside, a statement may take as long as it needs.
    """
    deadline = time.monotonic() + patience
    with connection.cursor() as cursor:
        while not _take_lock(cursor, LOCKS[kind]):
            if time.monotonic() >= deadline or _is_training_made(cursor):
                raise TrainingRunsAlreadyError("Another process is training.")
            time.sleep(PAUSE_SECONDS)
        try:
            cursor.execute("SET statement_timeout TO 0")
            yield
        finally:
            with suppress(DatabaseError, InterfaceError):  # what went wrong inside says more
                cursor.execute("RESET statement_timeout")
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCKS[kind]])


def _take_lock(cursor: CursorWrapper, lock: int) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
    return bool(cursor.fetchone() == (True,))


def _is_training_made(cursor: CursorWrapper) -> bool:
    cursor.execute(IS_TRAINING, {"training": TRAINING_LOCK, "increment": INCREMENT_LOCK})
    return bool(cursor.fetchone() == (True,))


@contextmanager
def activation_lock() -> Iterator[None]:
    """Let nobody else change which version serves, or prune any, until a transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ACTIVATION_LOCK])
        yield


def create_version(*, kind: Kind = Kind.FULL, base: ModelVersion | None = None) -> ModelVersion:
    """Begin a version: a row in training, and the name of the directory its artefact will have.

    The name is never used again, whatever becomes of the row.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
        number = (ModelVersion.objects.aggregate(Max("number"))["number__max"] or 0) + 1
        return ModelVersion.objects.create(
            number=number,
            kind=kind,
            base=base,
            directory=f"{number:06d}-{secrets.token_hex(4)}",
            progress_at=timezone.now(),
        )


def publish_version(
    version: ModelVersion,
    *,
    recipe: Mapping[str, Any],
    counts: Mapping[str, Any],
    state: State = State.READY,
) -> None:
    """Copy a written artefact into the shared storage and let the version be activated.

    Raises TrainingCancelledError where somebody cancelled it meanwhile, and TrainingFailedError
    where the row is no longer in training: it was given up.
    """
    path = artefact_path(version)
    manifest = manifests.read_manifest(path)
    version.manifest_sha256 = manifest.sha256
    check_local(version)
    artefact_storage.upload(path)
    fields = {
        "state": state,
        "manifest_sha256": manifest.sha256,
        "refers_to": sorted(manifests.referred_directories(manifest)),
        "recipe": dict(recipe),
        "training_counts": dict(counts),
        "trained_at": timezone.now(),
    }
    in_training = ModelVersion.objects.filter(pk=version.pk, state=State.TRAINING)
    if not in_training.filter(cancel_requested=False).update(**fields):
        if in_training.exists():
            raise TrainingCancelledError(f"The training of {version} was cancelled.")
        raise TrainingFailedError(f"Version {version.number} was given up while it was trained.")
    version.refresh_from_db()


def end_version(version: ModelVersion, *, state: State, note: str) -> None:
    """Say that a version came to nothing, unless it has come to serve.

    A connection that was lost is replaced. While there is none to be had the row stays as it is,
    and whoever holds the lock next gives it up if it is in training.
    """
    _replace_lost_connection()
    with suppress(*DATABASE_GONE):
        ModelVersion.objects.filter(pk=version.pk, state__in=[State.TRAINING, State.READY]).update(
            state=state, note=note
        )


@contextmanager
def telling(version: ModelVersion, *, of: str) -> Iterator[None]:
    """Tell of what fails with a version that is whole: it stays what it is, and says so."""
    try:
        yield
    except BaseException as error:
        text = f"{of} {str(error) or type(error).__name__}"
        _replace_lost_connection()
        with suppress(*DATABASE_GONE):
            ModelVersion.objects.filter(pk=version.pk).update(note=text)
            if not isinstance(error, EXPECTED):
                raise_alert(number=version.number, text=text)
        raise


def _replace_lost_connection() -> None:
    if not connection.is_usable():
        connection.close()


def give_up_on_abandoned(kind: Kind = Kind.FULL) -> list[int]:
    """Mark what a killed process left behind and return the numbers, to be told of.

    Only whoever holds the kind's lock may.
    """
    abandoned = ModelVersion.objects.filter(kind=kind, state=State.TRAINING)
    numbers = list(abandoned.values_list("number", flat=True))
    abandoned.update(state=State.FAILED, note=KILLED)
    return numbers


def tell_of_killed(numbers: Iterable[int]) -> None:
    """Tell of trainings that were killed; an increment is made again in minutes."""
    for number in numbers:
        raise_alert(number=number, text=f"The training failed. {KILLED}")
