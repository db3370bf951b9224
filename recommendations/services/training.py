"""Train a model version: read, judge, fit, write, activate."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from movies.models import DataSet
from recommendations.engine import artefacts
from recommendations.engine.models import recipe_of
from recommendations.engine.models.hybrid import Hybrid
from recommendations.errors import NothingToLearnFromError, TrainingRunsAlreadyError
from recommendations.models import ModelVersion
from recommendations.services.dataset import read_interactions
from recommendations.services.judging import judge_recipe
from recommendations.services.registry import activate_version, artefact_path

logger = logging.getLogger(__name__)

TRAINING_LOCK = 7_205_001

Report = Callable[[str], None]


def train_version(*, activate: bool, report: Report = logger.info) -> ModelVersion:
    """Fit the served recipe on everything the site knows and write it as a new version.

    One training runs at a time on a database; another raises TrainingRunsAlreadyError. Where
    there is no rating it raises NothingToLearnFromError. A training that fails or is killed
    leaves what is served as it was.
    """
    with _training_lock():
        _give_up_on_abandoned_versions()
        version = _new_version()
        try:
            _fill_version(version, report=report)
        except BaseException as error:
            version.state = ModelVersion.State.FAILED
            version.note = f"{type(error).__name__}: {error}"
            version.save(update_fields=["state", "note"])
            raise
    if activate:
        version = activate_version(number=version.number)
        report(f"version {version.number} is active")
    return version


@contextmanager
def _training_lock() -> Iterator[None]:
    """Hold PostgreSQL's advisory lock; it is let go with the connection, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TRAINING_LOCK])
        if cursor.fetchone() != (True,):
            raise TrainingRunsAlreadyError("Another process is training.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TRAINING_LOCK])


def _give_up_on_abandoned_versions() -> None:
    """Mark what a killed process left behind: under the lock nobody else is training."""
    ModelVersion.objects.filter(state=ModelVersion.State.TRAINING).update(
        state=ModelVersion.State.FAILED, note="The process was ended."
    )


def _new_version() -> ModelVersion:
    newest = ModelVersion.objects.aggregate(Max("number"))["number__max"] or 0
    return ModelVersion.objects.create(number=newest + 1)


def _fill_version(version: ModelVersion, *, report: Report) -> None:
    started = time.monotonic()
    interactions = read_interactions()
    if interactions.n_ratings == 0:
        raise NothingToLearnFromError("There are no ratings to learn from yet.")
    report(
        f"read {interactions.n_ratings:,} ratings of {interactions.n_items:,} movies "
        f"by {interactions.n_users:,} people"
    )
    version.metrics = judge_recipe(interactions)
    report("judged the recipe on the newest ratings")
    model = Hybrid().fit(interactions)
    report("fitted the recipe on everything")
    _write(version, model=model)
    report(f"wrote version {version.number} in {time.monotonic() - started:.1f} s")


def _write(version: ModelVersion, *, model: Hybrid) -> None:
    version.directory = f"{version.number:06d}"
    path = artefact_path(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    version.manifest_sha256 = artefacts.save(model, path, replace_existing=True)
    version.recipe = recipe_of(model)
    version.training_counts = asdict(model.training_) | {
        "data_sets": list(DataSet.objects.values_list("slug", flat=True)),
        "texts": settings.USE_METADATA_TEXTS_IN_MODELS,
    }
    version.trained_at = timezone.now()
    version.state = ModelVersion.State.READY
    version.save()
