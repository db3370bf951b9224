"""Work that may hang, such as asking a storage that is somewhere else, and how long to wait for it.

It is done in a thread, which is given up once it has said nothing for a while: no kind of storage
promises to answer, and nobody can end a thread from outside.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, Generic, TypeVar

from django.db import connections

Value = TypeVar("Value")
Sign = Callable[[], None]
"""What work calls whenever it has got further; raises `SilentError` where it was given up."""

REQUEST_SECONDS = 0.6
_OTHERS_SECONDS = 30.0
# Threads: until one of them ends, or has been silent for so long that it never will, nothing more
# is asked. So what hangs for ever costs eight threads in ten minutes, and not the storage for good.
_MOST_GIVEN_UP = 8
_FORGET_SECONDS = 600.0

_hurry: ContextVar[float | None] = ContextVar("hurry", default=None)
_given_up: list["_Aside[Any]"] = []
_given_up_lock = threading.Lock()


class SilentError(Exception):
    """Say for how long there was no sign of life."""


@contextmanager
def patient_for(seconds: float) -> Iterator[None]:
    """Let whatever is done here wait so long for a sign of life, instead of half a minute."""
    token = _hurry.set(seconds)
    try:
        yield
    finally:
        _hurry.reset(token)


def hurry() -> float | None:
    """Return for how many seconds somebody here is patient, None for who can wait."""
    return _hurry.get()


def do_aside(work: Callable[[Sign], Value]) -> Value:
    """Return what the work returns, or raise what it raises.

    Raises `SilentError` once it has given no sign for as long as anybody is patient; it may go on
    by itself up to its next sign, and what it does then must harm nobody.
    """
    n_unanswered = _count_unanswered()
    if n_unanswered >= _MOST_GIVEN_UP:
        raise SilentError(f"{n_unanswered} questions asked before have no answer yet")
    seconds = hurry() or _OTHERS_SECONDS
    aside = _Aside(work)
    aside.start()
    while aside.is_alive():
        left = aside.heard_at + seconds - time.monotonic()
        if left <= 0:
            aside.give_up()
            raise SilentError(f"no sign of life for {seconds:g} s")
        aside.join(left)
    return aside.result()


def _count_unanswered() -> int:
    since = time.monotonic() - _FORGET_SECONDS
    with _given_up_lock:
        _given_up[:] = [each for each in _given_up if each.is_alive() and each.heard_at > since]
        return len(_given_up)


class _Aside(threading.Thread, Generic[Value]):
    def __init__(self, work: Callable[[Sign], Value]) -> None:
        super().__init__(name="aside", daemon=True)
        self._work, self._context = work, copy_context()
        self._values: list[Value] = []
        self._error: BaseException | None = None
        self.heard_at = time.monotonic()
        self._is_given_up = False

    def give_up(self) -> None:
        """Let the work end at its next sign."""
        self._is_given_up = True
        with _given_up_lock:
            _given_up.append(self)

    def run(self) -> None:
        try:
            self._values.append(self._context.run(self._work, self._sign))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error
        finally:
            connections.close_all()  # those of this thread

    def _sign(self) -> None:
        if self._is_given_up:
            raise SilentError("nobody waits for this any more")
        self.heard_at = time.monotonic()

    def result(self) -> Value:
        if self._error is not None:
            raise self._error
        return self._values[0]
