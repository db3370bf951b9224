"""Whether a server that has been silent for a while is alive: asked on connections of their own."""

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar
from enum import Enum, auto
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen, PQGenConn
from psycopg.pq.abc import PGconn

SHORTEST_SECONDS = 0.001  # none at all would mean not to wait, and to fail
LOOK_SECONDS = 0.02
# What a client sends to ask whether it may encrypt; any server answers with one letter.
SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)
STATE_OF_PROCESS = "SELECT state FROM pg_stat_activity WHERE pid = %s"

# When whoever asks has waited long enough.
_ask_until: ContextVar[float] = ContextVar("ask_until")

Wanted = TypeVar("Wanted")
Result = TypeVar("Result")


class Sign(Enum):
    """What a silent server says when somebody else asks."""

    NONE = auto()
    """Nothing: the server, the machine or what is between hangs."""
    IDLE = auto()
    """The process that was asked knows of no question."""
    REFUSING = auto()
    """It lets nobody in, so nobody can say: too many are there, or it is about to end."""
    WORKING = auto()
    """The process is at work, or is known by another number."""


def ask_for_sign(connection: psycopg.Connection[Any], *, seconds: float) -> Sign:
    """Ask the server of a connection what its process there does, all in all within seconds.

    Anybody new must be let in for that, so what lies behind the door is tried as well: a pooler
    that takes everybody and reaches nothing, a disk that gives nothing.
    """
    deadline = time.monotonic() + seconds
    if not answers_anybody(connection.pgconn, seconds=seconds):
        return Sign.NONE
    token = _ask_until.set(deadline)
    try:
        with contextlib.closing(_Asking.connect(**_parameters(connection))) as asking:
            process = connection.info.backend_pid
            row = asking.execute(STATE_OF_PROCESS, [process], prepare=False).fetchone()
    except psycopg.Error:
        return Sign.NONE if time.monotonic() >= deadline else Sign.REFUSING
    finally:
        _ask_until.reset(token)
    # A pooler has numbers of its own for its processes, so there need not be a row.
    is_idle = row is not None and (row[0] or "").startswith("idle")
    return Sign.IDLE if is_idle else Sign.WORKING


def answers_anybody(connection: PGconn, *, seconds: float) -> bool:
    """Tell whether the server of a connection answers a stranger with one letter, within seconds.

    A server that is gone does not, and says nothing about it that could be told from silence.
    """
    host, port = connection.host.decode(), connection.port.decode()
    deadline = time.monotonic() + seconds
    try:
        with _connect(host, connection.hostaddr.decode(), port, seconds=seconds) as asking:
            asking.settimeout(max(deadline - time.monotonic(), SHORTEST_SECONDS))
            asking.sendall(SSL_REQUEST)
            return bool(asking.recv(1))
    except OSError:
        return False


def watch(
    waiting: Generator[Wanted, Any, Result], wanted: Wanted, *, on_silence: Callable[[], None]
) -> Generator[Wanted, Any, Result]:
    """Hand on what a generator of psycopg waits for; call back when it woke up for nothing."""
    while True:
        ready = yield wanted
        if not ready:
            on_silence()
        try:
            wanted = waiting.send(ready)
        except StopIteration as end:
            result: Result = end.value
            return result


class _Asking(psycopg.Connection[Any]):
    """A connection that is over at a moment, whatever it waits for."""

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        waiting = super()._connect_gen(conninfo)
        return watch(waiting, next(waiting), on_silence=_look_at_the_clock)

    def wait(
        self, gen: PQGen[Result], interval: float = LOOK_SECONDS, timeout: float | None = None
    ) -> Result:
        left = max(_ask_until.get() - time.monotonic(), SHORTEST_SECONDS)
        return super().wait(gen, interval, left if timeout is None else min(left, timeout))


def _look_at_the_clock() -> None:
    if time.monotonic() > _ask_until.get():
        raise psycopg.OperationalError("no answer in time")


def _parameters(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Return what leads to the very server of a connection, of all that might be asked."""
    known = connection.info
    here = {"host": known.host, "hostaddr": known.hostaddr or None, "port": known.port}
    login = {"password": known.password or None, "autocommit": True}
    return known.get_parameters() | here | login


def _connect(host: str, address: str, port: str, *, seconds: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((address or host, int(port)), timeout=seconds)
    asking = socket.socket(socket.AF_UNIX)
    asking.settimeout(seconds)
    try:
        asking.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        asking.close()
        raise
    return asking
