"""How many threads BLAS may use: the result of an inverse depends on it, so it is fixed."""

from contextlib import AbstractContextManager
from typing import cast

from threadpoolctl import threadpool_limits

FIT_THREADS = 2
SERVE_THREADS = 1


def blas_threads(n_threads: int) -> AbstractContextManager[object]:
    """Return a context in which BLAS uses at most this many threads."""
    limits = threadpool_limits(limits=n_threads, user_api="blas")
    return cast("AbstractContextManager[object]", limits)
