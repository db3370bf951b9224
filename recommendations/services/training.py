"""Train a model version: read, judge, decide, fit, write, activate, prune."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.conf import settings

from config.errors import DATABASE_GONE
from movies.models import DataSet
from recommendations.engine.interactions import Interactions
from recommendations.engine.models import recipe_of
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import NothingToLearnFromError, TrainingCancelledError
from recommendations.models import ModelVersion
from recommendations.services import gate
from recommendations.services.alerts import raise_alert
from recommendations.services.artefact_cache import artefact_path
from recommendations.services.dataset import read_interactions
from recommendations.services.progress import Progress, Report
from recommendations.services.pruning import prune_versions, remove_what_is_gone
from recommendations.services.registry import activate_version, active_version
from recommendations.services.trainer import Recipe, configured_trainer
from recommendations.services.trainer_state import Mark, keep_mark, remove_old_states
from recommendations.services.versions import (
    EXPECTED,
    create_version,
    end_version,
    give_up_on_abandoned,
    publish_version,
    tell_of_killed,
    telling,
    version_lock,
)

logger = logging.getLogger(__name__)

State = ModelVersion.State
# Where in the whole each part ends, in percent, roughly: judging fits on most of the ratings.
READ, JUDGED, FITTED, WRITTEN = 3, 45, 95, 99
# For so long a training waits for an increment that is being made, or for a tidy-up.
PATIENCE_SECONDS = 900.0


def served_recipe() -> dict[str, Any]:
    """Return the recipe that this code serves."""
    return recipe_of(Hybrid())


def train_version(
    *, activate: bool, recipe: Recipe | None = None, report: Report = logger.info
) -> ModelVersion:
    """Fit a recipe on everything the site knows, as a new version, and let it serve.

    The recipe is the served one unless given. One that is worse with 95 % confidence than what
    serves is kept, somebody is told, and what serves is refitted. One training runs at a time on
    a database; another raises TrainingRunsAlreadyError. Where there is no rating it raises
    NothingToLearnFromError. A training that fails, is cancelled or is killed leaves what is
    served as it was, and so does one during which somebody decided what serves. A version that
    cannot be activated stays ready, and somebody is told.
    """
    with version_lock(patience=PATIENCE_SECONDS):
        if killed := give_up_on_abandoned():
            tell_of_killed(killed)
            remove_what_is_gone()
        served = active_version()
        mark = Mark.now()
        version, interactions = _train_candidate(
            recipe or served_recipe(), mark=mark, report=report
        )
        active = active_version()
        if activate and active is not None and version.state == State.KEPT:
            version = _refit(interactions, active=active, mark=mark, report=report)
        if activate:
            with telling(version, of="The activation failed."):
                version = _activate(version, instead_of=served, report=report)
        with telling(version, of="Removing older versions failed."):
            prune_versions()
            remove_old_states()
    return version


def was_trained_since(moment: datetime) -> bool:
    """Tell whether a version that was trained after this moment has come to serve.

    One that was kept, or whose process was killed before it served, is not what was asked for.
    """
    full = ModelVersion.objects.filter(kind=ModelVersion.Kind.FULL)
    return full.filter(trained_at__gt=moment, activated_at__isnull=False).exists()


def cancel_training(*, number: int) -> bool:
    """Ask a training to stop, which it does within a second or two; return whether it runs."""
    return bool(
        ModelVersion.objects.filter(number=number, state=State.TRAINING).update(
            cancel_requested=True
        )
    )


def _activate(
    version: ModelVersion, *, instead_of: ModelVersion | None, report: Report
) -> ModelVersion:
    """Let a version serve, unless somebody let another one serve since the training began."""
    version = activate_version(number=version.number, instead_of=instead_of)
    if version.state == State.ACTIVE:
        report(f"version {version.number} is active")
        return version
    decided = active_version()
    text = f"Not activated: version {decided and decided.number} was, while it was trained."
    raise_alert(number=version.number, text=text)
    report(text)
    return version


def _train_candidate(
    recipe: Recipe, *, mark: Mark, report: Report
) -> tuple[ModelVersion, Interactions]:
    with _new_version(report) as (version, progress):
        progress.tell("reading", 0)
        interactions = _read(report)
        active = active_version()
        evaluation = configured_trainer().judge(
            interactions,
            candidate=recipe,
            rival=gate.rival_recipe(active, candidate=recipe),
            watch=progress.between(READ, JUDGED, prefix="judging"),
        )
        version.metrics = evaluation.metrics
        version.gate = gate.decide(evaluation, active=active, candidate=recipe)
        version.save(update_fields=["metrics", "gate"])
        report(f"gate: {gate.sentence_of(version.gate)}")
        is_worse = version.gate["decision"] == gate.WORSE
        state = State.KEPT if is_worse else State.READY
        _fit(version, interactions, recipe=recipe, mark=mark, progress=progress, state=state)
    if is_worse:
        text = f"Kept, not activated. {gate.sentence_of(version.gate)}"
        raise_alert(number=version.number, text=text)
    return version, interactions


def _refit(
    interactions: Interactions, *, active: ModelVersion, mark: Mark, report: Report
) -> ModelVersion:
    """Fit the recipe that serves on everything, as the candidate's was worse."""
    with _new_version(report) as (version, progress):
        version.metrics = active.metrics
        note = f"The recipe of version {active.number}: the candidate's was worse."
        version.gate = {
            "decision": gate.REFIT,
            "against": active.number,
            "note": note,
            "code": gate.code_revision(),
        }
        version.save(update_fields=["metrics", "gate"])
        recipe, state = active.recipe, State.READY
        _fit(version, interactions, recipe=recipe, mark=mark, progress=progress, state=state)
    return version


def _read(report: Report) -> Interactions:
    interactions = read_interactions()
    if interactions.n_ratings == 0:
        raise NothingToLearnFromError("There are no ratings to learn from yet.")
    report(
        f"read {interactions.n_ratings:,} ratings of {interactions.n_items:,} movies "
        f"by {interactions.n_users:,} people"
    )
    return interactions


def _fit(
    version: ModelVersion,
    interactions: Interactions,
    *,
    recipe: Recipe,
    mark: Mark,
    progress: Progress,
    state: State,
) -> None:
    fitted = configured_trainer().fit(
        interactions,
        recipe=recipe,
        directory=artefact_path(version),
        watch=progress.between(JUDGED, FITTED, prefix="fitting"),
    )
    progress.tell("storing", WRITTEN)
    keep_mark(version, mark)
    counts: Mapping[str, Any] = {
        **fitted.counts,
        "data_sets": list(DataSet.objects.values_list("slug", flat=True)),
        "texts": settings.USE_METADATA_TEXTS_IN_MODELS,
        "peak_memory_mb": progress.peak_memory_mb,
    }
    publish_version(version, recipe=fitted.recipe, counts=counts, state=state)
    progress.end()


@contextmanager
def _new_version(report: Report) -> Iterator[tuple[ModelVersion, Progress]]:
    """Begin a version; mark it and remove what there is of it where it comes to nothing."""
    version = create_version()
    try:
        yield version, Progress(version, report=report)
    except BaseException as error:
        is_cancelled = isinstance(error, TrainingCancelledError)
        note = str(error) or type(error).__name__
        end_version(version, state=State.CANCELLED if is_cancelled else State.FAILED, note=note)
        with suppress(*DATABASE_GONE):
            if not isinstance(error, EXPECTED):
                raise_alert(number=version.number, text=f"The training failed. {note}")
            remove_what_is_gone()
            remove_old_states()
        raise
