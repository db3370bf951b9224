"""What the processes of a server use: cores, memory, processor time."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Start what is started in this block on one of the cores that this process may use."""
    before = os.sched_getaffinity(0)
    cores = sorted(before)
    os.sched_setaffinity(0, {cores[core % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, theirs too."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def web_processes() -> list[int]:
    """Return the gunicorn workers that this process has started."""
    gunicorn = [pid for pid in descendants(os.getpid()) if b"gunicorn" in _command(pid)]
    return [pid for pid in gunicorn if not descendants(pid)]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def processor_by_part() -> dict[str, float]:
    """Return the processor seconds used so far by each part of a site that this process started."""
    from config.redis import redis_client

    started = descendants(os.getpid())
    programs = {
        "web": [pid for pid in started if b"gunicorn" in _command(pid)],
        "worker": [pid for pid in started if b"celery" in _command(pid)],
        "PostgreSQL": [_postmaster(), *descendants(_postmaster())],
        "Redis": [redis_client().info("server")["process_id"]],
    }
    used = {name: processor_seconds(pids, ended_too=True) for name, pids in programs.items()}
    return used | {"clients": time.process_time()}


def _postmaster() -> int:
    """Return the process that starts those of PostgreSQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(_stat(cursor.fetchone()[0])[1])


def _stat(pid: int) -> list[str]:
    """Return what the kernel says of a process after its name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processor_seconds(pids: list[int], *, ended_too: bool = False) -> float:
    """Return the processor time that these processes have used so far, or their ended ones too."""
    used = slice(11, 15 if ended_too else 13)
    return sum(sum(map(int, _stat(pid)[used])) for pid in pids) / _TICK


def memory_mb(pid: int) -> dict[str, float]:
    """Return what a process holds: its own memory, and its share of everything (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return {"private": sizes["Private_Dirty"], "pss": sizes["Pss"]}
