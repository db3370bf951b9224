import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.redis import redis_client
from recommendations.services import single_flight
from recommendations.services.single_flight import SingleFlight, lock_key

MAKING_SECONDS = 0.2


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Let a making take long on a busy machine."""
    monkeypatch.setattr(single_flight, "MOST_PATIENCE_SECONDS", 30.0)


class Kitchen:
    """Make things slowly, keep them in Redis and count how often."""

    def __init__(self) -> None:
        self.flights: SingleFlight[str] = SingleFlight()
        self.flights._usual_seconds = 30.0

    def ask(self, name: str = "soup") -> str:
        return self.flights.get(name, load=lambda: self.load(name), make=lambda: self.make(name))

    def load(self, name: str) -> str | None:
        kept = redis_client().get(f"made:{name}")
        return kept.decode() if kept else None

    def make(self, name: str) -> str:
        redis_client().incr(f"times:{name}")
        time.sleep(MAKING_SECONDS)
        redis_client().set(f"made:{name}", name)
        return name


def times(name: str = "soup") -> int:
    return int(redis_client().get(f"times:{name}") or 0)


def in_threads(work, count: int) -> None:
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count), timeout=30))


def test_many_threads_have_it_made_once():
    kitchen, got = Kitchen(), []

    in_threads(lambda _: got.append(kitchen.ask()), 8)

    assert got == ["soup"] * 8
    assert times() == 1


def test_many_processes_have_it_made_once():
    context = multiprocessing.get_context("fork")
    redis_client().connection_pool.disconnect()
    askers = [context.Process(target=lambda: Kitchen().ask()) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(timeout=30)

    assert [asker.exitcode for asker in askers] == [0] * 4
    assert times() == 1


def test_other_things_are_made_beside_it():
    kitchen = Kitchen()

    in_threads(lambda number: kitchen.ask(f"dish {number}"), 4)

    assert [times(f"dish {number}") for number in range(4)] == [1] * 4


def test_nobody_waits_for_a_holder_that_was_killed():
    kitchen = Kitchen()
    kitchen.flights._usual_seconds = 0.05
    redis_client().set(lock_key("soup"), "somebody who is dead")

    begun = time.monotonic()

    assert kitchen.ask() == "soup"
    assert time.monotonic() - begun < 30
    assert times() == 1
    assert redis_client().get(lock_key("soup")) == b"somebody who is dead"


def test_the_lock_is_let_go_and_expires_by_itself():
    kitchen, seen = Kitchen(), []
    kitchen.make = lambda _: seen.append(redis_client().pttl(lock_key("soup"))) or "soup"

    kitchen.ask()

    assert 0 < seen[0] <= 2_000
    assert not redis_client().exists(lock_key("soup"))


def test_a_failure_of_the_first_is_not_that_of_the_others():
    kitchen, got, has_begun = Kitchen(), [], threading.Event()

    def fail() -> str:
        has_begun.set()
        time.sleep(MAKING_SECONDS)
        raise ValueError("burnt")

    def ask(number: int) -> None:
        if number == 0:
            with pytest.raises(ValueError, match="burnt"):
                kitchen.flights.get("soup", load=lambda: None, make=fail)
        else:
            has_begun.wait(timeout=30)
            got.append(kitchen.ask())

    in_threads(ask, 3)

    assert got == ["soup"] * 2


def test_without_redis_threads_still_share(redis_away):
    made, flights = [], SingleFlight()
    flights._usual_seconds = 30.0

    def make() -> str:
        made.append(1)
        time.sleep(MAKING_SECONDS)
        return "soup"

    in_threads(lambda _: flights.get("soup", load=lambda: None, make=make), 8)

    assert made == [1]


def test_patience_follows_how_long_making_takes():
    kitchen = Kitchen()
    kitchen.flights._usual_seconds = 0.0

    for _ in range(3):
        kitchen.ask("soup")
        redis_client().delete("made:soup")

    assert 0 < kitchen.flights.patience <= 0.25
