"""What the workers do for recommendations."""

import logging

from celery import shared_task

from recommendations.errors import (
    NothingToLearnFromError,
    TrainingRunsAlreadyError,
)
from recommendations.services.refreshing import refresh_lists
from recommendations.services.sweeping import sweep_lists
from recommendations.services.training import train_version

logger = logging.getLogger(__name__)

TRAINING_HOURS = 2


@shared_task(name="recommendations.refresh_user")
def refresh_user(user_id: int) -> None:
    refresh_lists(user_id=user_id)


@shared_task(name="recommendations.sweep")
def sweep() -> None:
    """Refresh the lists that no task has followed up."""
    sweep_lists()


@shared_task(
    name="recommendations.train_nightly",
    time_limit=TRAINING_HOURS * 3600,
    soft_time_limit=TRAINING_HOURS * 3600 - 60,
)
def train_nightly() -> None:
    """Train and activate a version; a site without ratings or in training waits for tomorrow."""
    try:
        train_version(activate=True)
    except (NothingToLearnFromError, TrainingRunsAlreadyError) as error:
        logger.warning("no training tonight: %s", error)
