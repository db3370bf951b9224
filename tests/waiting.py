"""Waiting for what comes about by itself, with a deadline."""

import time
from collections.abc import Callable


def wait_for(is_true: Callable[[], object], *, seconds: float = 60) -> bool:
    """Ask until the answer is yes; return whether it came in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return False
