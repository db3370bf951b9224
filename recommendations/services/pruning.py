"""Which versions are kept, and what is removed of the others, in the storage and on machines."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from recommendations.errors import ArtefactStorageError, TrainingRunsAlreadyError
from recommendations.models import ModelVersion
from recommendations.services import artefact_storage
from recommendations.services.alerts import raise_alert
from recommendations.services.artefact_cache import remove_local
from recommendations.services.registry import previous_version
from recommendations.services.versions import (
    HAS_ARTEFACT,
    activation_lock,
    give_up_on_abandoned,
    tell_of_killed,
    version_lock,
)

logger = logging.getLogger(__name__)

Kind = ModelVersion.Kind
State = ModelVersion.State
GONE = (State.FAILED, State.CANCELLED, State.PRUNED)
INCREMENT_ROWS_KEPT = timedelta(days=30)
# Reading, the longest that a training says nothing, takes a minute at 32 million ratings.
SILENT_AFTER = timedelta(minutes=15)
SILENT = "Its training has given no sign of life"


def prune_versions() -> int:
    """Prune all but the newest versions and return how many.

    Kept are the newest `KEEP_VERSIONS` full versions and `KEEP_INCREMENTS` increments, the active
    version, the one a rollback would bring back, and whatever any of these, or one that is being
    made, refers to.
    """
    with activation_lock():  # else what is activated meanwhile could lose what it refers to
        kept = [version.pk for version in _kept()]
        prunable = ModelVersion.objects.filter(state__in=[State.READY, State.RETIRED, State.KEPT])
        pruned = prunable.exclude(pk__in=kept).update(state=State.PRUNED)
    if pruned:
        logger.info("pruned %s versions", pruned)
    remove_what_is_gone()
    ModelVersion.objects.filter(
        kind=Kind.INCREMENT,
        state__in=GONE,
        created_at__lt=timezone.now() - INCREMENT_ROWS_KEPT,
    ).delete()
    return pruned


def remove_what_is_gone() -> None:
    """Remove the files of failed, cancelled and pruned versions from storage and this machine.

    What the storage does not let go of now is removed another time.
    """
    gone = set(
        ModelVersion.objects.filter(state__in=GONE)
        .exclude(directory="")
        .values_list("directory", flat=True)
    )
    remove_local(gone)
    try:
        for name in sorted(artefact_storage.stored_names() & gone):
            artefact_storage.delete(name)
    except (OSError, ArtefactStorageError) as error:
        logger.warning("artefacts of versions that are gone stay in the storage: %s", error)


def tidy_versions() -> int:
    """Give up on versions whose process is gone and remove what it left; return how many.

    A process that is there and does nothing keeps the lock: of that somebody is told.
    """
    given_up = 0
    for kind in Kind:
        if not ModelVersion.objects.filter(kind=kind, state=State.TRAINING).exists():
            continue
        try:
            # Both locks, as for an increment: a training waits for that.
            with version_lock(Kind.INCREMENT), version_lock(kind):
                abandoned = give_up_on_abandoned(kind)
        except TrainingRunsAlreadyError:
            _tell_of_silence(kind)
            continue
        given_up += len(abandoned)
        if kind == Kind.FULL:
            tell_of_killed(abandoned)  # by mail, which takes its time: nobody waits for it
    if given_up:
        remove_what_is_gone()
    return given_up


def _tell_of_silence(kind: Kind) -> None:
    long_ago = timezone.now() - SILENT_AFTER
    silent = ModelVersion.objects.filter(kind=kind, state=State.TRAINING, progress_at__lt=long_ago)
    for number, heard_at in silent.values_list("number", "progress_at"):
        text = f"{SILENT} since {heard_at:%H:%M} UTC. Its process may hang: end it."
        raise_alert(number=number, text=text, kind=SILENT)


def _kept() -> list[ModelVersion]:
    servable = ModelVersion.objects.filter(state__in=HAS_ARTEFACT).select_related("base")
    full = servable.filter(kind=Kind.FULL).order_by("-number")[: settings.KEEP_VERSIONS]
    increments = servable.filter(kind=Kind.INCREMENT).order_by("-number")
    in_use = ModelVersion.objects.filter(state__in=[State.ACTIVE, State.TRAINING])
    previous = previous_version()
    kept = [*full, *increments[: settings.KEEP_INCREMENTS], *in_use]
    return _with_what_they_need([*kept, previous] if previous else kept)


def _with_what_they_need(versions: Iterable[ModelVersion]) -> list[ModelVersion]:
    kept = {version.pk: version for version in versions}
    waiting = list(kept.values())
    while waiting:
        version = waiting.pop()
        needed = list(ModelVersion.objects.filter(directory__in=version.refers_to))
        if version.base is not None:
            needed.append(version.base)
        for each in needed:
            if each.pk not in kept:
                kept[each.pk] = each
                waiting.append(each)
    return list(kept.values())
