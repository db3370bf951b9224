"""Count what people did since the last training, without fitting the model anew.

An increment is a version of its own: made from a full version and the state its training left,
always from these, never from an increment before. So it may be made twice, and one that is killed
leaves a row that failed.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, cast

import numpy as np
from django.db.models import Q
from django.db.models.functions import Coalesce

from config.errors import DATABASE_GONE
from recommendations.engine import artefacts
from recommendations.engine.arrays import IndexArray
from recommendations.engine.errors import EngineError
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.increments.update import Changes, update_hybrid
from recommendations.engine.items import ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import FullTrainingNeededError, TrainingCancelledError
from recommendations.models import ModelVersion
from recommendations.services.artefact_cache import artefact_path, make_local
from recommendations.services.dataset import read_content, read_people
from recommendations.services.forked import Tell, run_forked
from recommendations.services.progress import Progress
from recommendations.services.pruning import prune_versions, remove_what_is_gone
from recommendations.services.registry import activate_version, active_version
from recommendations.services.trainer_state import Mark, load_state, remove_old_states
from recommendations.services.versions import (
    create_version,
    end_version,
    give_up_on_abandoned,
    publish_version,
    version_lock,
)

logger = logging.getLogger(__name__)

Kind = ModelVersion.Kind
State = ModelVersion.State
Report = Callable[[str], None]
HOURS = 1.0


def make_increment(
    *, after_rollback: bool = True, report: Report = logger.info
) -> ModelVersion | None:
    """Make and activate an increment of what serves; return None where nothing has changed.

    Without `after_rollback` none is made while a version serves that somebody went back to.

    Raises FullTrainingNeededError where there is nothing to start from, and
    TrainingRunsAlreadyError while another process trains or makes one.
    """
    with version_lock(Kind.INCREMENT), version_lock(Kind.FULL):
        if give_up_on_abandoned(Kind.INCREMENT):
            remove_what_is_gone()
        active = active_version()
        if active is None:
            raise FullTrainingNeededError("No version serves yet.")
        if not after_rollback and _was_gone_back_to(active):
            logger.info("version %s was gone back to: no increment of it is made", active.number)
            return None
        base = active.base or active
        state, mark = load_state(base)
        make_local(base)
        model = _load(base)
        changes, basis = _read_changes(model, mark)
        n_changed, n_new = len(changes.changed), changes.people.n_items - model.n_items
        is_nothing = not n_changed and not n_new
        if active.training_counts.get("basis", "") == basis or (is_nothing and active == base):
            return None
        report(
            f"{n_changed:,} people changed and {n_new:,} movies came since version {base.number}"
        )
        version = _make(base, model=model, state=state, changes=changes, basis=basis, report=report)
        if active_version() != active:
            report(f"another version was activated meanwhile; version {version.number} is ready")
            return version
        version = activate_version(number=version.number)
        report(f"version {version.number} is active")
        prune_versions()
        remove_old_states()
    return version


def _was_gone_back_to(active: ModelVersion) -> bool:
    """Return whether one of a later training served already, or a later one of the same."""
    base = (active.base or active).number
    is_later = Q(of__gt=base) | Q(of=base, number__gt=active.number)
    served = ModelVersion.objects.filter(activated_at__isnull=False)
    return served.annotate(of=Coalesce("base__number", "number")).filter(is_later).exists()


def _load(base: ModelVersion) -> Hybrid:
    try:
        model = artefacts.load(artefact_path(base), expected_sha256=base.manifest_sha256)
    except EngineError as error:
        raise FullTrainingNeededError(f"Version {base.number} cannot be read: {error}.") from error
    if not isinstance(model, Hybrid):
        raise FullTrainingNeededError(f"Version {base.number} is a {model.name}, not a hybrid.")
    return model


def _read_changes(model: Hybrid, mark: Mark) -> tuple[Changes, str]:
    """Return what came since the mark, and a fingerprint of what an increment of it is made of."""
    now = Mark.now()
    changed = mark.changed_until(now)
    new_ids, content = read_content(above=int(model.known_items.ids[-1]))
    items = ItemIndex(np.concatenate([model.known_items.ids, np.array(new_ids, dtype=np.int64)]))
    people = read_people(changed, items=items)
    changes = Changes(people=people, changed=changed, new_content=content)
    revisions = now.revisions[np.isin(now.user_ids, changed)]
    return changes, _fingerprint(
        changed, revisions, np.array(new_ids), np.array([now.newest_event])
    )


def _fingerprint(*arrays: IndexArray) -> str:
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(np.asarray(values, dtype=np.int64).tobytes() + b";")
    return digest.hexdigest()


def _make(
    base: ModelVersion,
    *,
    model: Hybrid,
    state: TrainerState,
    changes: Changes,
    basis: str,
    report: Report,
) -> ModelVersion:
    with _new_version(base) as version:
        path, base_path = artefact_path(version), artefact_path(base)

        def work(tell: Tell) -> dict[str, Any]:
            tell("updating", 0.0)
            updated = update_hybrid(model, state, changes)
            tell("writing", 0.9)
            artefacts.save(updated, path, base=base_path)
            return asdict(updated.training_)

        progress = Progress(version, report=report)
        watch = progress.between(0, 99, prefix="increment")
        counts = cast("dict[str, Any]", run_forked(work, watch=watch, hours=HOURS))
        version.metrics = base.metrics
        version.save(update_fields=["metrics"])
        publish_version(
            version,
            recipe=base.recipe,
            counts={**base.training_counts, **counts, "basis": basis},
        )
        progress.end()
    return version


@contextmanager
def _new_version(base: ModelVersion) -> Iterator[ModelVersion]:
    """Begin an increment; mark it and remove what there is of it where it comes to nothing."""
    version = create_version(kind=Kind.INCREMENT, base=base)
    try:
        yield version
    except BaseException as error:
        is_cancelled = isinstance(error, TrainingCancelledError)
        note = str(error) or type(error).__name__
        end_version(version, state=State.CANCELLED if is_cancelled else State.FAILED, note=note)
        with suppress(*DATABASE_GONE):
            remove_what_is_gone()
        raise
