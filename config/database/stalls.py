"""Connections to PostgreSQL that notice when nobody is at the other end any more.

`statement_timeout` is the server's, and `tcp_user_timeout` needs a network: neither helps against a
server that is stopped, a machine that hangs, or a proxy that forwards nothing. psycopg hands the
waiting to Python, so here it looks at the clock: after some silence a second connection asks the
server for one byte. If that comes, the query is only slow and goes on; if not, it is over.
"""

import logging
import select
import socket
import struct
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any, Self, TypeVar

import psycopg
from django.conf import settings
from psycopg.abc import PQGen, PQGenConn
from psycopg.pq.abc import PGconn

from config.database.patience import (
    give_up_for_this_request,
    is_given_up,
    is_serving_request,
    present_patience,
)
from config.metrics import count_service_error

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.05
SECONDS_BETWEEN_SIGNS = 1.0
SHORTEST_SECONDS = 0.001  # none at all would mean not to wait, and to fail
# What a client sends to ask whether it may encrypt; any server answers with one letter.
SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)

# When whoever connects now has waited long enough.
_connect_by: ContextVar[float] = ContextVar("connect_by")

Wanted = TypeVar("Wanted")
Result = TypeVar("Result")


class ServerStalledError(psycopg.OperationalError):
    """PostgreSQL took the connection, or had it, and says nothing."""


class Pause:
    """How long requests of this process leave PostgreSQL alone after it has stalled.

    So a server that hangs costs one request its patience, not every request; and one that was
    waited for in a request is not waited for in it again, however long that goes on.
    """

    seconds = 1.0
    until = float("-inf")

    @classmethod
    def begin(cls) -> None:
        cls.until = time.monotonic() + cls.seconds
        give_up_for_this_request()

    @classmethod
    def end(cls) -> None:
        cls.until = float("-inf")

    @classmethod
    def check(cls) -> None:
        """Raise at once if this is a request and the server did not answer a moment ago."""
        if is_given_up() or (time.monotonic() < cls.until and is_serving_request()):
            raise ServerStalledError("PostgreSQL did not answer a moment ago")


class WatchedConnection(psycopg.Connection[Any]):
    """A connection on which nothing waits for ever."""

    answered_at = float("-inf")

    @classmethod
    def connect(cls, *args: Any, **parameters: Any) -> Self:
        """Connect within one patience, however many addresses the server's name has."""
        token = _connect_by.set(time.monotonic() + present_patience().connecting)
        try:
            return super().connect(*args, **parameters)
        finally:
            _connect_by.reset(token)

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        patience = present_patience()

        def look() -> None:
            if time.monotonic() > _connect_by.get():
                Pause.begin()
                raise ServerStalledError(f"no connection within {patience.connecting:g} s")

        look()
        waiting = super()._connect_gen(conninfo)
        return watch(waiting, next(waiting), on_silence=look)

    def wait(
        self, gen: PQGen[Result], interval: float = LOOK_SECONDS, timeout: float | None = None
    ) -> Result:
        try:
            Pause.check()
        except ServerStalledError:
            # Or Django would ask it later whether it still works, and wait.
            self.pgconn.finish()
            raise
        try:
            wanted = next(gen)
        except StopIteration as end:  # it was here already, as most rows of a COPY are
            result: Result = end.value
            return result
        watched = watch(gen, wanted, on_silence=self._look_again())
        result = super().wait(watched, interval, timeout)
        self.answered_at = time.monotonic()
        return result

    def is_quiet(self, *, seconds: float) -> bool:
        """Tell whether the server answered so lately, and has said nothing since: no farewell."""
        if self.closed or time.monotonic() - self.answered_at > seconds:
            return False
        arrived = select.poll()
        arrived.register(self.fileno(), select.POLLIN)
        return not arrived.poll(0)

    def _look_again(self) -> Callable[[], None]:
        patience = present_patience()
        ask_at = time.monotonic() + patience.silence
        # Where one process of the server's hangs and others answer, nobody else ends its statement.
        limit = settings.DATABASE_STATEMENT_SECONDS + 1.0 if is_serving_request() else float("inf")
        give_up_at = time.monotonic() + limit

        def look() -> None:
            nonlocal ask_at
            if time.monotonic() < ask_at:
                return
            is_over = time.monotonic() > give_up_at
            if is_over or not gives_sign(self.pgconn, seconds=patience.sign):
                self._give_up()
            ask_at = time.monotonic() + SECONDS_BETWEEN_SIGNS

        return look

    def _give_up(self) -> None:
        Pause.begin()
        self.pgconn.finish()
        count_service_error(service="postgresql")
        logger.warning("PostgreSQL is silent; its connection was closed")
        raise ServerStalledError("PostgreSQL gives no sign of life")


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


def gives_sign(connection: PGconn, *, seconds: float) -> bool:
    """Tell whether the server of a connection answers somebody new, all in all within seconds."""
    host, port = connection.host.decode(), connection.port.decode()
    deadline = time.monotonic() + seconds
    try:
        with _connect(host, connection.hostaddr.decode(), port, seconds=seconds) as asking:
            asking.settimeout(max(deadline - time.monotonic(), SHORTEST_SECONDS))
            asking.sendall(SSL_REQUEST)
            return bool(asking.recv(1))
    except OSError:
        return False


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
