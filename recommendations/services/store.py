"""The model this process serves from.

Once a second at most a process asks PostgreSQL which version is active and maps its arrays when
that has changed. An artefact that cannot be loaded is passed over for the version before it.
"""

import logging
import threading
import time
from dataclasses import dataclass

from django.db.models import Case, F, QuerySet, Value, When

from recommendations.engine import artefacts
from recommendations.engine.errors import EngineError
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import ModelNotReadyError
from recommendations.models import ModelVersion
from recommendations.services.registry import artefact_path

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A loaded version: its number and the engine's model, read-only and shared by threads."""

    number: int
    manifest_sha256: str
    model: Hybrid


class ModelStore:
    """Hold the served model of a process and follow the active version."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served: ServedModel | None = None
        self._wanted: tuple[int, str] | None = None
        self._checked_at = float("-inf")

    def get(self) -> ServedModel:
        """Return the model to serve from; raise ModelNotReadyError where there is none."""
        if time.monotonic() - self._checked_at >= CHECK_SECONDS:
            with self._lock:
                if time.monotonic() - self._checked_at >= CHECK_SECONDS:
                    self._follow()
                    self._checked_at = time.monotonic()
        if self._served is None:
            raise ModelNotReadyError("No model has been trained yet.")
        return self._served

    def forget(self) -> None:
        """Ask PostgreSQL again at the next use."""
        self._checked_at = float("-inf")

    def _follow(self) -> None:
        versions = list(_servable_best_first()[:3])
        wanted = (versions[0].number, versions[0].manifest_sha256) if versions else None
        if wanted == self._wanted and self._served is not None:
            return
        self._served = next(filter(None, map(_load, versions)), None)
        self._wanted = wanted


def _servable_best_first() -> QuerySet[ModelVersion]:
    """Return the active version, then those that served before it, latest first."""
    is_active = Case(When(state=ModelVersion.State.ACTIVE, then=Value(0)), default=Value(1))
    return ModelVersion.objects.filter(
        state__in=[ModelVersion.State.ACTIVE, ModelVersion.State.RETIRED],
        activated_at__isnull=False,
    ).order_by(is_active, F("activated_at").desc())


def _load(version: ModelVersion) -> ServedModel | None:
    try:
        model = artefacts.load(artefact_path(version), expected_sha256=version.manifest_sha256)
    except EngineError:
        logger.exception("version %s cannot be served", version.number)
        return None
    if not isinstance(model, Hybrid):
        logger.error("version %s is a %s, not a hybrid", version.number, model.name)
        return None
    return ServedModel(version.number, version.manifest_sha256, model)


store = ModelStore()
