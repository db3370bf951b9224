"""People's lists and front pages in Redis. Whatever is lost here is worked out again."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar, cast

import orjson
from redis import Redis
from redis.commands.core import Script

from config.redis import RedisAwayError, reachable_redis, redis_client
from movies.guests import Guest, Viewer
from recommendations.services.picks import Freshness, PersonalLists, Ranking

logger = logging.getLogger(__name__)

KEEP_SECONDS = 7 * 24 * 60 * 60
# What everybody rated meanwhile may be so old on a front page; own ratings never are.
FRONT_PAGE_SECONDS = 60
KEPT_AT_ONCE = 50  # a megabyte: Redis has a fifth of a second for it
# Longer than any making of lists takes: a clock that is further ahead is wrong, and is ignored.
LONGEST_MAKING_MS = 120_000

# What is kept of a person's lists, by the name of its field: one of them at a time.
KINDS = {"lists": PersonalLists, "ranking": Ranking}
Kept = TypeVar("Kept", PersonalLists, Ranking)

# Lists of a lower revision never take the place of lists of a higher one; of the same revision
# (another model, another day) not those whose making began earlier, and a ranking not that of the
# lists which were completed from it.
KEEP_UNLESS_OLDER = """
local kept = redis.call('HMGET', KEYS[1], 'revision', 'begun', 'freshness')
local revision, begun = tonumber(kept[1]), tonumber(kept[2])
if revision and begun then
    local ahead = begun - tonumber(ARGV[2])
    if revision > tonumber(ARGV[1]) then return 0 end
    if revision == tonumber(ARGV[1]) and ahead > 0 and ahead < tonumber(ARGV[3]) then return 0 end
    if ARGV[5] == 'ranking' and kept[3] == ARGV[4]
        and redis.call('HEXISTS', KEYS[1], 'lists') == 1 then return 0 end
end
redis.call('HDEL', KEYS[1], 'lists', 'ranking')
redis.call('HSET', KEYS[1],
    'revision', ARGV[1], 'begun', ARGV[2], 'freshness', ARGV[4], ARGV[5], ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[7])
return 1
"""


def lists_key(user_id: int) -> str:
    return f"marquee:personal:{user_id}"


def load_lists(*, user_id: int) -> PersonalLists | Ranking | None:
    """Return what is kept of a person's lists, fresh or stale; None where there is nothing."""
    try:
        with reachable_redis() as redis:
            stored = redis.hmget(lists_key(user_id), *KINDS)
    except RedisAwayError:
        return None
    return _decode(stored, user_id=user_id)


def load_fresh_lists(*, user_id: int, freshness: Freshness) -> PersonalLists | Ranking | None:
    """Return what is kept of a person's lists if it was made from this, or from more they did."""
    try:
        with reachable_redis() as redis:
            label, *stored = redis.hmget(lists_key(user_id), "freshness", *KINDS)
    except RedisAwayError:
        return None
    if label is None or not freshness.is_met_by(cast("bytes", label).decode(errors="replace")):
        return None
    return _decode(stored, user_id=user_id)


def decode_lists(stored: bytes | str, *, whose: str) -> PersonalLists | None:
    """Return lists as they were kept; None for what is none, which is logged."""
    return _read(PersonalLists, stored, whose=whose)


def _decode(stored: Sequence[Any], *, user_id: int) -> PersonalLists | Ranking | None:
    """Return what stands in one of the fields for each kind; drop what nobody can read."""
    for kind, body in zip(KINDS.values(), stored, strict=True):
        if body is not None:
            found = _read(kind, body, whose=f"user {user_id}")
            if found is None:
                forget_lists(user_id=user_id)
            return found
    return None


def _read(kind: type[Kept], stored: bytes | str, *, whose: str) -> Kept | None:
    try:
        return kind.from_json(orjson.loads(stored))
    except (KeyError, TypeError, ValueError) as error:
        logger.warning("the lists of %s cannot be read: %r", whose, error)
        return None


