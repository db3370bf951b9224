"""What recommendations do when a profile changes, or another version serves."""

from functools import partial
from typing import Any

from config.tasks import enqueue_on_commit
from recommendations.services.refreshing import plan_refresh
from recommendations.tasks import refresh_user, warm


def refresh_after_change(user_id: int, **_signal: Any) -> None:
    enqueue_on_commit(refresh_user, user_id, plan=partial(plan_refresh, user_id=user_id))


def make_lists_by_new_version(number: int, **_signal: Any) -> None:
    enqueue_on_commit(warm, number)
