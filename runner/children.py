"""Child processes that cannot outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from runner.system_account import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Ask Linux to send this process the signal when its parent ends, however it ends."""
    if _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")


def _dying_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def before_exec() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # it ended between fork and prctl, so no signal will come
            os._exit(1)

    return before_exec


def start_child(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    text: int = subprocess.DEVNULL,
    output: IO[bytes] | int = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program that gets `death_signal` when this process ends.

    Linux watches the *thread* that started it: call this from the main thread. The signal is
    asked for after the account has changed, because a change of account clears it. The child
    leads a process group of its own, so Ctrl-C in the terminal reaches only the runner.
    """
    return subprocess.Popen(  # noqa: S603
        [os.fspath(part) for part in command],
        stdin=text,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=directory,
        env=environment,
        pass_fds=tuple(pass_fds),
        process_group=0,
        preexec_fn=_dying_with(os.getpid(), death_signal),  # noqa: PLW1509
        **(account.as_popen_options() if account else {}),
    )


def stop_children(
    children: Sequence[subprocess.Popen[bytes]], stop_signal: signal.Signals, *, seconds: float
) -> None:
    """Ask all to stop; whoever has not when the time is up is killed with its process group."""
    deadline = time.monotonic() + seconds
    for child in children:
        if child.poll() is None:
            child.send_signal(stop_signal)
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
