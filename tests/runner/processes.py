"""Which processes belong to a directory, scripts that use its servers, and free ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from runner.places import ROOT

STAY = """
import sys
from pathlib import Path
from runner.services import ensure_services
leases = ensure_services(Path(sys.argv[1]))
print(*(lease.url for lease in leases), flush=True)
sys.stdin.read()
"""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def environment_without_servers(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MARQUEE_ENV", "MAKELEVEL"}
    }
    return kept | more


def start_user(directory: Path) -> subprocess.Popen[str]:
    """Start a process that uses the directory's servers until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", STAY, directory],
        cwd=ROOT,
        env=environment_without_servers(MARQUEE_VAR=str(directory)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def addresses_of(user: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait until the user has its servers and return their addresses."""
    database_url, redis_url = user.stdout.readline().split()
    return database_url, redis_url


def end(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=60)
    assert user.returncode == 0


def processes_of(directory: Path) -> dict[int, str]:
    """Return the processes that were started for the directory, or work in it, by number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
                belongs = f"MARQUEE_VAR={directory}".encode() in variables
                if belongs or (entry / "cwd").resolve().is_relative_to(directory):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = command
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
    return {number: command for number, command in found.items() if command}


def process_of(directory: Path, words: str) -> int:
    """Return the one process of the directory whose command line holds the words."""
    (number,) = (n for n, command in processes_of(directory).items() if words in command)
    return number


def wait_until_gone(directory: Path, *, seconds: float = 60.0) -> dict[int, str]:
    """Return what is still running for the directory when the time is up, or nothing."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(directory)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def kill(number: int) -> None:
    os.kill(number, signal.SIGKILL)
