"""Count what people did since the last training, without fitting the model anew.

An increment is a version of its own: made from a full version and the state its training left,
always from these, never from an increment before. So it may be made twice, and one that is killed
leaves a row that failed.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from django.db.models import Q
from django.db.models.functions import Coalesce

from config.errors import DATABASE_GONE
from recommendations.engine import artefacts
from recommendations.engine.arrays import IndexArray
from recommendations.engine.errors import EngineError
from recommendations.engine.increments.state import TrainerState
from recommendations.engine.increments.update import Changes, update_hybrid
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import (
    ArtefactStorageError,
    FullTrainingNeededError,
    TrainingCancelledError,
)
from recommendations.models import ModelVersion
from recommendations.services.artefact_cache import artefact_path, make_local
from recommendations.services.dataset import read_content, read_interactions_of
from recommendations.services.forked import Tell, run_forked
from recommendations.services.progress import Progress, Report
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
HOURS = 1.0
# A version only because somebody looked at pages is made no more often than this.
LOOKS_GATHER_SECONDS = 3600


def make_increment(
    *, after_rollback: bool = True, report: Report = logger.info
) -> ModelVersion | None:
    """Make and activate an increment of what serves; return None where nothing has changed.

    Looks at pages alone are a change when the first of them is an hour old. Without
    `after_rollback` none is made while a version serves that somebody went back to.

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
        model = _load(base)
        news = _read_news(model, mark)
        if not news.should_be_counted(active):
            return None
        report(
            f"{len(news.changed):,} people changed and {len(news.new_ids):,} movies came "
            f"since version {base.number}"
        )
        version = _make(active, model=model, state=state, news=news, report=report)
        if version.state != State.ACTIVE:
            report(f"another version was activated meanwhile; version {version.number} is ready")
            return version
        report(f"version {version.number} is active")
        prune_versions()
        remove_old_states()
    return version


def _was_gone_back_to(active: ModelVersion) -> bool:
    """Return whether a version of a later training, or a later one of the same, served since."""
    base = (active.base or active).number
    is_later = Q(of__gt=base) | Q(of=base, number__gt=active.number)
    served = ModelVersion.objects.filter(activated_at__gt=active.created_at)
    return served.annotate(of=Coalesce("base__number", "number")).filter(is_later).exists()


def _load(base: ModelVersion) -> Hybrid:
    try:
        make_local(base)
        model = artefacts.load(artefact_path(base), expected_sha256=base.manifest_sha256)
    except EngineError as error:
        raise FullTrainingNeededError(f"Version {base.number} cannot be read: {error}.") from error
    except OSError as error:
        message = f"The storage does not give version {base.number}: {error}."
        raise ArtefactStorageError(message) from error
    if not isinstance(model, Hybrid):
        raise FullTrainingNeededError(f"Version {base.number} is a {model.name}, not a hybrid.")
    return model


@dataclass(frozen=True, slots=True, eq=False)
class _News:
    """What came since the mark: who acted or left, what was looked at, and the new movies.

    `basis` is a fingerprint of everything but the looks.
    """

    changed: IndexArray
    looks: npt.NDArray[Any]
    new_ids: list[int]
    new_content: ItemContent
    basis: str

    def should_be_counted(self, active: ModelVersion) -> bool:
        """Return whether there is something that the active version has not counted.

        There are fewer looks than it counted where somebody left who did nothing else.
        """
        counts = active.training_counts
        n_counted = counts.get("looks", 0)
        if self.basis != counts.get("basis", NOTHING) or len(self.looks) < n_counted:
            return True
        waiting = self.looks["seconds"][n_counted:]
        return bool(len(waiting)) and int(waiting[0]) <= time.time() - LOOKS_GATHER_SECONDS


def _read_news(model: Hybrid, mark: Mark) -> _News:
    now = Mark.now()
    acted, looks = mark.changed_until(now), mark.looks_since()
    new_ids, new_content = read_content(above=int(model.known_items.ids[-1]))
    revisions = now.revisions[np.isin(now.user_ids, acted)]
    return _News(
        changed=np.union1d(acted, looks["user_id"].astype(np.int64)),
        looks=looks,
        new_ids=new_ids,
        new_content=new_content,
        basis=_fingerprint(acted, revisions, np.array(new_ids)),
    )


def _fingerprint(*arrays: IndexArray) -> str:
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(np.asarray(values, dtype=np.int64).tobytes() + b";")
    return digest.hexdigest()


_EMPTY = np.empty(0, dtype=np.int64)
NOTHING = _fingerprint(_EMPTY, _EMPTY, _EMPTY)


def _make(
    active: ModelVersion, *, model: Hybrid, state: TrainerState, news: _News, report: Report
) -> ModelVersion:
    """Make an increment and let it serve, unless another version than this one serves by then."""
    base = active.base or active
    known = np.concatenate([model.known_items.ids, np.array(news.new_ids, dtype=np.int64)])
    people = read_interactions_of(news.changed, items=ItemIndex(known))
    changes = Changes(people=people, changed=news.changed, new_content=news.new_content)
    with _new_version(base) as version:
        path, base_path = artefact_path(version), artefact_path(base)

        def work(tell: Tell) -> dict[str, Any]:
            tell("updating", 0.0)
            updated = update_hybrid(model, state, changes)
            tell("writing", 0.9)
            artefacts.save(updated, path, base=base_path)
            artefacts.load(path)  # what could not serve must not come to be served
            return asdict(updated.training_)

        progress = Progress(version, report=report)
        watch = progress.between(0, 99, prefix="increment")
        counts = cast("dict[str, Any]", run_forked(work, watch=watch, hours=HOURS))
        version.metrics = base.metrics
        version.save(update_fields=["metrics"])
        counted = {"basis": news.basis, "looks": len(news.looks)}
        publish_version(
            version, recipe=base.recipe, counts={**base.training_counts, **counts, **counted}
        )
        progress.end()
        return activate_version(number=version.number, instead_of=active)


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
