"""A guest's lists: the same models as everybody's, from what was said during the visit."""

from django.utils import timezone

from config.redis import RedisAwayError, reachable_redis
from movies.guests import Guest
from movies.services.shelves import shelf_keeper
from recommendations.engine.ranking.exploration import seed_of
from recommendations.services.cache import decode_lists, lists_as_json
from recommendations.services.histories import guest_history
from recommendations.services.listmaker import lists_without_model, make_lists
from recommendations.services.personal import freshness_for, served_model_or_none
from recommendations.services.picks import Freshness, PersonalLists
from recommendations.services.ranking import Request

KEEP_SECONDS = 15 * 60


def read_guest_lists(*, guest: Guest, curation_revision: int) -> PersonalLists:
    """Return lists that include everything the guest has said."""
    wanted = freshness_for(user=None, curation_revision=curation_revision)
    kept = _load(guest)
    if kept is not None and kept.freshness == wanted:
        return kept
    lists = _make(guest, curation_revision=curation_revision, freshness=wanted)
    _keep(guest, lists)
    return lists


def _make(guest: Guest, *, curation_revision: int, freshness: Freshness) -> PersonalLists:
    shelves = shelf_keeper.get(curation_revision=curation_revision)
    served = served_model_or_none()
    unwanted = frozenset(guest.dismissals)
    now = timezone.now()
    if served is None:
        return lists_without_model(
            stars_of=guest.stars_of,
            unwanted=unwanted,
            shelves=shelves,
            freshness=freshness,
            moment=now,
        )
    request = Request(
        person=guest_history(guest=guest, items=served.model.known_items, as_of=now),
        unwanted=unwanted,
        seed=seed_of(guest.fingerprint, timezone.localdate(now)),
        freshness=freshness,
        moment=now,
    )
    return make_lists(request, model=served.model, shelves=shelves)


def _key(guest: Guest) -> str:
    """Name the place by all that was said, and when: nobody else said just that just then."""
    return f"marquee:guest-lists:{guest.fingerprint}"


def _load(guest: Guest) -> PersonalLists | None:
    try:
        with reachable_redis() as redis:
            stored = redis.get(_key(guest))
    except RedisAwayError:
        return None
    return None if stored is None else decode_lists(stored, whose="a guest")


def _keep(guest: Guest, lists: PersonalLists) -> None:
    try:
        with reachable_redis() as redis:
            redis.set(_key(guest), lists_as_json(lists), ex=KEEP_SECONDS)
    except RedisAwayError:
        return
