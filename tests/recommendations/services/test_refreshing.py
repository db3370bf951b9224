import pytest

from config.redis import redis_client
from movies.services.ratings import rate_movie
from recommendations.services import refreshing
from recommendations.services.cache import load_lists, load_revisions
from recommendations.services.refreshing import REST_SECONDS, plan_refresh, refresh_lists
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_the_first_change_is_followed_at_once_and_others_with_it():
    assert plan_refresh(user_id=1) == 0.0
    assert plan_refresh(user_id=1) is None
    assert plan_refresh(user_id=2) == 0.0


def test_after_a_refresh_the_next_waits_for_its_rest():
    user = make_user()
    plan_refresh(user_id=user.pk)
    refresh_lists(user_id=user.pk)

    assert 0 < plan_refresh(user_id=user.pk) <= REST_SECONDS
    assert plan_refresh(user_id=user.pk) is None


def test_a_refresh_that_never_comes_is_asked_for_again():
    plan_refresh(user_id=1)

    (coming,) = redis_client().scan_iter("marquee:refresh:coming:1")
    assert 0 < redis_client().pttl(coming) <= 10_000


def test_without_redis_every_change_is_followed(redis_away):
    assert [plan_refresh(user_id=1) for _ in range(2)] == [0.0, 0.0]


def test_a_change_meanwhile_is_in_the_lists_as_well(monkeypatch):
    user, first, second = make_user(), make_movie(), make_movie()
    rate_movie(user=user, movie_id=first.pk, stars=4)
    read = refreshing.read_personal_lists

    def read_while_they_rate(**arguments):
        lists = read(**arguments)
        rate_movie(user=user, movie_id=second.pk, stars=2)
        return lists

    monkeypatch.setattr(refreshing, "read_personal_lists", read_while_they_rate)
    refresh_lists(user_id=user.pk)

    assert load_lists(user_id=user.pk).stars_of == {first.pk: 4, second.pk: 2}
    assert load_revisions([user.pk]) == [2]


def test_somebody_who_is_gone_has_no_lists():
    refresh_lists(user_id=0)

    assert load_lists(user_id=0) is None
