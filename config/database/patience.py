"""How long somebody waits for a server that is silent: a request briefly, a worker longer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a silent server is asked for a sign of life, for that sign, to connect."""

    silence: float
    sign: float
    connecting: float


# Together under a second, and a sign of life lets a long query run on.
OF_A_REQUEST = Patience(silence=0.4, sign=0.3, connecting=0.7)
OF_A_WORKER = Patience(silence=10.0, sign=5.0, connecting=10.0)


class _Process:
    """How patient this process is outside of requests."""

    patience = OF_A_WORKER


class _Request:
    """Whether a request has waited in vain already."""

    is_given_up = False


_present: ContextVar[Patience | None] = ContextVar("patience", default=None)
_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def present_patience() -> Patience:
    """Return how patient what runs now may be."""
    return _present.get() or _Process.patience


def is_serving_request() -> bool:
    return present_patience() is OF_A_REQUEST


def serve_requests_only() -> None:
    """Let this process never wait longer: Django looks at connections between requests too."""
    _Process.patience = OF_A_REQUEST


@contextmanager
def serving_request() -> Iterator[None]:
    """Let nothing inside wait longer than a request may, and for a silent server only once."""
    token, request = _present.set(OF_A_REQUEST), _request.set(_Request())
    try:
        yield
    finally:
        _present.reset(token)
        _request.reset(request)


def give_up_for_this_request() -> None:
    """Note that the request which is served here, if any, has waited in vain."""
    request = _request.get()
    if request is not None:
        request.is_given_up = True


def is_given_up() -> bool:
    """Tell whether a request is served here that has waited in vain."""
    request = _request.get()
    return request is not None and request.is_given_up
