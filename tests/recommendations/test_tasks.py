import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from config import tasks
from config.celery import LOST_SECONDS
from config.redis import redis_client
from movies.services.ratings import rate_movie
from recommendations.models import ModelVersion
from recommendations.services.cache import lists_key, load_lists, load_revisions
from recommendations.services.refreshing import REST_SECONDS
from recommendations.services.registry import activate_version
from recommendations.services.training import train_version
from recommendations.tasks import refresh_user, sweep, train_nightly
from tests.factories import make_movie, make_rater, make_rating, make_user
from tests.quick_training import build_quick_camps
from tests.recommendations.workers import running_worker
from tests.waiting import wait_for


@pytest.fixture
def worker(transactional_db):
    with running_worker() as process:
        yield process


def test_a_worker_brings_lists_up_to_date_after_a_rating(worker):
    user, movie = make_user(), make_movie()

    rate_movie(user=user, movie_id=movie.pk, stars=4)

    def is_fresh() -> bool:
        lists = load_lists(user_id=user.pk)
        return lists is not None and lists.stars_of == {movie.pk: 4}

    assert wait_for(is_fresh)


def test_forty_ratings_in_ten_seconds_cost_a_handful_of_refreshes(worker):
    user, movies = make_user(), [make_movie() for _ in range(40)]
    with counted_writes(lists_key(user.pk)) as writes:
        begun = time.monotonic()
        for number, movie in enumerate(movies):
            wait_for(lambda due=begun + number / 4: time.monotonic() >= due)
            rate_movie(user=user, movie_id=movie.pk, stars=4)

        assert wait_for(lambda: load_revisions([user.pk]) == [40])
        seconds = time.monotonic() - begun
    assert load_lists(user_id=user.pk).stars_of == {movie.pk: 4 for movie in movies}
    assert 1 <= len(writes) <= seconds / REST_SECONDS + 4


def test_what_a_killed_worker_leaves_undone_the_sweep_makes_good(worker):
    user, movie = make_user(), make_movie()
    worker.kill()
    worker.wait(timeout=20)

    rate_movie(user=user, movie_id=movie.pk, stars=4)
    assert load_lists(user_id=user.pk) is None
    sweep()

    assert load_lists(user_id=user.pk).stars_of == {movie.pk: 4}


def test_an_activated_version_makes_lists_before_they_are_asked_for(transactional_db, two_camps):
    user = make_user()
    rate_movie(user=user, movie_id=two_camps.westerns[0].pk, stars=5)
    number = two_camps.version.number

    with running_worker("training", MARQUEE_ARTEFACTS=str(settings.ARTEFACTS_DIR)):
        activate_version(number=number)

        assert wait_for(lambda: load_lists(user_id=user.pk) is not None)
    lists = load_lists(user_id=user.pk)
    assert lists.freshness.model_version == number
    assert lists.movie_ids[0] in {movie.pk for movie in two_camps.westerns}


def test_a_worker_killed_in_its_task_leaves_nothing_that_the_sweep_does_not_do(worker):
    user, movie = make_user(), make_movie()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE movies_curation")  # the task reads it and waits
        rate_movie(user=user, movie_id=movie.pk, stars=4)
        assert wait_for(lambda: redis_client().hlen("unacked") and is_waited_for(other))
        worker.kill()
        worker.wait(timeout=20)
    assert load_lists(user_id=user.pk) is None

    sweep()

    assert load_lists(user_id=user.pk).stars_of == {movie.pk: 4}


def is_waited_for(holder: psycopg.Connection) -> bool:
    sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))"
    return holder.execute(sql, [holder.info.backend_pid]).fetchone() != (0,)


def test_a_task_of_a_worker_killed_altogether_comes_again_in_minutes(worker):
    user, movie = make_user(), make_movie()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE movies_curation")
        rate_movie(user=user, movie_id=movie.pk, stars=4)
        assert wait_for(lambda: redis_client().hlen("unacked") and is_waited_for(other))
        worker.kill()
        worker.wait(timeout=20)
    (tag,) = redis_client().hkeys("unacked")
    redis_client().zadd("unacked_index", {tag: time.time() - LOST_SECONDS - 1})

    with running_worker():
        assert wait_for(lambda: load_lists(user_id=user.pk) is not None)

    assert load_lists(user_id=user.pk).stars_of == {movie.pk: 4}


@contextmanager
def counted_writes(key: str) -> Iterator[list[str]]:
    """Collect what Redis is told to write at a key."""
    writes: list[str] = []
    has_begun, is_over = threading.Event(), threading.Event()

    def listen() -> None:
        with Redis.from_url(settings.REDIS_URL).monitor() as monitor:
            has_begun.set()
            while not is_over.is_set():
                command = monitor.next_command()["command"]
                if command.startswith(f"HSET {key} "):
                    writes.append(command)

    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(listen)
        try:
            assert has_begun.wait(timeout=30)
            yield writes
        finally:
            is_over.set()
            redis_client().ping()  # the listener waits for something to hear
        listening.result(timeout=30)


def test_refreshing_twice_is_harmless(db):
    user = make_user()

    refresh_user(user.pk)
    first = redis_client().hgetall(lists_key(user.pk))
    refresh_user(user.pk)

    assert redis_client().hgetall(lists_key(user.pk)) == first


def test_a_rating_is_saved_while_the_broker_is_dead(transactional_db, monkeypatch, caplog):
    dead = refresh_user.app.connection_for_write("redis+socket:///nowhere/redis.sock")
    monkeypatch.setattr(refresh_user, "apply_async", send_through(dead))
    monkeypatch.setattr(tasks, "_paused_until", float("-inf"))
    user, movie = make_user(), make_movie()

    rate_movie(user=user, movie_id=movie.pk, stars=4)
    rate_movie(user=user, movie_id=movie.pk, stars=5)

    assert [rating.stars for rating in user.ratings.all()] == [5]
    warnings = [record for record in caplog.records if "was not queued" in record.message]
    assert len(warnings) == 1


def send_through(broker):
    original = refresh_user.apply_async
    return lambda **options: original(**options, connection=broker)


def test_nightly_training_makes_a_version(db, settings, tmp_path):
    settings.ARTEFACTS_DIR = tmp_path
    movie, other = make_movie(), make_movie()
    for stars in (3, 4, 5):
        rater = make_rater()
        make_rating(rater, movie, stars)
        make_rating(rater, other, stars - 1)

    train_nightly()

    assert ModelVersion.objects.get().state == ModelVersion.State.ACTIVE


def test_a_training_that_comes_again_after_it_was_done_is_not_done_twice(two_camps, monkeypatch):
    an_hour_ago = time.time() - 3600
    monkeypatch.setattr(train_nightly.request, "queued_at", an_hour_ago, raising=False)

    train_nightly()

    assert ModelVersion.objects.get() == two_camps.version


def test_a_training_that_never_came_to_serve_is_done_again(db, settings, tmp_path, monkeypatch):
    settings.ARTEFACTS_DIR = tmp_path / "artefacts"
    served = build_quick_camps(settings, monkeypatch).version
    ModelVersion.objects.update(trained_at=timezone.now() - timedelta(hours=2))
    killed = train_version(activate=False)  # whole, and its process ended before it served
    monkeypatch.setattr(train_nightly.request, "queued_at", time.time() - 3600, raising=False)

    train_nightly()

    active = ModelVersion.objects.get(state=ModelVersion.State.ACTIVE)
    assert active.number == killed.number + 1 > served.number + 1


@pytest.mark.django_db
def test_nightly_training_without_ratings_waits_for_tomorrow(caplog):
    train_nightly()

    assert "no training tonight" in caplog.text
