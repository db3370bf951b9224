import os
import subprocess
import sys

from config.metrics_files import BYTES, LOCK, PREFIX, remove_abandoned
from runner.locks import FileLock

COUNT = """
import os
from config.metrics_files import open_directory
lock = open_directory()
from config.metrics import count_service_error
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
for _ in range(2):
    if os.fork() == 0:
        count_service_error(service="redis")
        os._exit(0)
    os.wait()
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_processes_of_a_server_count_together(tmp_path):
    told = subprocess.check_output(
        [sys.executable, "-c", COUNT], env=os.environ | {"TMPDIR": str(tmp_path)}, text=True
    )

    assert 'marquee_service_errors_total{service="redis"} 2.0' in told
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_is_removed(tmp_path):
    abandoned, used = (tmp_path / f"{PREFIX}{name}" for name in ("abandoned", "used"))
    for directory in (abandoned, used):
        directory.mkdir()
        FileLock(directory / LOCK).release()

    with FileLock(used / LOCK) as lock:
        lock.try_exclusive()
        remove_abandoned(tmp_path)

    assert list(tmp_path.iterdir()) == [used]


COUNT_ALONE = """
import os, resource, sys
from pathlib import Path
from config.metrics_files import VARIABLE, open_directory, reserve_files
lock = open_directory()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
reserve_files()
from config.metrics import count_service_error
count_service_error(service="redis")
files = Path(os.environ.get(VARIABLE, "/nowhere")).glob("*.db")
print(*sorted((file.name.partition("_")[0], 512 * file.stat().st_blocks) for file in files))
"""


def count_alone(place, *, most_bytes: int) -> str:
    command = [sys.executable, "-c", COUNT_ALONE, str(most_bytes)]
    return subprocess.check_output(command, env=os.environ | {"TMPDIR": str(place)}, text=True)


def test_what_a_process_counts_in_is_on_the_disk_before(tmp_path):
    told = count_alone(tmp_path, most_bytes=1 << 30)

    assert told.strip() == f"('counter', {BYTES}) ('histogram', {BYTES})"


def test_without_room_a_process_counts_by_itself(tmp_path):
    assert count_alone(tmp_path, most_bytes=4096).strip() == ""
    assert list(tmp_path.iterdir()) == []
