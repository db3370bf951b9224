"""How many threads BLAS may use: the result of an inverse depends on it, so it is fixed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import TypeVar, cast

from threadpoolctl import threadpool_limits

FIT_THREADS = 2
SERVE_THREADS = 1

Value = TypeVar("Value")
_is_side_by_side: ContextVar[bool] = ContextVar("is_side_by_side", default=False)


def blas_threads(n_threads: int) -> AbstractContextManager[object]:
    """Return a context in which BLAS uses at most this many threads.

    It is one for all of `side_by_side`: the limit is the process's, not the thread's.
    """
    if _is_side_by_side.get():
        return nullcontext()
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


def side_by_side(works: Sequence[Callable[[], Value]]) -> list[Value]:
    """Return what each work returns, done in `FIT_THREADS` threads with one BLAS thread each.

    Where much is done outside BLAS that keeps all cores busy, and its threads need not wait for
    each other; memory is that of as many works at once.
    """

    def do(work: Callable[[], Value]) -> Value:
        _is_side_by_side.set(True)
        return work()

    with blas_threads(1), ThreadPoolExecutor(FIT_THREADS) as pool:
        return list(pool.map(do, works))
