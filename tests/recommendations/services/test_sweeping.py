from bisect import bisect_left
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services.people import COUNT_CHANGE
from config.redis import redis_client
from config.task_metrics import LAGS, read_counts
from movies.services.lists import add_to_watchlist, dismiss_movie, restore_movie
from movies.services.ratings import rate_movie, remove_rating
from recommendations.services import sweeping
from recommendations.services.cache import load_revisions
from recommendations.services.refreshing import refresh_lists
from recommendations.services.sweeping import MARK_KEY, stale_people, sweep_lists
from recommendations.tasks import sweep
from tests.factories import make_movie, make_rater, make_rating, make_user

pytestmark = pytest.mark.django_db


def stale() -> list[int]:
    return [user_id for user_id, _ in stale_people()]


def read_lags() -> dict[int, int]:
    return {int(name[1]): count for name, count in read_counts().items() if name[0] == "lag"}


def test_sweep_finds_and_mends_what_no_task_followed_up():
    missed, followed_up, movie = make_user(), make_user(), make_movie()
    for user in (missed, followed_up):
        rate_movie(user=user, movie_id=movie.pk, stars=4)
    refresh_lists(user_id=followed_up.pk)

    assert stale() == [missed.pk]
    sweep()
    assert stale() == []


def test_what_a_sweep_mends_counts_as_a_lag():
    late, later, movie = make_user(), make_user(), make_movie()
    for user in (late, later):
        rate_movie(user=user, movie_id=movie.pk, stars=4)
    a_while_ago = timezone.now() - timedelta(seconds=200)
    User.objects.filter(pk=later.pk).update(profile_changed_at=a_while_ago)

    sweep()
    sweep()

    lags = read_lags()
    assert sum(lags.values()) == 2
    assert lags[bisect_left(LAGS, 200)] == 1


@pytest.mark.parametrize("change", [remove_rating, dismiss_movie, add_to_watchlist])
def test_sweep_finds_every_kind_of_change(change):
    user, movie = make_user(), make_movie()
    rate_movie(user=user, movie_id=movie.pk, stars=4)
    refresh_lists(user_id=user.pk)

    change(user=user, movie_id=movie.pk)

    assert stale() == [user.pk]


def test_sweep_finds_what_was_taken_back():
    user, movie = make_user(), make_movie()
    dismiss_movie(user=user, movie_id=movie.pk)
    refresh_lists(user_id=user.pk)

    restore_movie(user=user, movie_id=movie.pk)

    assert stale() == [user.pk]


def test_raters_of_imported_sets_are_left_alone():
    make_rating(make_rater(), make_movie(), 4)

    assert stale() == []


def test_lists_that_redis_lost_are_made_again():
    user = make_user()
    rate_movie(user=user, movie_id=make_movie().pk, stars=4)
    sweep_lists()
    redis_client().flushdb()

    assert sweep_lists() == 1
    assert load_revisions([user.pk]) == [1]


def test_a_sweep_goes_on_where_the_one_before_got_to():
    old, new, movie = make_user(), make_user(), make_movie()
    rate_movie(user=old, movie_id=movie.pk, stars=4)
    sweep_lists()
    redis_client().delete(f"marquee:personal:{old.pk}")
    User.objects.filter(pk=old.pk).update(profile_changed_at="2025-01-01T00:00Z")

    rate_movie(user=new, movie_id=movie.pk, stars=4)

    assert redis_client().exists(MARK_KEY)
    assert stale() == [new.pk]


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(days=2)])
def test_a_worker_whose_clock_is_ahead_misses_nothing(ahead, monkeypatch):
    user, movie, now = make_user(), make_movie(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)
    rate_movie(user=user, movie_id=movie.pk, stars=4)
    assert sweep_lists() == 1

    rate_movie(user=user, movie_id=movie.pk, stars=5)

    assert sweep_lists() == 1
    assert max(read_lags()) < bisect_left(LAGS, 180)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_after_a_sweep_is_found_by_the_next():
    user = make_user()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(COUNT_CHANGE, [user.pk])
        assert sweep_lists() == 0

    assert sweep_lists() == 1


@pytest.mark.parametrize("most_one_by_one", [2, 0])
def test_nobody_waits_behind_somebody_whose_lists_cannot_be_made(
    two_camps, monkeypatch, most_one_by_one
):
    broken, behind = make_user(), make_user()
    for user in (broken, behind):
        rate_movie(user=user, movie_id=two_camps.musicals[0].pk, stars=4)

    def refuse_one(*arguments, user_id):
        if user_id == broken.pk:
            raise ValueError("nobody can be like that")
        refresh_lists(user_id=user_id)

    def refuse_all(*arguments):
        raise IndexError("nor can so many")

    monkeypatch.setattr(sweeping, "refresh_lists", refuse_one)
    monkeypatch.setattr(sweeping, "warm_people", refuse_all)
    monkeypatch.setattr(sweeping, "MOST_ONE_BY_ONE", most_one_by_one)
    sweep()

    assert load_revisions([broken.pk, behind.pk]) == [None, 1]
    assert redis_client().exists(MARK_KEY)


def test_without_redis_a_sweep_does_nothing(redis_away):
    rate_movie(user=make_user(), movie_id=make_movie().pk, stars=4)

    assert sweep_lists() == 0


def test_a_sweep_reads_the_index_of_changes_and_no_table():
    raters = [
        User(data_set="many", data_set_user_id=number, password="!", handle=f"many-{number}")
        for number in range(3_000)
    ]
    User.objects.bulk_create(raters)
    rate_movie(user=make_user(), movie_id=make_movie().pk, stars=4)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")
    recent = User.objects.who_sign_in().filter(profile_changed_at__gt="2025-01-01T00:00Z")

    plan = recent.order_by("profile_changed_at").values_list("pk", "profile_revision").explain()

    assert "user_profile_changed" in plan
    assert "Seq Scan" not in plan
