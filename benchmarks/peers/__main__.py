"""Run the engine and its peers on the same splits and write docs/evaluation.md.

    make bench-peers [TUNE=1] [ONLY=ours|peers|MODEL,MODEL] [DATA=ml-100k,…] [WORLD=people,…]

Results are kept under var/peers/results, so that an interrupted run goes on where it stopped;
the engine's own are run anew when its sources change. TUNE=1 finds the peers' hyperparameters
again, which are stored in benchmarks/peers/tuned.json. `--report` only writes the page.
"""

import argparse
import logging
import os
import sys

from benchmarks.peers.campaign import run_own, run_peers, worlds_of
from benchmarks.peers.plan import DATA, OWN, PEERS, WORLDS
from benchmarks.peers.report import write_report
from benchmarks.peers.tuning import tune


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--report", action="store_true", help="only write the page")
    parser.add_argument("--only", default="")
    parser.add_argument("--data", default="")
    parser.add_argument("--world", default="")
    parser.add_argument("--workers", type=int, default=max(os.cpu_count() or 1, 1))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    if not options.report:
        run(options)
    write_report()


def run(options: argparse.Namespace) -> None:
    names = {name for name in options.only.split(",") if name}
    data = [name for name in options.data.split(",") if name] or list(DATA)
    kinds = [name for name in options.world.split(",") if name] or None
    is_all = not names or names == {"peers"}
    peers = [peer for peer in PEERS if is_all or peer.name in names]
    own = [model for model in OWN if not names or "ours" in names or model.name in names]
    for name in data:
        for world in WORLDS[name]:
            if kinds is None or world in kinds:
                for peer in peers:
                    tune(data=name, world=world, peer=peer, is_fresh=options.tune)
    worlds = list(worlds_of(data, kinds))
    run_peers(worlds, peers, workers=options.workers)
    run_own(worlds, own)


if __name__ == "__main__":
    main()
