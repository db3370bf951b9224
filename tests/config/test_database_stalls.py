import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import OperationalError, connection, transaction
from prometheus_client import REGISTRY

from config.database import base, signs, stalls
from config.database.base import DatabaseWrapper
from config.database.patience import Patience, serving_request
from config.database.signs import Sign, answers_anybody, ask_for_sign
from config.database.stalls import Pause, WatchedConnection
from tests.stalling import StallingProxy, within
from tests.waiting import wait_for

# A request may lose a second; the rest is for a machine that is busy with other things.
SECOND = 1.0
SLACK = 0.5

pytestmark = pytest.mark.usefixtures("impatience")


@pytest.fixture
def proxy(request, tmp_path) -> Iterator[StallingProxy]:
    target = Path(site.DATABASES["default"]["HOST"]) / ".s.PGSQL.5432"
    if request.param == "socket":
        proxy = StallingProxy.on_socket(tmp_path / ".s.PGSQL.5432", target=target)
        address = {"HOST": str(tmp_path), "PORT": ""}
    else:
        proxy = StallingProxy.on_port(target=target)
        address = {"HOST": "127.0.0.1", "PORT": str(proxy.port)}
    proxy.address = address
    yield proxy
    proxy.close()


@pytest.fixture
def database(proxy, db) -> Iterator[DatabaseWrapper]:
    """Give a connection of its own to the tests' database, through the proxy."""
    database = DatabaseWrapper(connection.settings_dict | proxy.address, "default")
    database.connect()
    with serving_request():
        yield database
    database.close()
    Pause.end()


@pytest.fixture
def proxies_that_stall(db) -> Iterator[str]:
    """Give the ports of three servers that take connections and never answer."""
    target = Path(site.DATABASES["default"]["HOST"]) / ".s.PGSQL.5432"
    with contextlib.ExitStack() as stack:
        proxies = [StallingProxy.on_port(target=target) for _ in range(3)]
        for each in proxies:
            stack.callback(each.close)
            stack.enter_context(each.stalled())
        yield ",".join(str(each.port) for each in proxies)
    Pause.end()


both = pytest.mark.parametrize("proxy", ["socket", "tcp"], indirect=True)
one = pytest.mark.parametrize("proxy", ["socket"], indirect=True)


def ask(database: DatabaseWrapper, sql: str = "SELECT 1") -> object:
    with database.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@contextlib.contextmanager
def process_stopped(database: DatabaseWrapper) -> Iterator[None]:
    """Stop the one process of PostgreSQL that serves a connection."""
    (process,) = ask(database, "SELECT pg_backend_pid()")
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@both
def test_a_request_gives_a_silent_server_up(database, proxy):
    ask(database)

    with proxy.stalled(), within(SECOND + SLACK), pytest.raises(OperationalError):
        ask(database)


@both
def test_a_connection_that_is_taken_but_never_answered_is_given_up(database, proxy):
    database.close()

    with proxy.stalled(), within(SECOND + SLACK), pytest.raises(OperationalError):
        ask(database)


@one
def test_after_a_stall_the_next_request_does_not_wait(database, proxy, monkeypatch):
    monkeypatch.setattr(Pause, "seconds", 3600.0)
    ask(database)
    with proxy.stalled():
        for _ in range(50):
            with pytest.raises(OperationalError):
                ask(database)
            database.close()
    with pytest.raises(OperationalError, match="a moment ago"):
        ask(database)

    Pause.end()

    with serving_request():
        assert ask(database) == (1,)


@one
def test_a_request_does_not_wait_twice_for_a_silent_server(database, proxy, monkeypatch):
    monkeypatch.setattr(Pause, "seconds", 0.0)
    ask(database)
    with proxy.stalled(), pytest.raises(OperationalError, match="no sign of life"):
        ask(database)
    database.close()

    with pytest.raises(OperationalError, match="a moment ago"):
        ask(database)


def test_a_name_with_several_addresses_is_waited_for_once(proxies_that_stall):
    addresses = {"HOST": "127.0.0.1,127.0.0.1,127.0.0.1", "PORT": proxies_that_stall}
    database = DatabaseWrapper(connection.settings_dict | addresses, "default")

    with (
        serving_request(),
        within(SECOND + SLACK),
        pytest.raises(OperationalError, match="no connection within"),
    ):
        ask(database)


@both
def test_a_server_that_is_silent_is_passed_over_for_the_next(database, proxy):
    database.close()
    known = connection.settings_dict
    hosts = {
        "HOST": f"{proxy.address['HOST']},{known['HOST']}",
        "PORT": f"{proxy.address['PORT']},",
    }
    either = DatabaseWrapper(known | hosts, "default")

    with proxy.stalled(), within(SECOND + SLACK):
        assert ask(either) == (1,)
    either.close()


def test_a_letter_is_waited_for_once(db, monkeypatch):
    """Connecting takes most of the time there is, and the answer does not come at all."""
    connection.ensure_connection()
    near, far = socket.socketpair()

    def connect(*_address, seconds):
        time.sleep(seconds)
        near.settimeout(seconds)
        return near

    monkeypatch.setattr(signs, "_connect", connect)
    with far, within(1.0):
        assert not answers_anybody(connection.connection.pgconn, seconds=0.6)


@both
def test_a_process_that_works_or_waits_is_told_apart(database, proxy):
    ask(database)
    known = database.connection

    assert ask_for_sign(known, seconds=5.0) is Sign.IDLE

    known.pgconn.send_query(b"SELECT pg_sleep(1.0)")
    assert wait_for(lambda: ask_for_sign(known, seconds=5.0) is Sign.WORKING)


