"""Find what fell through: lists that nobody refreshed after their person did something."""

import json
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from config.redis import RedisAwayError, reachable_redis
from recommendations.services.cache import lists_key

LOOK_BACK = timedelta(hours=1)


def stale_user_ids() -> list[int]:
    """Return the people who did something in the last hour and whose kept lists do not know it."""
    since = timezone.now() - LOOK_BACK
    active = User.objects.who_sign_in().filter(
        Q(ratings__rated_at__gt=since)
        | Q(watchlist__added_at__gt=since)
        | Q(dismissals__dismissed_at__gt=since)
    )
    revisions = dict(active.distinct().order_by("pk").values_list("pk", "profile_revision"))
    if not revisions:
        return []
    try:
        with reachable_redis() as redis:
            stored = redis.mget([lists_key(user_id) for user_id in revisions])
    except RedisAwayError:
        return []
    kept = [_revision_of(lists) for lists in stored]
    return [
        user_id
        for (user_id, revision), known in zip(revisions.items(), kept, strict=True)
        if known != revision
    ]


def _revision_of(lists: bytes | str | None) -> int | None:
    """Return the revision that kept lists were made from; None for none, or for rubbish."""
    try:
        return int(json.loads(lists or b"")["freshness"]["profile_revision"])
    except (KeyError, TypeError, ValueError):
        return None
