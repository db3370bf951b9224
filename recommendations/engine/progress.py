"""How far a fit is, told to whoever listens in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

Listener = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class _Span:
    """The part of the whole, from `low` to `high`, that the work at hand stands for."""

    listener: Listener
    path: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0


_span: ContextVar[_Span | None] = ContextVar("span", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call the listener with the name of each step begun inside and the share that is done."""
    token = _span.set(_Span(listener))
    try:
        yield
    finally:
        _span.reset(token)


@contextmanager
def step(name: str, *, place: int, of: int) -> Iterator[None]:
    """Begin step `place` (from 0) of so many equal ones; steps inside it share its part."""
    span = _span.get()
    if span is None:
        yield
        return
    width = (span.high - span.low) / of
    low = span.low + place * width
    own = replace(span, path=(*span.path, name), low=low, high=low + width)
    own.listener(", ".join(own.path), own.low)
    token = _span.set(own)
    try:
        yield
    finally:
        _span.reset(token)
