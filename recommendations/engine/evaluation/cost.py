"""What fitting and serving cost: seconds, memory, milliseconds a list."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommendations.engine.base import Recommender
from recommendations.engine.evaluation.rankings import rank_cases
from recommendations.engine.evaluation.splits import Case

_STATUS = Path("/proc/self/status")
_FORGET = Path("/proc/self/clear_refs")
_FORGET_PEAK = "5"
_TIMED_LISTS = 50
_LIST_LENGTH = 10


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds on the clock and of the processor, and the most memory of the process meanwhile.

    `peak_megabytes` includes the data and what was there before; where the system cannot forget
    an earlier peak (not Linux) it is the peak since the start.
    """

    fit_seconds: float
    processor_seconds: float
    peak_megabytes: float
    milliseconds_a_list: float = float("nan")


def measure(action: Callable[[], object]) -> Cost:
    """Return what an action costs."""
    # Where the system has no such file, or forbids it, the peak is the one since the start.
    with suppress(OSError):
        _FORGET.write_text(_FORGET_PEAK, encoding="ascii")
    clock, processor = time.perf_counter(), time.process_time()
    action()
    return Cost(
        fit_seconds=time.perf_counter() - clock,
        processor_seconds=time.process_time() - processor,
        peak_megabytes=_peak_megabytes(),
    )


def time_lists(model: Recommender, cases: Sequence[Case]) -> float:
    """Return the median milliseconds from a history to its ten best, one person at a time.

    It is the processor time of this thread, so that a busy machine does not count; BLAS should
    be at one thread.
    """
    seconds = []
    for case in cases[:_TIMED_LISTS]:
        start = time.thread_time()
        rank_cases(model, [case], _LIST_LENGTH)
        seconds.append(time.thread_time() - start)
    return 1000 * float(np.median(seconds)) if seconds else float("nan")


def _peak_megabytes() -> float:
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)
