import pytest

from config.broker import MOST_WAITING


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
    redis = site.redis_client()
    redis.rpush("celery", *["{}"] * MOST_WAITING)
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
