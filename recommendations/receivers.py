"""What recommendations do when the catalogue announces a change."""

from functools import partial
from typing import Any

from django.dispatch import receiver

from config.tasks import enqueue_on_commit
from movies.signals import profile_changed
from recommendations.services.refreshing import plan_refresh
from recommendations.signals import version_activated
from recommendations.tasks import refresh_user, warm


@receiver(profile_changed)
def refresh_after_change(user_id: int, **_signal: Any) -> None:
    enqueue_on_commit(refresh_user, user_id, plan=partial(plan_refresh, user_id=user_id))


@receiver(version_activated)
def make_lists_by_new_version(number: int, **_signal: Any) -> None:
    enqueue_on_commit(warm, number)
