"""Measure the front page of people who are signed in, with their lists already made.

    make bench-home                       # MovieLens 1M from the test data, 20 requests/s for 20 s

Loads the data into servers of its own under var/benchmarks (kept for the next run), starts the
production web server and lets twenty people with histories of real raters look at their front page
at a steady rate.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.freshness import measure_page
from benchmarks.movielens import data_directory
from benchmarks.page import say
from benchmarks.private_site import (
    free_port,
    load_site,
    make_visitors,
    prepare,
    summary,
    web_server,
)

PEOPLE = 20
WARM_UP_SECONDS = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_directory() / "movielens" / "ml-1m.zip")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    prepare()
    load_site(options.data)
    clients = [{"Cookie": f"sessionid={each.session}"} for each in make_visitors(PEOPLE)]
    port = free_port()

    def measure(path: str, seconds: float) -> list[float]:
        count = int(options.rate * seconds)
        return measure_page(port, path, clients, rate=options.rate, count=count)

    with web_server(port):
        measure("/", WARM_UP_SECONDS)
        home = measure("/", options.seconds)
        bare = measure("/livez", WARM_UP_SECONDS)
    say(f"front page at {options.rate:g}/s: {summary(home)}")
    say(f"/livez at {options.rate:g}/s: {summary(bare)}")
    say(f"ratio of the medians: {np.median(home) / np.median(bare):.1f}")


if __name__ == "__main__":
    main()
