"""Heavy work in a process of its own, forked from this one, which watches it.

The process shares what this one has in memory, gives all of it back when it ends, and can be
ended at any moment. It dies with this process, and so do those it has started.
"""

import json
import logging
import os
import selectors
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

from recommendations.errors import TrainingFailedError
from recommendations.services.progress import Watch
from runner.children import die_with_parent

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
Tell = Callable[[str, float], None]
Work = Callable[[Tell], Any]


def run_forked(work: Work, *, watch: Watch, hours: float) -> Any:
    """Return what the work returns, in values of JSON; it tells the stage and share it is at.

    `watch` hears of it, with the memory used, and ends the work by raising. Raises
    TrainingFailedError if the work raises, is killed, or takes more hours. Work must not touch
    the database: the connection is this process's.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _be_the_child(work, writer=writer, parent=parent)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb", buffering=0) as stream:
            return _listen(stream, pid=pid, watch=watch, deadline=time.monotonic() + hours * 3600)
    finally:
        _end(pid)


def _be_the_child(work: Work, *, writer: int, parent: int) -> NoReturn:
    """Do the work and end without running anything that belongs to the parent."""
    status = 1
    try:
        die_with_parent()
        os.setpgid(0, 0)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if os.getppid() == parent:  # else it ended before it could be watched
            _do(work, writer)
            status = 0
    except BaseException:
        logger.exception("the process at work failed")
    finally:
        os._exit(status)


def _do(work: Work, writer: int) -> None:
    with os.fdopen(writer, "wb") as stream:

        def write(message: dict[str, Any]) -> None:
            stream.write(json.dumps(message).encode() + b"\n")
            stream.flush()

        try:
            result = work(lambda stage, share: write({"stage": stage, "share": share}))
        except Exception as error:
            logger.exception("the work failed")
            write({"error": f"{type(error).__name__}: {error}"})
        else:
            write({"result": result})


def _listen(stream: IO[bytes], *, pid: int, watch: Watch, deadline: float) -> Any:
    stage, share, received = "", 0.0, b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if selector.select(LOOK_SECONDS):
                block = stream.read(1 << 16)
                if not block:
                    raise TrainingFailedError("The process at work was killed: is memory short?")
                *lines, received = (received + block).split(b"\n")
                for message in map(json.loads, lines):
                    if "result" in message:
                        return message["result"]
                    if "error" in message:
                        raise TrainingFailedError(message["error"])
                    stage, share = message["stage"], message["share"]
                    watch(stage, share, memory_mb=_memory_mb(pid))
            else:
                watch(stage, share, memory_mb=_memory_mb(pid))
    raise TrainingFailedError("The process at work took too long and was ended.")


def _memory_mb(pid: int) -> int | None:
    """Return the resident memory of a process, what it shares with this one included."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(kilobytes[0]) // 1024 if kilobytes else None


def _end(pid: int) -> None:
    """End the process, and those it has started, if it has not ended."""
    for kill in (os.killpg, os.kill):  # it leads a group as soon as it has come so far
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    os.waitpid(pid, 0)
