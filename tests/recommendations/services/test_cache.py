import pytest

from config.redis import RedisAwayError, reachable_redis, redis_client
from recommendations.services.cache import KEEP_SECONDS, forget_lists, lists_key, load_lists
from recommendations.services.personal import refresh_lists
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_lists_are_kept_for_a_week():
    user = make_user()
    refresh_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk).freshness.profile_revision == 0
    assert 0 < redis_client().ttl(lists_key(user.pk)) <= KEEP_SECONDS


def test_forgotten_lists_are_gone():
    user = make_user()
    refresh_lists(user_id=user.pk)

    forget_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk) is None


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[1]", b'{"freshness": 1}', b"\x80\x04N."])
def test_rubbish_in_redis_is_no_list(rubbish):
    redis_client().set(lists_key(1), rubbish)

    assert load_lists(user_id=1) is None


def test_without_redis_nothing_is_kept_and_nothing_fails(redis_away):
    user = make_user()

    refresh_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk) is None


def test_after_a_failure_redis_is_left_alone_for_a_while(redis_away):
    with pytest.raises(RedisAwayError), reachable_redis() as redis:
        redis.ping()

    with pytest.raises(RedisAwayError, match="a moment ago"), reachable_redis():
        pass


def test_somebody_who_is_gone_has_no_lists():
    refresh_lists(user_id=0)

    assert load_lists(user_id=0) is None
