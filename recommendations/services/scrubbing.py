"""Read every byte of the artefacts on this machine and see to what is damaged."""

import logging
import socket

from recommendations.engine.errors import ArtefactError
from recommendations.errors import ArtefactStorageError
from recommendations.models import ModelVersion
from recommendations.services.alerts import raise_alert
from recommendations.services.artefact_cache import (
    cache_lock,
    is_here,
    make_local,
    set_aside,
    verify_local,
)
from recommendations.services.versions import HAS_ARTEFACT

logger = logging.getLogger(__name__)

LOST = "The storage has none either"
MENDED = "It was fetched again and is sound."


def scrub_artefacts() -> int:
    """Verify what lies in this machine's cache and return how many versions were damaged.

    A damaged one is fetched anew from the storage. Where that is damaged too it is set aside, so
    that no process maps it, and the version before serves.
    """
    damaged = 0
    for version in ModelVersion.objects.filter(state__in=HAS_ARTEFACT).order_by("number"):
        if not is_here(version):
            continue
        try:
            verify_local(version)
        except ArtefactError as error:
            damaged += 1
            if not repair(version, error):
                _set_aside(version)
    return damaged


def _set_aside(version: ModelVersion) -> None:
    try:
        with cache_lock():
            set_aside(version)
    except OSError as error:  # the others wait to be read
        logger.warning("version %s could not be set aside: %s", version.number, error)


def repair(version: ModelVersion, error: ArtefactError) -> bool:
    """Fetch a version anew after an error, tell of it, and return whether it is sound again."""
    found = f"Its artefact on {socket.gethostname()} was damaged: {error}."
    try:
        make_local(version, read_within=0.0)
    except (OSError, ArtefactError, ArtefactStorageError) as worse:
        raise_alert(number=version.number, text=f"{found} {LOST}: {worse}.", kind=LOST)
        return False
    raise_alert(number=version.number, text=f"{found} {MENDED}", kind=MENDED)
    return True
