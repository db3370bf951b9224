"""Connections to PostgreSQL that notice when nobody is at the other end any more.

`statement_timeout` is the server's, and `tcp_user_timeout` needs a network: neither helps against a
server that is stopped, a machine that hangs, or a proxy that forwards nothing. psycopg hands the
waiting to Python, so here it looks at the clock: after some silence a second connection asks what
the server does (`signs`). If it is at work, the query is only slow and goes on; if nobody answers,
or the process that was asked has still not heard of it, it is over.
"""

import logging
import select
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Self, TypeVar

import psycopg
from django.conf import settings
from psycopg.abc import PQGen, PQGenConn

from config.database.patience import (
    give_up_for_this_request,
    is_given_up,
    is_serving_request,
    present_patience,
)
from config.database.signs import Sign, ask_for_sign, watch
from config.metrics import count_service_error

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.05
SECONDS_BETWEEN_SIGNS = 1.0
# A process that has not heard of a question may only wait for its turn on a busy machine.
SECONDS_TO_HEAR = 0.25

# When whoever connects now has waited long enough, and for how many seconds for one server.
_connecting: ContextVar[tuple[float, float]] = ContextVar("connecting")

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
        """Connect within one patience, however many addresses the server's name has.

        Servers that are named one by one share it, so that one that is silent is passed over.
        """
        seconds = present_patience().connecting
        n_servers = str(parameters.get("host") or "").count(",") + 1
        token = _connecting.set((time.monotonic() + seconds, seconds / n_servers))
        try:
            return super().connect(*args, **parameters)
        except ServerStalledError:
            Pause.begin()
            raise
        finally:
            _connecting.reset(token)

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        until, seconds = _connecting.get()
        deadline = min(until, time.monotonic() + seconds)

        def look() -> None:
            if time.monotonic() > deadline:
                raise ServerStalledError(f"no connection within {seconds:g} s")

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
        return not self._has_more()

    def _has_more(self) -> bool:
        """Tell whether something has arrived that nobody has read."""
        arrived = select.poll()
        arrived.register(self.fileno(), select.POLLIN)
        return bool(arrived.poll(0))

    def _look_again(self) -> Callable[[], None]:
        patience = present_patience()
        ask_at = time.monotonic() + patience.silence
        was_idle = False
        # What hangs in the middle of its work looks as if it worked, and does not end by itself.
        limit = settings.DATABASE_STATEMENT_SECONDS + 1.0 if is_serving_request() else float("inf")
        give_up_at = time.monotonic() + limit

        def look() -> None:
            nonlocal ask_at, was_idle
            asked_at = time.monotonic()
            if asked_at < ask_at:
                return
            sign = ask_for_sign(self, seconds=patience.sign)
            if self._has_more():
                return
            if sign is Sign.NONE:
                Pause.begin()
                self._give_up("PostgreSQL gives no sign of life")
            if sign is Sign.REFUSING and is_serving_request():
                give_up_for_this_request()
                self._give_up("PostgreSQL is silent and lets nobody in")
            is_idle = sign is Sign.IDLE
            if (is_idle and was_idle) or time.monotonic() > give_up_at:
                give_up_for_this_request()
                self._give_up("a process of PostgreSQL hangs")
            was_idle = is_idle
            ask_at = asked_at + (SECONDS_TO_HEAR if is_idle else SECONDS_BETWEEN_SIGNS)

        return look

    def _give_up(self, what: str) -> None:
        self.pgconn.finish()
        count_service_error(service="postgresql")
        logger.warning("%s; its connection was closed", what)
        raise ServerStalledError(what)
