import pytest

from config.redis import redis_client
from movies.services.ratings import rate_movie
from recommendations.services.cache import lists_key
from recommendations.services.personal import refresh_lists
from recommendations.services.sweeping import stale_user_ids
from recommendations.tasks import sweep
from tests.factories import make_movie, make_rater, make_rating, make_user

pytestmark = pytest.mark.django_db


def test_sweep_finds_and_mends_what_no_task_followed_up():
    missed, followed_up, movie = make_user(), make_user(), make_movie()
    for user in (missed, followed_up):
        rate_movie(user=user, movie_id=movie.pk, stars=4)
    refresh_lists(user_id=followed_up.pk)

    assert stale_user_ids() == [missed.pk]
    sweep()
    assert stale_user_ids() == []


def test_raters_of_imported_sets_are_left_alone():
    make_rating(make_rater(), make_movie(), 4)

    assert stale_user_ids() == []


def test_lists_that_cannot_be_read_are_stale():
    user = make_user()
    rate_movie(user=user, movie_id=make_movie().pk, stars=4)
    redis_client().set(lists_key(user.pk), b"{not json")

    assert stale_user_ids() == [user.pk]
