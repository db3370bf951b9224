"""Which model version serves, and how that changes."""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recommendations.engine.errors import EngineError
from recommendations.errors import ArtefactStorageError, VersionNotServableError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.artefact_cache import artefact_path, check_local, make_local
from recommendations.services.versions import HAS_ARTEFACT, activation_lock
from recommendations.signals import version_activated

logger = logging.getLogger(__name__)

State = ModelVersion.State

# The scrub reads every byte each six hours, so nobody who goes back has to wait for reading.
READ_WITHIN_SECONDS = 7 * 60 * 60


def activate_version(*, number: int, instead_of: ModelVersion | None = None) -> ModelVersion:
    """Let a version serve, once every byte of its artefact is as it was written.

    They are read unless that was done in the last seven hours and nothing was written since.
    What this machine or the storage lacks of it, or of what it refers to, is copied from the
    other first. Given what it is to serve `instead_of`, it does so only while that one serves.
    Raises VersionNotServableError where neither has it whole; what served before goes on serving.
    """
    version = _servable_version(number=number)
    _make_sure_of_artefact(version)
    with activation_lock():
        serving = ModelVersion.objects.filter(state=State.ACTIVE)
        if instead_of is not None and not serving.filter(pk=instead_of.pk).exists():
            return version
        serving.exclude(pk=version.pk).update(state=State.RETIRED)
        moved = ModelVersion.objects.filter(pk=version.pk, state__in=HAS_ARTEFACT).update(
            state=State.ACTIVE, activated_at=timezone.now()
        )
        if not moved:
            raise VersionNotServableError(f"Version {number} was pruned just now.")

        def tell() -> None:
            version_activated.send(sender=ModelVersion, number=version.number)

        transaction.on_commit(tell, robust=True)
    version.refresh_from_db()
    logger.info("version %s is active", version.number)
    return version


def rollback_version() -> ModelVersion:
    """Activate the version that served before the active one and its increments."""
    previous = previous_version()
    if previous is None:
        message = "No version served before the active one and its increments."
        raise VersionNotServableError(f"{message} To go back among these, activate one by number.")
    return activate_version(number=previous.number)


def has_ever_served() -> bool:
    """Return whether any version was activated, whatever has become of it."""
    return ModelVersion.objects.filter(activated_at__isnull=False).exists()


def previous_version() -> ModelVersion | None:
    """Return the version that served last before the active one's family.

    A full version and the increments that extend it are one family: going back past an hour of
    increments takes one step.
    """
    active = active_version()
    earlier = ModelVersion.objects.filter(state=State.RETIRED, activated_at__isnull=False)
    if active is not None:
        family = active.base_id or active.pk
        earlier = earlier.exclude(Q(pk=family) | Q(base_id=family))
    return earlier.order_by("-activated_at").first()


def likely_next() -> list[ModelVersion]:
    """Return the versions that may be activated next: the one before, and the newest untried."""
    untried = ModelVersion.objects.filter(state=State.READY).order_by("-number").first()
    return [version for version in (previous_version(), untried) if version is not None]


def active_version() -> ModelVersion | None:
    """Return the version that serves, if one does."""
    return ModelVersion.objects.filter(state=State.ACTIVE).first()


def _servable_version(*, number: int) -> ModelVersion:
    version = ModelVersion.objects.filter(number=number).first()
    if version is None:
        raise VersionNotServableError(f"There is no version {number}.")
    if version.state not in HAS_ARTEFACT:
        raise VersionNotServableError(f"Version {number} is {version.get_state_display().lower()}.")
    return version


def _make_sure_of_artefact(version: ModelVersion) -> None:
    try:
        make_local(version, read_within=READ_WITHIN_SECONDS)
    except EngineError as error:
        raise VersionNotServableError(
            f"The artefact of version {version.number} is damaged: {error}"
        ) from error
    except (OSError, ArtefactStorageError) as error:
        raise VersionNotServableError(
            f"The artefact of version {version.number} is not whole here: {error}"
        ) from error
    try:
        for needed in ModelVersion.objects.filter(directory__in=version.refers_to):
            _store_unless_there(needed)
        _store_unless_there(version)
    except (OSError, EngineError, ArtefactStorageError):
        # This machine can serve it; the others go on with what they have.
        logger.exception("version %s is not in the storage", version.number)


def _store_unless_there(version: ModelVersion) -> None:
    sha256 = version.manifest_sha256
    if not artefact_storage.is_stored(version.directory, expected_sha256=sha256):
        check_local(version, read_within=READ_WITHIN_SECONDS)
        artefact_storage.upload(artefact_path(version))
