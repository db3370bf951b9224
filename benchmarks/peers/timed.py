"""Run a command and write its seconds and peak memory: `timed.py REPORT.json COMMAND…`."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

KILOBYTES_A_MEGABYTE = 1024.0


def main(report: str, *command: str) -> int:
    started = time.perf_counter()
    code = subprocess.call(command)
    seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "seconds": seconds,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss / KILOBYTES_A_MEGABYTE,
    }
    Path(report).write_text(json.dumps(figures), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