@both
def test_a_server_that_takes_people_and_asks_nothing_of_them_gives_no_sign(
    database, proxy, monkeypatch
):
    """As a pooler does whose server hangs."""
    ask(database)
    monkeypatch.setattr(signs, "answers_anybody", lambda *_, **__: True)

    with proxy.stalled(), within(0.3 + SLACK):
        assert ask_for_sign(database.connection, seconds=0.3) is Sign.NONE


@one
def test_a_request_waits_for_no_silent_server_that_lets_nobody_in(database, proxy, monkeypatch):
    """As one that ends as soon as the last has left."""
    ask(database)
    found = signs._parameters(database.connection)
    monkeypatch.setattr(signs, "_parameters", lambda _: found | {"dbname": "nowhere"})

    assert ask_for_sign(database.connection, seconds=5.0) is Sign.REFUSING
    with within(SECOND + SLACK), pytest.raises(OperationalError, match="lets nobody in"):
        ask(database, "SELECT 1 FROM pg_sleep(10)")


@one
def test_a_worker_waits_for_a_server_that_lets_nobody_in(database, proxy, monkeypatch):
    monkeypatch.setattr(stalls, "ask_for_sign", lambda *_, **__: Sign.REFUSING)
    monkeypatch.setattr(stalls, "is_serving_request", lambda: False)

    assert ask(database, "SELECT 1 FROM pg_sleep(1.0)") == (1,)


@one
def test_a_request_gives_up_a_process_that_hangs_while_others_answer(database, proxy):
    with (
        process_stopped(database),
        within(SECOND + SLACK),
        pytest.raises(OperationalError, match="a process of PostgreSQL hangs"),
    ):
        ask(database)

    database.close()
    with serving_request():  # the next one is not kept from the others
        assert ask(database) == (1,)


@both
def test_a_query_that_is_only_slow_goes_on(database, proxy, monkeypatch):
    patience = Patience(silence=0.4, sign=10.0, connecting=10.0)
    monkeypatch.setattr(stalls, "present_patience", lambda: patience)

    assert ask(database, "SELECT 1 FROM pg_sleep(1.5)") == (1,)


@one
def test_a_query_that_the_server_does_not_end_is_given_up_after_its_limit(
    database, proxy, monkeypatch, settings
):
    settings.DATABASE_STATEMENT_SECONDS = 1
    monkeypatch.setattr(stalls, "ask_for_sign", lambda *_, **__: Sign.WORKING)

    with proxy.stalled(), within(5.0), pytest.raises(OperationalError, match="hangs"):
        ask(database)


def count_executed(database: DatabaseWrapper, monkeypatch) -> list[int]:
    """Return a list that grows by one with everything the server is asked."""
    asked: list[int] = []
    wait = WatchedConnection.wait

    def counted(self, *args, **options):
        asked.append(1)
        return wait(self, *args, **options)

    monkeypatch.setattr(WatchedConnection, "wait", counted)
    return asked


@one
def test_connection_that_answered_just_now_is_not_asked_whether_it_works(database, monkeypatch):
    ask(database)
    asked = count_executed(database, monkeypatch)

    assert database.is_usable()
    assert not asked


@one
def test_connection_that_was_silent_for_a_while_is_asked(database, monkeypatch):
    ask(database)
    database.connection.answered_at -= 60
    asked = count_executed(database, monkeypatch)

    assert database.is_usable()
    assert asked


@one
def test_connection_after_an_error_is_asked(database, monkeypatch):
    ask(database)
    database.errors_occurred = True
    asked = count_executed(database, monkeypatch)

    assert database.is_usable()
    assert asked


@one
def test_connection_that_the_server_closed_is_not_usable(database):
    (process,) = ask(database, "SELECT pg_backend_pid()")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])

    assert wait_for(lambda: not database.is_usable())


@one
def test_a_commit_into_silence_is_not_pretended(database, proxy):
    ask(database)
    database.set_autocommit(False)
    ask(database, "SELECT pg_advisory_xact_lock(1)")

    with proxy.stalled(), within(SECOND + SLACK), pytest.raises(OperationalError):
        database.commit()


@one
def test_a_request_waits_for_no_lock_that_somebody_keeps(database):
    database.close()
    with transaction.atomic():  # which the tests' own connection holds
        ask(connection, "SELECT pg_advisory_xact_lock(7)")

        with within(SECOND + SLACK), pytest.raises(OperationalError, match="lock timeout"):
            ask(database, "SELECT pg_advisory_xact_lock(7)")


@one
def test_a_request_that_hangs_in_a_transaction_lets_go_of_its_locks(database, monkeypatch):
    database.close()
    monkeypatch.setattr(base, "PAUSE_MILLISECONDS", 100)
    database.set_autocommit(False)
    ask(database, "SELECT pg_advisory_xact_lock(8)")

    assert wait_for(lambda: ask(connection, "SELECT pg_try_advisory_xact_lock(8)") == (True,))
    with pytest.raises(OperationalError):  # an answer of 503, should it wake up
        ask(database)


@one
def test_a_query_of_a_request_has_seconds(database):
    database.close()

    assert ask(database, "SHOW statement_timeout") == ("15s",)


def test_workers_and_commands_have_minutes(db):
    assert ask(connection, "SHOW statement_timeout") == ("15min",)
    with transaction.atomic():
        assert ask(connection, "SHOW client_connection_check_interval") == ("1s",)


def test_a_server_that_is_not_there_is_counted(db):
    def count() -> float:
        name, labels = "marquee_service_errors_total", {"service": "postgresql"}
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = count()
    database = DatabaseWrapper(connection.settings_dict | {"HOST": "/nowhere"}, "default")

    with pytest.raises(OperationalError):
        ask(database)

    assert count() == before + 1
