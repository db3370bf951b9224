import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from redis import Redis

from config import limiter as limiter_module
from config import redis as redis_module
from config.limiter import Limit, Limiter
from config.redis import redis_client
from tests.waiting import wait_for

SLOW = Limit(per_second=0.001, burst=5)
_numbers = count(1)


@pytest.fixture
def key():
    """A key nobody has used, cleared afterwards."""
    name = f"test:{time.time_ns()}:{next(_numbers)}"
    yield name
    Limiter().forget(key=name)


@pytest.fixture
def shared():
    return Limiter()


def use_redis_at(path, monkeypatch) -> Limiter:
    client = Redis.from_url(f"unix://{path}", socket_timeout=0.1, socket_connect_timeout=0.1)
    monkeypatch.setattr(redis_module, "redis_client", lambda: client)
    monkeypatch.setattr(redis_module._Pause, "until", 0.0)
    return Limiter()


@pytest.fixture
def absent(tmp_path, monkeypatch):
    """A limiter whose Redis is not there."""
    return use_redis_at(tmp_path / "nobody.sock", monkeypatch)


@pytest.fixture
def hanging(tmp_path, monkeypatch):
    """A limiter whose Redis accepts connections and never answers."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen(8)
        yield use_redis_at(tmp_path / "s", monkeypatch)


def allowed(limiter, key, limit, *, attempts):
    return sum(limiter.take(key=key, limit=limit).is_allowed for _ in range(attempts))


def allowed_at_once(limiters, key, limit, *, attempts):
    """Let many threads, each with the next limiter, start in the same moment."""
    start = threading.Barrier(attempts)

    def attempt(number):
        start.wait()
        return limiters[number % len(limiters)].take(key=key, limit=limit).is_allowed

    with ThreadPoolExecutor(attempts) as pool:
        return sum(pool.map(attempt, range(attempts)))


def test_burst_is_allowed_and_no_more(shared, key):
    assert allowed(shared, key, SLOW, attempts=9) == 5


def test_refusal_tells_how_long_to_wait(shared, key):
    limit = Limit(per_second=2, burst=1)
    shared.take(key=key, limit=limit)
    verdict = shared.take(key=key, limit=limit)
    assert not verdict.is_allowed
    assert 0.3 < verdict.retry_after <= 0.5


def test_allowed_attempt_need_not_wait(shared, key):
    assert shared.take(key=key, limit=SLOW).retry_after == 0


def assert_refills_with_time(limiter: Limiter, key: str) -> None:
    begun, limit = time.monotonic(), Limit(per_second=1, burst=2)
    assert allowed(limiter, key, limit, attempts=4) == 2
    assert wait_for(lambda: limiter.take(key=key, limit=limit).is_allowed, seconds=10)
    assert time.monotonic() - begun > 0.9


def test_bucket_refills_with_time(shared, key):
    assert_refills_with_time(shared, key)


def test_waiting_as_told_is_enough(shared, key):
    limit = Limit(per_second=10, burst=1)
    shared.take(key=key, limit=limit)
    time.sleep(shared.peek(key=key, limit=limit).retry_after)
    assert shared.take(key=key, limit=limit).is_allowed


def test_peeking_counts_nothing(shared, key):
    for _ in range(20):
        assert shared.peek(key=key, limit=SLOW).is_allowed
    assert allowed(shared, key, SLOW, attempts=9) == 5


def test_peeking_sees_an_empty_bucket(shared, key):
    allowed(shared, key, SLOW, attempts=5)
    assert not shared.peek(key=key, limit=SLOW).is_allowed


def test_given_back_attempt_can_be_made_again(shared, key):
    allowed(shared, key, SLOW, attempts=5)
    shared.give_back(key=key, limit=SLOW)
    assert allowed(shared, key, SLOW, attempts=3) == 1


def test_giving_back_never_makes_the_bucket_larger(shared, key):
    for _ in range(10):
        shared.give_back(key=key, limit=SLOW)
    assert allowed(shared, key, SLOW, attempts=9) == 5


def test_forgotten_attempts_count_no_more(shared, key):
    allowed(shared, key, SLOW, attempts=5)
    shared.forget(key=key)
    assert allowed(shared, key, SLOW, attempts=9) == 5


def test_keys_do_not_share_a_bucket(shared, key):
    other = f"{key}:other"
    allowed(shared, key, SLOW, attempts=5)
    assert shared.take(key=other, limit=SLOW).is_allowed
    shared.forget(key=other)


def test_full_bucket_leaves_nothing_in_redis(shared, key):
    shared.take(key=key, limit=Limit(per_second=1, burst=1))
    assert redis_client().exists(limiter_module.redis_key(key))
    assert wait_for(lambda: not redis_client().exists(limiter_module.redis_key(key)), seconds=10)


def test_parallel_attempts_let_exactly_the_burst_through(key):
    limiters = [Limiter() for _ in range(4)]
    limit = Limit(per_second=0.001, burst=7)
    assert allowed_at_once(limiters, key, limit, attempts=40) == 7


def test_script_flushed_from_redis_is_loaded_again(shared, key):
    shared.take(key=key, limit=SLOW)
    redis_client().script_flush()
    assert allowed(shared, key, SLOW, attempts=9) == 4


def test_limit_holds_without_redis(absent):
    assert allowed(absent, "somebody", SLOW, attempts=9) == 5


def test_parallel_attempts_without_redis_let_exactly_the_burst_through(absent):
    assert allowed_at_once([absent], "somebody", SLOW, attempts=40) == 5


def test_bucket_refills_without_redis(absent):
    assert_refills_with_time(absent, "somebody")


def test_attempts_can_be_given_back_and_forgotten_without_redis(absent):
    allowed(absent, "somebody", SLOW, attempts=5)
    absent.give_back(key="somebody", limit=SLOW)
    assert allowed(absent, "somebody", SLOW, attempts=3) == 1
    absent.forget(key="somebody")
    assert allowed(absent, "somebody", SLOW, attempts=9) == 5


def test_hanging_redis_costs_its_timeout_once(hanging):
    begin = time.monotonic()
    assert allowed(hanging, "somebody", SLOW, attempts=50) == 5
    assert time.monotonic() - begin < 2.5  # half of what all attempts would wait


def test_redis_is_asked_again_after_the_pause(shared, key, monkeypatch):
    monkeypatch.setattr(redis_module._Pause, "until", time.monotonic() + 60)
    shared.take(key=key, limit=SLOW)
    assert not redis_client().exists(limiter_module.redis_key(key))
    monkeypatch.setattr(redis_module._Pause, "until", time.monotonic())
    shared.take(key=key, limit=SLOW)
    assert redis_client().exists(limiter_module.redis_key(key))


def test_flood_of_keys_without_redis_does_not_fill_the_memory(absent, monkeypatch):
    monkeypatch.setattr(limiter_module, "MOST_LOCAL_BUCKETS", 100)
    for number in range(1_000):
        absent.take(key=f"address {number}", limit=SLOW)
    assert len(absent._local._full_at) <= 100


def test_flood_of_keys_does_not_free_who_waits_longest(absent, monkeypatch):
    monkeypatch.setattr(limiter_module, "MOST_LOCAL_BUCKETS", 100)
    allowed(absent, "attacker", SLOW, attempts=5)
    for number in range(1_000):
        absent.take(key=f"address {number}", limit=SLOW)
    assert not absent.take(key="attacker", limit=SLOW).is_allowed


def test_what_was_counted_is_never_logged(absent, caplog):
    absent.take(key="login:ada@example.org", limit=SLOW)
    assert "Redis did not answer" in caplog.text
    assert "ada" not in caplog.text
