"""The model this process serves from.

Ten times a second at most a process asks PostgreSQL which version is active, and maps its arrays
when that has changed; twice a second it looks at its files and for new movies, too. What this
machine does not have yet, or has damaged, a thread fetches from the storage; until it has arrived
the process goes on with what it serves, or with the version before. What is likely to be activated
next is fetched ahead.
"""

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Case, F, QuerySet, Value, When

from recommendations.engine import artefacts
from recommendations.engine.errors import ArtefactError, EngineError
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import ModelNotReadyError
from recommendations.models import ModelVersion
from recommendations.services.alerts import raise_alert
from recommendations.services.artefact_cache import (
    artefact_path,
    check_local,
    is_here,
    make_local,
    state_of,
)
from recommendations.services.new_movies import NewMovies
from recommendations.services.pruning import remove_what_is_gone
from recommendations.services.registry import likely_next
from recommendations.services.scrubbing import repair

logger = logging.getLogger(__name__)

# Ten times a second in each process, so it is not put together anew.
POINTER = "SELECT number FROM recommendations_modelversion WHERE state = %s"
POINTER_SECONDS = 0.1
CHECK_SECONDS = 0.5
AHEAD_SECONDS = 30.0
RETRY_SECONDS = 30.0
CANDIDATES = 5
NOWHERE = "Its artefact is not whole anywhere"


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A loaded version: its number and the engine's model, read-only and shared by threads.

    The model knows movies too that were saved since the version was made.
    """

    number: int
    manifest_sha256: str
    model: Hybrid


class ModelStore:
    """Hold the served model of a process and follow the active version."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served: ServedModel | None = None
        self._inode = 0
        self._looked_at = self._checked_at = self._ahead_at = float("-inf")
        self._pointer: int | None = None
        self._arrival: threading.Thread | None = None
        self._new_movies = NewMovies()
        self._not_before: dict[str, float] = {}
        self._refused: dict[str, tuple[object, EngineError]] = {}

    def get(self) -> ServedModel:
        """Return the model to serve from; raise ModelNotReadyError where there is none."""
        if self._is_due():
            self._check()
        served = self._served
        if served is None:
            raise ModelNotReadyError("No model has been trained yet.")
        return self._new_movies.of(served)

    def forget(self) -> None:
        """Ask PostgreSQL again at the next use, and the storage for what it did not have."""
        self._look_again()
        self._not_before, self._refused = {}, {}

    def _look_again(self) -> None:
        self._looked_at = self._checked_at = float("-inf")

    def _is_due(self) -> bool:
        return time.monotonic() - self._looked_at >= POINTER_SECONDS

    def _check(self) -> None:
        """Follow the active version in one thread; the others go on with what is served."""
        if not self._lock.acquire(blocking=self._served is None):
            return
        try:
            if self._is_due():
                if self._has_moved() or time.monotonic() - self._checked_at >= CHECK_SECONDS:
                    self._follow()
                    self._new_movies.look(self._served)
                    self._fetch_ahead()
                    self._checked_at = time.monotonic()
                self._looked_at = time.monotonic()
        finally:
            self._lock.release()

    def _has_moved(self) -> bool:
        """Tell whether another version is active than when this was asked last."""
        with connection.cursor() as cursor:
            cursor.execute(POINTER, [ModelVersion.State.ACTIVE])
            active = cursor.fetchone()
        before, self._pointer = self._pointer, active and active[0]
        return before != self._pointer

    def _follow(self) -> None:
        """Serve the first version that this machine has whole, best first.

        Where it has none whole any more, what is mapped goes on serving.
        """
        versions = list(_servable_best_first()[:CANDIDATES])
        if any(self._is_served(version) or self._map(version) for version in versions):
            return
        if self._served is not None and self._served.number not in {
            version.number for version in versions
        }:
            self._served = None

    def _is_served(self, version: ModelVersion) -> bool:
        """Tell whether a version is mapped, and from the files that lie in its place now."""
        served = self._served
        return (
            served is not None
            and (served.number, served.manifest_sha256) == (version.number, version.manifest_sha256)
            and self._inode == _inode_of(artefact_path(version))
        )

    def _map(self, version: ModelVersion) -> bool:
        """Map a version's arrays; where that cannot be done, see to it in a thread."""
        if not is_here(version):
            self._fetch(version, error=None)
            return False
        state = state_of(version)
        refused = self._refused.get(version.directory)
        if refused is not None and refused[0] == state:
            self._fetch(version, error=refused[1])
            return False
        try:
            check_local(version)
            inode = _inode_of(artefact_path(version))
            model = artefacts.load(artefact_path(version), expected_sha256=version.manifest_sha256)
        except EngineError as error:
            logger.error("version %s cannot be served: %s", version.number, error)  # noqa: TRY400 - expected
            self._refused[version.directory] = (state, error.with_traceback(None))
            self._fetch(version, error=error)
            return False
        if not isinstance(model, Hybrid):
            logger.error("version %s is a %s, not a hybrid", version.number, model.name)
            return False
        self._served = ServedModel(version.number, version.manifest_sha256, model)
        self._inode = inode
        logger.info("version %s is mapped", version.number)
        return True

    def _fetch_ahead(self) -> None:
        """Fetch what this machine lacks of what may be activated next: now nobody waits for it."""
        if self._served is None or time.monotonic() - self._ahead_at < AHEAD_SECONDS:
            return
        self._ahead_at = time.monotonic()
        for version in likely_next():
            if not is_here(version):
                self._fetch(version, error=None)

    def _fetch(self, version: ModelVersion, *, error: EngineError | None) -> None:
        """Fetch a version in a thread, one at a time, and not again soon if that fails."""
        if self._arrival is not None and self._arrival.is_alive():
            return
        if time.monotonic() < self._not_before.get(version.directory, 0.0):
            return
        self._not_before[version.directory] = time.monotonic() + RETRY_SECONDS
        self._arrival = threading.Thread(
            target=self._bring, args=(version, error), name="artefact arrival", daemon=True
        )
        self._arrival.start()

    def _bring(self, version: ModelVersion, error: EngineError | None) -> None:
        """Bring a version to this machine: what the thread does."""
        try:
            if isinstance(error, ArtefactError):
                if repair(version, error):  # even if no file is another one than before
                    self._refused.pop(version.directory, None)
            else:
                _bring_first_time(version)
            remove_what_is_gone()
        except Exception:  # the edge of a thread: whatever the storage raises, the site serves on
            logger.exception("version %s did not arrive", version.number)
        finally:
            connection.close()
            self._look_again()


def _bring_first_time(version: ModelVersion) -> None:
    try:
        make_local(version)
    except ArtefactError as error:
        raise_alert(number=version.number, text=f"{NOWHERE}: {error}.", kind=NOWHERE)


def _inode_of(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1


def _servable_best_first() -> QuerySet[ModelVersion]:
    """Return the active version, then those that served before it, latest first."""
    is_active = Case(When(state=ModelVersion.State.ACTIVE, then=Value(0)), default=Value(1))
    return (
        ModelVersion.objects.filter(
            state__in=[ModelVersion.State.ACTIVE, ModelVersion.State.RETIRED],
            activated_at__isnull=False,
        )
        .order_by(is_active, F("activated_at").desc())
        .defer("metrics", "gate", "recipe", "training_counts")
    )


store = ModelStore()