@dataclass(frozen=True, slots=True)
class EncodedLists:
    """Lists of a person as they are kept, in a field; `begun` is in milliseconds since 1970."""

    user_id: int
    revision: int
    begun: int
    label: str
    field: str
    body: bytes


def lists_as_json(lists: PersonalLists | Ranking) -> bytes:
    """Return lists as they are kept: a tenth of the time that Python's own encoder takes."""
    return orjson.dumps(lists.to_json())


def encode_lists(*, user_id: int, lists: PersonalLists | Ranking) -> EncodedLists:
    """Return what is kept of lists, or of what they will be completed from."""
    return EncodedLists(
        user_id=user_id,
        revision=lists.freshness.profile_revision,
        begun=round(datetime.fromisoformat(lists.generated_at).timestamp() * 1000),
        label=lists.freshness.label,
        field=next(field for field, kind in KINDS.items() if isinstance(lists, kind)),
        body=lists_as_json(lists),
    )


def keep_lists(*, user_id: int, lists: PersonalLists) -> None:
    """Keep the lists of a person for a week, unless newer ones are kept.

    Without Redis they are worked out when read.
    """
    try:
        with reachable_redis() as redis:
            _keep(redis, encode_lists(user_id=user_id, lists=lists))
    except RedisAwayError:
        return


def keep_many_lists(encoded: Iterable[EncodedLists]) -> int:
    """Keep the lists of many people at once; return how many there were no newer ones of.

    Raises RedisAwayError.
    """
    kept, coming = 0, iter(encoded)
    while few := list(islice(coming, KEPT_AT_ONCE)):
        with reachable_redis() as redis, redis.pipeline(transaction=False) as pipeline:
            for each in few:
                _keep(pipeline, each)
            kept += sum(pipeline.execute())
    return kept


def _keep(redis: Redis, lists: EncodedLists) -> None:
    _keep_script()(
        keys=[lists_key(lists.user_id)],
        args=[
            lists.revision,
            lists.begun,
            LONGEST_MAKING_MS,
            lists.label,
            lists.field,
            lists.body,
            KEEP_SECONDS,
        ],
        client=redis,
    )


@cache
def _keep_script() -> Script:
    return redis_client().register_script(KEEP_UNLESS_OLDER)


def load_revisions(user_ids: Sequence[int]) -> list[int | None]:
    """Return the revision that each person's kept lists were made from; None for no lists.

    Raises RedisAwayError.
    """
    return [None if each is None else int(each) for each in _load_field("revision", user_ids)]


def load_labels(user_ids: Sequence[int]) -> list[str | None]:
    """Return the label of what each person's kept lists were made from; None for no lists.

    Raises RedisAwayError.
    """
    return [None if each is None else each.decode() for each in _load_field("freshness", user_ids)]


def _load_field(field: str, user_ids: Sequence[int]) -> list[bytes | None]:
    with reachable_redis() as redis, redis.pipeline(transaction=False) as pipeline:
        for user_id in user_ids:
            pipeline.hget(lists_key(user_id), field)
        return pipeline.execute()


def forget_lists(*, user_id: int) -> None:
    """Drop the kept lists of a person."""
    try:
        with reachable_redis() as redis:
            redis.delete(lists_key(user_id))
    except RedisAwayError:
        return


def load_front_page(*, viewer: Viewer, freshness: Freshness) -> bytes | None:
    """Return the kept front page of somebody in UTF-8, made from just this."""
    try:
        with reachable_redis() as redis:
            return cast("bytes | None", redis.get(_front_page_key(viewer, freshness)))
    except RedisAwayError:
        return None


def keep_front_page(front_page: bytes, *, viewer: Viewer, freshness: Freshness) -> None:
    """Keep a rendered front page for a minute."""
    try:
        with reachable_redis() as redis:
            redis.set(_front_page_key(viewer, freshness), front_page, ex=FRONT_PAGE_SECONDS)
    except RedisAwayError:
        return


def _front_page_key(viewer: Viewer, freshness: Freshness) -> str:
    whose = f"guest-{viewer.fingerprint}" if isinstance(viewer, Guest) else viewer.pk
    return f"marquee:front:{whose}:{freshness.label}"
