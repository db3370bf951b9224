import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
import redis

from runner import postgres
from runner.errors import RunnerError
from runner.homes import prepare_home
from runner.places import ROOT
from runner.postgres import PostgresServer
from runner.services import ensure_services
from tests.runner.processes import (
    addresses_of,
    end,
    environment_without_servers,
    kill,
    process_of,
    processes_of,
    start_user,
    wait_until_gone,
)
from tests.waiting import wait_for


def test_servers_listen_on_nothing_but_a_private_socket(place):
    user = start_user(place)
    database_url, redis_url = addresses_of(user)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert redis.Redis.from_url(redis_url).config_get("port") == {"port": "0"}
    for socket in (unquote(database_url.partition("host=")[2]), redis_url[7:].rpartition("/")[0]):
        assert stat.S_IMODE(Path(socket).stat().st_mode) == 0o700
    end(user)


def test_a_committed_row_is_safe_and_text_is_unicode(place):
    user = start_user(place)
    with psycopg.connect(addresses_of(user)[0]) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT upper('amélie')").fetchone() == ("AMÉLIE",)
    end(user)


def test_servers_end_with_their_last_user(place):
    first, second = start_user(place), start_user(place)
    database_url, redis_url = addresses_of(first)
    assert addresses_of(second) == (database_url, redis_url)
    end(first)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    end(second)
    assert wait_until_gone(place) == {}  # a keeper lets go of its lock before it ends


def test_data_outlive_the_servers(place):
    for wanted in ([], [(7,)]):
        user = start_user(place)
        database_url, redis_url = addresses_of(user)
        with psycopg.connect(database_url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS seen (number int)")
            assert connection.execute("SELECT number FROM seen").fetchall() == wanted
            connection.execute("INSERT INTO seen VALUES (7)")
        assert bool(redis.Redis.from_url(redis_url).getset("seen", "7")) is bool(wanted)
        end(user)


def test_a_killed_user_leaves_no_process(place):
    user = start_user(place)
    addresses_of(user)
    assert len(processes_of(place)) > 4
    user.kill()
    user.wait()
    assert wait_until_gone(place) == {}


@pytest.mark.parametrize("server", ["postgres", "redis"])
def test_a_killed_keeper_takes_its_server_along_and_the_next_start_works(place, server):
    user = start_user(place)
    addresses_of(user)
    kill(process_of(place, f"runner.keeper {place}/{server}"))
    user.kill()
    user.wait()
    assert wait_until_gone(place) == {}
    again = start_user(place)
    with psycopg.connect(addresses_of(again)[0]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    end(again)


def test_a_killed_server_is_started_again_under_the_same_address(place):
    user = start_user(place)
    database_url, _ = addresses_of(user)
    killed = process_of(place, f"-D {place}/postgres")
    kill(killed)
    answered = answer_of(database_url, seconds=60)
    assert answered == 1
    assert process_of(place, f"-D {place}/postgres") != killed
    end(user)


def test_a_server_that_cannot_start_at_once_is_tried_again(place):
    """A process of the one before still has its memory."""
    user = start_user(place)
    database_url, _ = addresses_of(user)
    with psycopg.connect(database_url) as connection:
        left = connection.info.backend_pid
        os.kill(left, signal.SIGSTOP)
        try:
            kill(process_of(place, f"-D {place}/postgres"))
            log = place / "postgres" / "log"
            assert wait_for(lambda: "pre-existing shared memory" in log.read_text())
        finally:
            os.kill(left, signal.SIGCONT)

    assert answer_of(database_url, seconds=60) == 1
    end(user)


def answer_of(database_url: str, *, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), psycopg.connect(database_url) as connection:
            return connection.execute("SELECT 1").fetchone()[0]
        time.sleep(0.05)
    return None


def test_the_lock_of_a_server_that_is_gone_does_not_stop_the_next(place):
    end(start_user(place))
    lock = place / "postgres" / "home" / "data" / "postmaster.pid"
    # The number is in use again, by a process that is no PostgreSQL.
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n0\n5432\n\n\n")
    user = start_user(place)
    assert addresses_of(user)
    end(user)


def test_a_long_path_gets_a_short_directory_for_its_sockets(place):
    deep = place / ("long" * 30)
    user = start_user(deep)
    _, redis_url = addresses_of(user)
    sockets = Path(redis_url[7:].partition("?")[0]).parent
    assert len(str(sockets)) < 60
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    end(user)
    assert not sockets.exists()


def test_addresses_of_the_environment_are_used_as_they_are(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere/else")
    assert ensure_services(place) == []
    assert list(place.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_one_line(place, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    (place / "file").touch()
    with pytest.raises(RunnerError, match="cannot write its files: Not a directory") as refusal:
        ensure_services(place / "file")
    assert "\n" not in str(refusal.value)


def test_a_failed_start_names_the_reason(place, monkeypatch):
    end(start_user(place))
    (place / "postgres" / "home" / "data" / "PG_VERSION").write_text("9\n")
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(RunnerError, match=r"PostgreSQL did not start: database files are"):
        ensure_services(place)


def test_a_cluster_without_its_database_is_none(place, monkeypatch):
    monkeypatch.setattr(postgres, "CREATE", "CREATE DATABASE postgres\n")
    home = prepare_home(place)
    with pytest.raises(RunnerError, match=r'could not make its database: .*"postgres" already'):
        PostgresServer(home, is_disposable=True).prepare()
    assert not home.data.exists()
    home.close_sockets()
    home.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has places that others may not enter")
def test_root_keeps_its_parents_closed(place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    user = start_user(closed / "services")
    with psycopg.connect(addresses_of(user)[0]) as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    assert not data.is_relative_to(place)
    assert data.stat().st_uid != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    end(user)
    for service in ("postgres", "redis"):
        home = Path((closed / "services" / service / "home-elsewhere").read_text())
        subprocess.run(["rm", "-rf", home.parent], check=True)


def test_manage_commands_bring_their_own_servers(place):
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "accounts"],
        cwd=ROOT,
        env=environment_without_servers(MARQUEE_VAR=str(place)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "[ ] 0001" in done.stdout
    assert processes_of(place) == {}


def test_commands_that_only_read_the_code_start_no_server(place):
    subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment_without_servers(MARQUEE_VAR=str(place)),
        capture_output=True,
        check=True,
    )
    assert not (place / "services").exists()
