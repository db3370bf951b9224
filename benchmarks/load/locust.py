"""Run Locust against a server and read what it found."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.environments import python_in
from runner.places import ROOT, make_directory

HERE = Path(__file__).parent
CLIENTS = 8
WARM_UP_SECONDS = 3


@dataclass(frozen=True)
class Ask:
    """One request of a load."""

    name: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: str | None = None


@dataclass(frozen=True)
class Load:
    """What a server answered: requests a second, and milliseconds at percentiles.

    `asked` counts the requests of the warm-up as well.
    """

    a_second: float
    p50: float
    p95: float
    p99: float
    failures: int
    asked: int


def load(port: int, asks: Sequence[Ask], *, seconds: float) -> Load:
    """Ask a server on loopback in turn, for so many seconds after a short warm-up."""
    warm_up = _run(port, asks, seconds=WARM_UP_SECONDS)
    (found,) = _run(port, asks, seconds=seconds)
    times = np.repeat(
        [float(each) for each in found["response_times"]], list(found["response_times"].values())
    )
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    spent = found["last_request_timestamp"] - found["start_time"]
    return Load(
        a_second=found["num_requests"] / spent,
        p50=float(p50),
        p95=float(p95),
        p99=float(p99),
        failures=found["num_failures"],
        asked=sum(each["num_requests"] for each in (*warm_up, found)),
    )


def _run(port: int, asks: Sequence[Ask], *, seconds: float) -> list[dict]:
    python = python_in(make_directory(ROOT / "var") / "load", HERE / "requirements.txt")
    command = [
        *(python, "-m", "locust", "--locustfile", HERE / "locustfile.py", "--headless", "--json"),
        *("--host", f"http://127.0.0.1:{port}", "--loglevel", "ERROR", "--only-summary"),
        *("--users", str(CLIENTS), "--spawn-rate", str(CLIENTS), "--run-time", f"{seconds:.0f}s"),
    ]
    requests = json.dumps([asdict(each) | {"name": asks[0].name} for each in asks])
    done = subprocess.run(
        [str(each) for each in command],
        env=os.environ | {"LOAD_REQUESTS": requests},
        stdout=subprocess.PIPE,
        check=False,  # Locust ends with 1 where a request failed, which is reported
        timeout=seconds + 60,
        text=True,
    )
    return json.loads(done.stdout)
