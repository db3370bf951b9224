"""One id a request: in its answer, in each line of the log about it, in the tasks it queued."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.request import HttpHeaders

HEADER = "X-Request-ID"
_META = str(HttpHeaders.to_wsgi_name(HEADER))
# Letters, digits and dashes cannot break a log line, and nobody fills our disks with an id.
SAFE = re.compile(r"[A-Za-z0-9_-]{8,64}")

_present: ContextVar[str] = ContextVar("request_id", default="")


def present_request_id() -> str:
    """Return the id of the request that is being answered, or whose task runs; else nothing."""
    return _present.get()


def accepted_request_id(given: str) -> str:
    """Return the id a proxy gave if it is safe to repeat, else a new one."""
    return given if SAFE.fullmatch(given) else secrets.token_hex(16)


def remember(request: HttpRequest, request_id: str) -> None:
    """Let a request carry its id, for what is said about it when it has been answered."""
    request.META[_META] = request_id


def remembered_request_id(request: HttpRequest) -> str:
    """Return the id that a request carries."""
    return str(request.META.get(_META, ""))


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """Let everything inside belong to a request."""
    token = _present.set(request_id)
    try:
        yield
    finally:
        _present.reset(token)


def begin_task_of(request_id: str) -> None:
    """Let what this process does from now on belong to a request; it runs one task a time."""
    _present.set(request_id)
