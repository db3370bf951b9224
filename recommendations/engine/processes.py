"""Work on blocks in two processes that share what the parent has in memory.

Processes, not threads: many short numpy calls for each person hold the interpreter's lock.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any, TypeVar

from recommendations.engine.errors import ProcessLostError

PROCESSES = 2
_PR_SET_PDEATHSIG = 1
_WAITING = 2 * PROCESSES  # blocks at work or waiting to be taken, so that memory stays bounded

Task = TypeVar("Task")
Result = TypeVar("Result")

_inherited: list[Callable[[Any], Any]] = []


def map_forked(work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """Yield `work` of each task, in order; an error of any is raised in its place.

    `work` may be a closure over anything, as the processes are forks of this one: arrays are
    shared. Tasks and results are pickled on their way; tasks are taken as there is room for them.
    A single task, a single processor, or a system that cannot fork means that everything happens
    here. Raises `ProcessLostError` if a process is killed.
    """
    coming = iter(tasks)
    first = list(islice(coming, PROCESSES))
    tasks = chain(first, coming)
    if len(first) < PROCESSES or _n_processors() < PROCESSES:
        yield from map(work, tasks)
        return
    _inherited.append(work)
    try:
        with ProcessPoolExecutor(
            PROCESSES,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_end_with_parent,
        ) as executor:
            yield from _in_order(executor, tasks)
    except BrokenProcessPool:
        raise ProcessLostError("a process at work was killed: is memory short?") from None
    finally:
        _inherited.remove(work)


def _in_order(executor: ProcessPoolExecutor, tasks: Iterable[Any]) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    try:
        for task in tasks:
            if len(waiting) == _WAITING:
                yield waiting.popleft().result()
            waiting.append(executor.submit(_call_inherited, task))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _end_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _call_inherited(task: Any) -> Any:
    return _inherited[-1](task)


def _n_processors() -> int:
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0))
