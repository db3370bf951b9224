"""People's lists and front pages in Redis. Whatever is lost here is worked out again."""

import json
import logging

from accounts.models import User
from config.redis import RedisAwayError, reachable_redis
from recommendations.services.picks import Freshness, PersonalLists

logger = logging.getLogger(__name__)

KEEP_SECONDS = 7 * 24 * 60 * 60
# What everybody rated meanwhile may be so old on a front page; own ratings never are.
FRONT_PAGE_SECONDS = 60


def lists_key(user_id: int) -> str:
    return f"marquee:lists:{user_id}"


def load_lists(*, user_id: int) -> PersonalLists | None:
    """Return the kept lists of a person, fresh or stale; None where there are none to be had."""
    try:
        with reachable_redis() as redis:
            stored = redis.get(lists_key(user_id))
    except RedisAwayError:
        return None
    if stored is None:
        return None
    try:
        return PersonalLists.from_json(json.loads(stored))
    except (KeyError, TypeError, ValueError) as error:
        logger.warning("the lists of user %s cannot be read: %r", user_id, error)
        return None


def keep_lists(*, user_id: int, lists: PersonalLists) -> None:
    """Keep the lists of a person for a week; without Redis they are worked out when read."""
    try:
        with reachable_redis() as redis:
            redis.set(lists_key(user_id), json.dumps(lists.to_json()), ex=KEEP_SECONDS)
    except RedisAwayError:
        return


def forget_lists(*, user_id: int) -> None:
    """Drop the kept lists of a person."""
    try:
        with reachable_redis() as redis:
            redis.delete(lists_key(user_id))
    except RedisAwayError:
        return


def load_front_page(*, user: User | None, freshness: Freshness) -> str | None:
    """Return the kept front page of a person, or of guests, made from just this."""
    try:
        with reachable_redis() as redis:
            stored = redis.get(_front_page_key(user, freshness))
    except RedisAwayError:
        return None
    return stored.decode() if isinstance(stored, bytes) else stored


def keep_front_page(front_page: str, *, user: User | None, freshness: Freshness) -> None:
    """Keep a rendered front page for a minute."""
    try:
        with reachable_redis() as redis:
            redis.set(_front_page_key(user, freshness), front_page, ex=FRONT_PAGE_SECONDS)
    except RedisAwayError:
        return


def _front_page_key(user: User | None, freshness: Freshness) -> str:
    whose = user.pk if user else "guest"
    made_from = f"{freshness.model_version}:{freshness.profile_revision}:{freshness.settings}"
    return f"marquee:front:{whose}:{made_from}"
