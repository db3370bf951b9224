from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings as configured
from redis import OutOfMemoryError

from config import tasks
from config.environment import broker_url
from config.limiter import Limit, limiter
from config.redis import RedisAwayError, end_pause, reachable_redis, redis_client
from movies.services.ratings import rate_movie
from recommendations.services.cache import load_lists
from recommendations.tasks import refresh_user
from tests.factories import make_movie, make_user
from tests.stalling import StallingProxy, within

# A request may lose a second; the rest is for a machine that is busy with other things.
SLACK = 0.5
# Between two tries, which is why there must be one.
KOMBU_RESTS = 2.0


def redis_socket() -> Path:
    return Path(unquote(configured.REDIS_URL.removeprefix("unix://").partition("?")[0]))


@pytest.fixture
def proxy(settings, tmp_path) -> Iterator[StallingProxy]:
    """Put a proxy between this process and Redis."""
    proxy = StallingProxy.on_socket(tmp_path / "redis.sock", target=redis_socket())
    settings.REDIS_URL = f"unix://{tmp_path}/redis.sock"
    settings.REDIS_TIMEOUT_SECONDS = 0.2
    redis_client.cache_clear()
    yield proxy
    redis_client.cache_clear()
    end_pause()
    proxy.close()


@pytest.fixture
def full_redis() -> Iterator[None]:
    """Let Redis refuse to write, as with a broker that is full."""
    redis_client().config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            redis_client().set("more", "than enough")
        yield
    finally:
        redis_client().config_set("maxmemory", 0)


def test_a_silent_redis_costs_a_request_its_timeout_and_the_next_one_nothing(proxy, client, db):
    client.get("/")

    with proxy.stalled():
        with within(1 + SLACK):
            first = client.get("/")
        with pytest.raises(RedisAwayError, match="a moment ago"), reachable_redis():
            pass

    assert first.status_code == 200


def test_a_rating_into_a_silent_broker_is_saved_and_waits_no_second(
    proxy, transactional_db, monkeypatch, caplog
):
    options = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), 0.2) | {"max_retries": 0}
    url = broker_url(configured.REDIS_URL)
    broker = refresh_user.app.connection_for_write(url, transport_options=options)
    queue = partial(refresh_user.apply_async, connection=broker)
    monkeypatch.setattr(refresh_user, "apply_async", queue)
    user, movie = make_user(), make_movie()
    rate_movie(user=user, movie_id=movie.pk, stars=3)

    with proxy.stalled(), within(KOMBU_RESTS):
        rate_movie(user=user, movie_id=movie.pk, stars=4)

    assert user.ratings.get().stars == 4
    assert "was not queued" in caplog.text


def test_where_redis_was_silent_a_moment_ago_the_broker_is_not_asked(
    proxy, transactional_db, monkeypatch, caplog
):
    asked: list[object] = []
    monkeypatch.setattr(refresh_user, "apply_async", lambda **how: asked.append(how))
    monkeypatch.setattr(tasks, "_paused_until", float("-inf"))
    user, movie = make_user(), make_movie()

    with proxy.stalled():
        rate_movie(user=user, movie_id=movie.pk, stars=4)

    assert user.ratings.get().stars == 4
    assert "was not queued" in caplog.text
    assert not asked


def test_a_connection_that_ended_with_its_server_is_made_anew(proxy):
    redis_client().set("here", "still")
    for each in proxy._sockets:
        each.close()

    with reachable_redis() as redis:
        assert redis.get("here") == b"still"


def test_a_full_redis_goes_on_reading(full_redis, client, db):
    with pytest.raises(RedisAwayError), reachable_redis() as redis:
        redis.set("one", "more")

    with reachable_redis() as redis:
        assert redis.get("nothing") is None
    assert client.get("/").status_code == 200


def test_a_full_redis_saves_ratings_and_keeps_limits(full_redis, transactional_db, client):
    user, movie = make_user(), make_movie()
    client.force_login(user)

    rate_movie(user=user, movie_id=movie.pk, stars=4)
    asked = [limiter().take(key="full", limit=Limit(1, 2)).is_allowed for _ in range(3)]

    assert user.ratings.get().stars == 4
    assert asked == [True, True, False]
    assert load_lists(user_id=user.pk) is None
    assert client.get("/").status_code == 200
