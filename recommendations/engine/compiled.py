"""Loops compiled to machine code, for the little that numpy does too slowly.

A function is compiled for the types it names when its module is imported, so that nobody waits
for it later; the machine code is kept beside the source, or in NUMBA_CACHE_DIR, and the next
process reads it from there. Where neither can be written each process compiles for itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit, types
from numba.core.typing.templates import Signature

Function = TypeVar("Function", bound=Callable[..., Any])


def array_of(kind: types.Type, *, ndim: int = 1, is_written: bool = False) -> types.Array:
    """Return the type of an array in C order; one that is mapped cannot be written to."""
    return types.Array(kind, ndim, "C", readonly=not is_written)


def tuple_of(*kinds: types.Type) -> types.Type:
    """Return the type of a tuple of values of these types."""
    return cast("types.Type", types.Tuple(kinds))  # type: ignore[no-untyped-call]


FLOATS = array_of(types.float64)
INDICES = array_of(types.int64)


def compiled(*signatures: Signature, in_any_order: bool = False) -> Callable[[Function], Function]:
    """Return a decorator that compiles for these signatures; others raise TypeError.

    Other threads run meanwhile, and nothing checks that indices are within their arrays. Sums
    `in_any_order` are several times as fast, and differ in their last bits between processors, as
    those of BLAS do.
    """
    fastmath = {"reassoc", "contract"} if in_any_order else False

    def decorate(function: Function) -> Function:
        signed = list(signatures)
        try:
            made = njit(signed, cache=True, nogil=True, fastmath=fastmath)(function)
        except RuntimeError:  # there is no place to keep machine code
            made = njit(signed, nogil=True, fastmath=fastmath)(function)
        return cast("Function", made)

    return decorate
