"""Bring kept lists up to date after their person did something, without doing it for every click.

The first change is followed at once. Those that come within `REST_SECONDS` of a refresh wait for
one refresh together: somebody who rates forty movies in ten seconds costs five. Whoever reads
meanwhile works out their lists on the spot, so nothing is ever shown that is stale. What gets
lost here is found by the sweep.
"""

from functools import cache

from redis.commands.core import Script

from accounts.models import User
from config.redis import RedisAwayError, reachable_redis, redis_client
from movies.errors import AccountGoneError
from movies.services.curation import read_curation_revision
from movies.services.profile import read_revision
from recommendations.services.cache import forget_lists
from recommendations.services.personal import read_personal_lists

REST_SECONDS = 2.5
# A refresh that was to come and has not by then is lost: the next change asks for another.
LOST_AFTER_SECONDS = 10.0
MOST_ROUNDS = 3

# Answers with the milliseconds to wait, or -1 if a refresh is coming anyway.
PLAN = """
local rest = math.max(redis.call('PTTL', KEYS[2]), 0)
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', rest + tonumber(ARGV[1])) then return -1 end
return rest
"""


def plan_refresh(*, user_id: int) -> float | None:
    """Return in how many seconds to refresh a person's lists; None if that is coming anyway."""
    keys = [_coming_key(user_id), _rest_key(user_id)]
    try:
        with reachable_redis() as redis:
            wait = _plan_script()(keys=keys, args=[int(LOST_AFTER_SECONDS * 1000)], client=redis)
    except RedisAwayError:
        return 0.0
    return None if wait < 0 else wait / 1000


def refresh_lists(*, user_id: int) -> None:
    """Bring the kept lists of a person up to date; somebody who is gone has none."""
    _begin(user_id)
    for _ in range(MOST_ROUNDS):
        user = User.objects.who_sign_in().filter(pk=user_id).first()
        if user is None:
            forget_lists(user_id=user_id)
            return
        read_personal_lists(user=user, curation_revision=read_curation_revision())
        if not _has_moved(user):
            return


def _begin(user_id: int) -> None:
    """From here on a change needs another refresh, after a rest."""
    try:
        with reachable_redis() as redis, redis.pipeline(transaction=False) as pipeline:
            pipeline.set(_rest_key(user_id), 1, px=int(REST_SECONDS * 1000))
            pipeline.delete(_coming_key(user_id))
            pipeline.execute()
    except RedisAwayError:
        return


def _has_moved(user: User) -> bool:
    try:
        return read_revision(user_id=user.pk) != user.profile_revision
    except AccountGoneError:
        return True


def _coming_key(user_id: int) -> str:
    return f"marquee:refresh:coming:{user_id}"


def _rest_key(user_id: int) -> str:
    return f"marquee:refresh:rest:{user_id}"


@cache
def _plan_script() -> Script:
    return redis_client().register_script(PLAN)
