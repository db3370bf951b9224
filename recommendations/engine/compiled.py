"""Loops compiled to machine code, for the little that numpy does too slowly.

A function is compiled for the types it names when its module is imported, so that nobody waits
for it later. The machine code is kept in a directory for the sources it was made from: beside
them, or in NUMBA_CACHE_DIR, or with the user's caches. numba itself looks at the time of one file,
which says nothing of the loops that are compiled into others. Where machine code cannot be kept or
read each process compiles for itself.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar, cast

from numba import config, njit, types
from numba.core.typing.templates import Signature

from recommendations.engine import sources

logger = logging.getLogger(__name__)

# What numba raises where there is no place for machine code, or what is there is damaged.
NOT_KEPT = (RuntimeError, OSError, EOFError, UnpicklingError, ValueError)

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

    def compile_it(function: Function, *, is_kept: bool) -> Function:
        signed = list(signatures)
        made = njit(signed, cache=is_kept, nogil=True, fastmath=fastmath)(function)
        return cast("Function", made)

    def decorate(function: Function) -> Function:
        try:
            return compile_it(function, is_kept=True)
        except NOT_KEPT as error:
            logger.warning("machine code of %s is not kept: %r", function.__name__, error)
            return compile_it(function, is_kept=False)

    return decorate


def _cache_directory() -> Path:
    """Return where the machine code of these sources is kept."""
    name = f"loops-{sources.checksum()[:16]}"
    beside = sources.ENGINE / "__pycache__"
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"]) / name
    if os.access(beside if beside.exists() else sources.ENGINE, os.W_OK):
        return beside / name
    try:
        return Path.home() / ".cache" / "marquee" / name
    except RuntimeError:  # nobody's home
        return beside / name


config.CACHE_DIR = str(_cache_directory())  # type: ignore[attr-defined]
