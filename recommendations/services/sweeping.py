"""Find what fell through: lists that nobody refreshed after their person did something.

Each sweep looks at the people whose profile changed since the one before, so its cost is that of
the latest changes however many people there are. Taking a rating back counts as a change too.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from accounts.models import User
from config.redis import RedisAwayError, reachable_redis
from config.task_metrics import record_refresh_lags
from recommendations.engine.errors import EngineError
from recommendations.services.cache import load_revisions
from recommendations.services.personal import served_model_or_none
from recommendations.services.refreshing import refresh_lists
from recommendations.services.warming import warm_people

logger = logging.getLogger(__name__)

MARK_KEY = "marquee:swept-until"
# Without a mark (Redis is new, or lost everything) a sweep goes back so far.
LOOK_BACK = timedelta(hours=1)
LONGEST_LOOK_BACK = timedelta(days=1)
# A change carries the time of its statement, and shows when its transaction commits.
LATE_COMMITS = timedelta(minutes=1)
PEOPLE_AT_ONCE = 1_000
MOST_ONE_BY_ONE = 20
# What is wrong with one person's data or the code that reads them, and not with a service.
CANNOT_BE_MADE = (EngineError, ArithmeticError, LookupError, TypeError, ValueError)


def sweep_lists() -> int:
    """Refresh the lists that no task has followed up; return how many there were.

    A sweep that is cut short is done again by the next one: the mark moves at the end. Without
    Redis there is nothing to mend.
    """
    begun = _read_clock()
    try:
        stale = list(stale_people())
        _refresh([user_id for user_id, _ in stale])
        _move_mark(begun)
    except RedisAwayError:
        logger.warning("the sweep ended early: Redis is away")
        return 0
    if stale:
        logger.info("the sweep refreshed the lists of %s people", len(stale))
        done = _read_clock()
        record_refresh_lags([(done - changed_at).total_seconds() for _, changed_at in stale])
    return len(stale)


def _refresh(user_ids: Sequence[int]) -> None:
    """Refresh a few one by one, many together; without a model there is no together.

    Nobody waits behind one whose lists cannot be made; whoever reads works out their own.
    """
    if len(user_ids) > MOST_ONE_BY_ONE and served_model_or_none() is not None:
        try:
            warm_people(user_ids)
        except CANNOT_BE_MADE:
            logger.exception("lists of many could not be made together")
        else:
            return
    for user_id in user_ids:
        try:
            refresh_lists(user_id=user_id)
        except CANNOT_BE_MADE:
            logger.exception("the lists of person %s could not be made", user_id)


def stale_people() -> Iterator[tuple[int, datetime]]:
    """Yield the people who changed lately and whose kept lists do not know it, and when they did.

    Raises RedisAwayError.
    """
    changed = (
        User.objects.who_sign_in()
        .filter(profile_changed_at__gt=_since())
        .order_by("profile_changed_at")
        .values_list("pk", "profile_revision", "profile_changed_at")
    )
    rows = list(changed)
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        block = rows[start : start + PEOPLE_AT_ONCE]
        kept = load_revisions([user_id for user_id, *_ in block])
        yield from (
            (user_id, changed_at)
            for (user_id, revision, changed_at), known in zip(block, kept, strict=True)
            if changed_at is not None and (known is None or known < revision)
        )


def _since() -> datetime:
    """Return the time that the last sweep got to, and a little before."""
    now = _read_clock()
    with reachable_redis() as redis:
        mark = redis.get(MARK_KEY)
    if mark is None:
        return now - LOOK_BACK
    swept_until = datetime.fromtimestamp(float(mark), tz=UTC)
    return max(swept_until - LATE_COMMITS, now - LONGEST_LOOK_BACK)


def _read_clock() -> datetime:
    """Return the time on PostgreSQL's clock, which changes carry; a worker's may be ahead of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _move_mark(moment: datetime) -> None:
    with reachable_redis() as redis:
        redis.set(MARK_KEY, moment.timestamp())
