"""How many threads BLAS may use: the result of an inverse depends on it, so it is fixed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import cast

from threadpoolctl import threadpool_limits

FIT_THREADS = 2
SERVE_THREADS = 1


def blas_threads(n_threads: int) -> AbstractContextManager[object]:
    """Return a context in which BLAS uses at most this many threads."""
    limits = threadpool_limits(limits=n_threads, user_api="blas")
    return cast("AbstractContextManager[object]", limits)


def map_blocks(work: Callable[[slice], None], length: int, *, block: int) -> None:
    """Call `work` with slices that cover 0 to `length`, in `FIT_THREADS` threads.

    Blocks must not depend on each other. Call it within `blas_threads(1)`: the threads are here.
    """
    slices = [slice(start, min(start + block, length)) for start in range(0, length, block)]
    if len(slices) == 1:
        work(slices[0])
        return
    with ThreadPoolExecutor(FIT_THREADS) as pool:
        list(pool.map(work, slices))
