import pytest

from accounts.models import User
from accounts.services.personal_data import erase_person, export_personal_data
from config.redis import redis_client
from movies.services.curation import read_curation_revision
from movies.services.ratings import rate_movie
from recommendations.services.cache import load_lists
from recommendations.services.personal import read_personal_lists
from tests.factories import make_user


@pytest.fixture
def western_lover(two_camps) -> User:
    user = make_user()
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    user.refresh_from_db()
    read_personal_lists(user=user, curation_revision=read_curation_revision())
    return user


def test_copy_holds_the_lists_that_are_kept(western_lover):
    kept = load_lists(user_id=western_lover.pk)
    copy = export_personal_data(user=western_lover)["recommendations"]
    assert copy["top_movie_ids"] == [pick.movie_id for pick in kept.top] != []


def test_copy_of_somebody_without_lists_holds_none(western_lover):
    assert export_personal_data(user=make_user())["recommendations"] == {}


def test_nothing_of_a_person_stays_in_redis(western_lover, django_capture_on_commit_callbacks):
    friend = make_user()
    read_personal_lists(user=friend, curation_revision=read_curation_revision())
    user_id = western_lover.pk
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=western_lover)
    assert load_lists(user_id=user_id) is None
    assert load_lists(user_id=friend.pk) is not None
    assert not [key for key in redis_client().scan_iter() if f":{user_id}".encode() in key]
