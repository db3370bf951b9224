"""Which model version serves, and how that changes."""

import logging
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recommendations.engine import artefacts
from recommendations.engine.errors import EngineError
from recommendations.errors import VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.signals import version_activated

logger = logging.getLogger(__name__)

State = ModelVersion.State


def artefact_path(version: ModelVersion) -> Path:
    """Return where a version's artefact lies on this machine."""
    return Path(settings.ARTEFACTS_DIR) / version.directory


def activate_version(*, number: int) -> ModelVersion:
    """Let a version serve, once every byte of its artefact is as it was written.

    Raises VersionNotServableError otherwise; what served before then goes on serving.
    """
    version = _servable_version(number=number)
    _verify(version)
    with transaction.atomic():
        ModelVersion.objects.select_for_update().filter(state=State.ACTIVE).exclude(
            pk=version.pk
        ).update(state=State.RETIRED)
        ModelVersion.objects.filter(pk=version.pk).update(
            state=State.ACTIVE, activated_at=timezone.now()
        )
        tell = partial(version_activated.send, sender=ModelVersion, number=version.number)
        transaction.on_commit(tell, robust=True)
    version.refresh_from_db()
    logger.info("version %s is active", version.number)
    return version


def rollback_version() -> ModelVersion:
    """Activate the version that served before the active one."""
    previous = (
        ModelVersion.objects.filter(state=State.RETIRED, activated_at__isnull=False)
        .order_by("-activated_at")
        .first()
    )
    if previous is None:
        raise VersionNotServableError("No version served before the active one.")
    return activate_version(number=previous.number)


def _servable_version(*, number: int) -> ModelVersion:
    version = ModelVersion.objects.filter(number=number).first()
    if version is None:
        raise VersionNotServableError(f"There is no version {number}.")
    if version.state not in {State.READY, State.ACTIVE, State.RETIRED}:
        raise VersionNotServableError(f"Version {number} is {version.get_state_display().lower()}.")
    return version


def _verify(version: ModelVersion) -> None:
    try:
        artefacts.verify(artefact_path(version), expected_sha256=version.manifest_sha256)
    except EngineError as error:
        raise VersionNotServableError(
            f"The artefact of version {version.number} is damaged: {error}"
        ) from error


def active_version() -> ModelVersion | None:
    """Return the version that serves, if one does."""
    return ModelVersion.objects.filter(state=State.ACTIVE).first()
