"""What the workers do for recommendations."""

import logging
from datetime import UTC, datetime

from celery import Task, shared_task
from django.conf import settings

from config.errors import DATABASE_GONE
from config.redis import RedisAwayError
from recommendations.errors import (
    FullTrainingNeededError,
    ModelNotReadyError,
    NothingToLearnFromError,
    RecommendationsError,
    TrainingCancelledError,
    TrainingRunsAlreadyError,
)
from recommendations.services import pruning, scrubbing
from recommendations.services.increments import make_increment
from recommendations.services.refreshing import refresh_lists
from recommendations.services.sweeping import sweep_lists
from recommendations.services.training import train_version, was_trained_since
from recommendations.services.warming import warm_after_activation

logger = logging.getLogger(__name__)

WARMING_SECONDS = 3600
A_QUARTER_OF_AN_HOUR = 15 * 60
INCREMENT_SECONDS = 3600
# A training ends itself in time, judging and fitting twice at the most; this is the last resort.
TRAINING_SECONDS = 4 * settings.TRAINING_HOURS * 3600


@shared_task(name="recommendations.refresh_user")
def refresh_user(user_id: int) -> None:
    refresh_lists(user_id=user_id)


@shared_task(
    name="recommendations.warm",
    time_limit=WARMING_SECONDS,
    soft_time_limit=WARMING_SECONDS - 60,
    autoretry_for=(RedisAwayError, *DATABASE_GONE),
)
def warm(number: int) -> None:
    """Make the lists of people who were here lately; run again, it goes on where it was."""
    try:
        warm_after_activation(number=number)
    except ModelNotReadyError as error:
        logger.warning("nothing was warmed: %s", error)


@shared_task(name="recommendations.sweep")
def sweep() -> None:
    """Refresh the lists that no task has followed up."""
    sweep_lists()


@shared_task(
    name="recommendations.train_nightly",
    bind=True,
    time_limit=TRAINING_SECONDS,
    soft_time_limit=TRAINING_SECONDS - 60,
)
def train_nightly(task: Task[..., None]) -> None:
    """Train and activate a version; a site without ratings or in training waits for tomorrow.

    One that comes again because it took so long finds that it has been done.
    """
    queued_at = task.request.get("queued_at")
    if queued_at is not None and was_trained_since(datetime.fromtimestamp(queued_at, tz=UTC)):
        logger.info("a version has been trained since this was asked for")
        return
    try:
        train_version(activate=True)
    except (NothingToLearnFromError, TrainingRunsAlreadyError, TrainingCancelledError) as error:
        logger.warning("no training tonight: %s", error)


@shared_task(
    name="recommendations.increment",
    time_limit=INCREMENT_SECONDS,
    soft_time_limit=INCREMENT_SECONDS - 60,
)
def increment() -> None:
    """Count what people did since the last training; where it cannot, the next one will."""
    try:
        make_increment(after_rollback=False)
    except (FullTrainingNeededError, TrainingRunsAlreadyError) as error:
        logger.info("no increment now: %s", error)
    except RecommendationsError as error:
        logger.warning("the increment came to nothing: %s", error)


@shared_task(name="recommendations.tidy_versions")
def tidy_versions() -> None:
    """Give up on versions whose training was killed."""
    pruning.tidy_versions()


@shared_task(
    name="recommendations.scrub_artefacts",
    time_limit=A_QUARTER_OF_AN_HOUR,
    soft_time_limit=A_QUARTER_OF_AN_HOUR - 60,
)
def scrub_artefacts() -> None:
    """Verify every byte of the artefacts on this machine."""
    scrubbing.scrub_artefacts()
