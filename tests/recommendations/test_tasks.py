import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from config import tasks
from config.redis import redis_client
from movies.services.ratings import rate_movie
from recommendations.models import ModelVersion
from recommendations.services.cache import lists_key, load_lists
from recommendations.tasks import refresh_user, train_nightly
from tests.factories import make_movie, make_rater, make_rating, make_user


def wait_for(is_true, *, seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def worker(transactional_db):
    """Run a real worker on the test's own database until the test ends."""
    address = connection.get_connection_params()
    query = f"host={address['host']}&user={address['user']}"
    environment = os.environ | {"DATABASE_URL": f"postgresql:///{address['dbname']}?{query}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo"],
        cwd=settings.BASE_DIR,
        env=environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    # Tests empty Redis, and with it the broker's queues: the worker makes them when it comes up.
    assert wait_for(lambda: redis_client().exists("_kombu.binding.celery"))
    yield process
    process.terminate()
    process.wait(timeout=20)


def test_a_worker_brings_lists_up_to_date_after_a_rating(worker):
    user, movie = make_user(), make_movie()

    rate_movie(user=user, movie_id=movie.pk, stars=4)

    def is_fresh() -> bool:
        lists = load_lists(user_id=user.pk)
        return lists is not None and lists.stars_of == {movie.pk: 4}

    assert wait_for(is_fresh)


def test_refreshing_twice_is_harmless(db):
    user = make_user()

    refresh_user(user.pk)
    first = redis_client().get(lists_key(user.pk))
    refresh_user(user.pk)

    assert redis_client().get(lists_key(user.pk)) == first


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


@pytest.mark.django_db
def test_nightly_training_without_ratings_waits_for_tomorrow(caplog):
    train_nightly()

    assert "no training tonight" in caplog.text
