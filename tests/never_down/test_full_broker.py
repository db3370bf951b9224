import time
from itertools import cycle

import pytest

from config.broker import LOOK_SECONDS, MOST_WAITING
from tests.never_down.servers import wait_until


@pytest.fixture
def full(site):
    """Let Redis refuse every write."""
    redis = site.redis_client()
    redis.config_set("maxmemory", 1)
    yield site
    redis.config_set("maxmemory", 0)


@pytest.fixture
def flooded(site):
    """Let more tasks wait than anybody will ever do."""
    redis, movie, stars = site.redis_client(), site.known["westerns"][9], cycle((4, 4.5))
    redis.flushdb()  # no refresh is coming that an earlier rating asked for
    # For a second or two the site may still leave alone a broker that was full, and queue nothing.
    wait_until(lambda: site.rate(movie, next(stars)).status == 200 and redis.llen("celery"))
    redis.flushdb()
    redis.rpush("celery", *["{}"] * MOST_WAITING)
    time.sleep(LOOK_SECONDS + 0.1)  # the site may have looked just before
    yield site
    redis.delete("celery")


def test_ratings_are_saved_while_the_broker_is_full(full):
    movies = full.known["westerns"][9:12]

    rated = [full.rate(movie, 3.5).status for movie in movies]

    assert rated == [200, 200, 200]
    assert {full.stored_stars(by="regular")[movie] for movie in movies} == {3.5}
    assert not set(movies) & set(full.recommended(by="regular"))
    assert full.ask("/readyz").status == 200


def test_a_long_queue_is_not_made_longer(flooded):
    movie = flooded.known["westerns"][9]

    rated = [flooded.rate(movie, stars).status for stars in (1, 2, 3)]

    assert rated == [200, 200, 200]
    assert flooded.stored_stars(by="regular")[movie] == 3
    assert flooded.redis_client().llen("celery") <= MOST_WAITING
