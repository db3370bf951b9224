"""How many threads BLAS takes in processes that serve: one.

A product of a single person's history is done before a second thread has woken up; with more, the
threads of all processes wait for each other, spinning: 236 ms of processor instead of 28 for a
person's lists on a busy machine. Training asks for what it needs by itself.
"""

import os

from threadpoolctl import threadpool_limits

VARIABLE = "OPENBLAS_NUM_THREADS"


def use_one_blas_thread() -> None:
    """Limit libraries that are loaded, and those that are loaded later."""
    os.environ.setdefault(VARIABLE, "1")
    threadpool_limits(limits=int(os.environ[VARIABLE]), user_api="blas")
