"""Run the steps of each size that have no figures yet, one after the other.

python -m benchmarks.scale run [--sizes 1M 4M] [--steps simulate train] [--again]
python -m benchmarks.scale shapes | pruning | report
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scale import pruning, report, shapes
from benchmarks.scale.sizes import SIZES, Size
from benchmarks.scale.steps import STEPS

LONGEST_STEP = 2 * 3_600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--sizes", nargs="+", default=[size.label for size in SIZES])
    run.add_argument("--steps", nargs="+", default=list(STEPS), choices=list(STEPS))
    run.add_argument("--again", action="store_true", help="measure what was measured before")
    step = commands.add_parser("step")
    step.add_argument("name", choices=list(STEPS))
    step.add_argument("size")
    step.add_argument("out", type=Path)
    for name in ("shapes", "pruning", "report"):
        commands.add_parser(name)
    options = parser.parse_args()
    if options.command == "step":
        options.out.write_text(json.dumps(STEPS[options.name](Size.of(options.size))))
    elif options.command == "run":
        run_all(options.sizes, options.steps, is_again=options.again)
    else:
        {"shapes": shapes.main, "pruning": pruning.main, "report": report.main}[options.command]()


def run_all(labels: Sequence[str], names: Sequence[str], *, is_again: bool) -> None:
    """Run steps size by size; what fails does not keep the others from being measured."""
    failed = [
        f"{label} {name}"
        for label in labels
        for name in names
        if not run_step(name, Size.of(label), is_again=is_again)
    ]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def run_step(name: str, size: Size, *, is_again: bool) -> bool:
    """Run one step in a process of its own, and keep what it cost and what it found.

    Returns whether there are figures of it now.
    """
    if size.figures(name) and not is_again:
        return True
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "out.json"
        command = [sys.executable, "-m", "benchmarks.scale", "step", name, size.label, str(out)]
        started = time.monotonic()
        process = subprocess.Popen(command)
        usage = wait_for(process)
        seconds = time.monotonic() - started
        if process.returncode or not out.exists():
            sys.stderr.write(f"{size.label} {name} failed after {seconds:.0f} s\n")
            return False
        found = json.loads(out.read_text())
    costs = {
        "seconds": round(seconds, 1),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "load": round(os.getloadavg()[1], 1),
    }
    size.keep(name, costs | found)
    sys.stdout.write(f"{size.label} {name}: {json.dumps(costs | found)}\n")
    sys.stdout.flush()
    return True


def wait_for(process: subprocess.Popen[bytes]):
    """Wait for a process; return what it and what it waited for used."""
    deadline = time.monotonic() + LONGEST_STEP
    while time.monotonic() < deadline:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        time.sleep(0.1)
    process.kill()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


if __name__ == "__main__":
    main()
