"""What a fit leaves for increments: sums and factors, handed over as they come to be.

Fitting records nothing unless somebody listens; listening changes nothing of what is learned.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from recommendations.engine.arrays import AnyArray

Keep = Callable[[str, AnyArray], None]
_keep: ContextVar[Keep | None] = ContextVar("keep", default=None)


@contextmanager
def recording(keep: Keep | None) -> Iterator[None]:
    """Give each array that is recorded inside to `keep` with its name; None: to nobody.

    An array may be overwritten once `keep` has returned.
    """
    token = _keep.set(keep)
    try:
        yield
    finally:
        _keep.reset(token)


@contextmanager
def part(name: str) -> Iterator[None]:
    """Put this name and a dot before every name recorded inside."""
    keep = _keep.get()
    if keep is None:
        yield
        return
    with recording(lambda key, values: keep(f"{name}.{key}", values)):
        yield


def is_recording() -> bool:
    """Return whether anybody listens."""
    return _keep.get() is not None


def record(name: str, values: AnyArray) -> None:
    """Hand over an array to whoever listens."""
    keep = _keep.get()
    if keep is not None:
        keep(name, values)
