"""Tune every model of the engine alike and store what was tried beside them, in models/tuned.

    make tune [ONLY=als,svd]

runs `evaluate --tune` on ML-1M once for each model, with as many trials for each, for the protocols
a model is there for. A record holds its command, the checksums of the data, the grid and every
trial. Nothing is changed in a model: its defaults follow the winner by hand, and a test holds one
to the other.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.peers.places import ROOT
from benchmarks.peers.world_files import data_files

DATA = "ml-1m"
TRIALS = 8
SEED = 101
RECORDS = ROOT / "recommendations" / "engine" / "models" / "tuned"
LISTS = "strong,newcomers-1,newcomers-5,newcomers-10,time"
# Protocols by model, and the metric where it is not that of the protocol.
AIMS: Mapping[str, tuple[str, ...]] = {
    "popularity": ("newcomers-0,newcomers-1,newcomers-3",),
    "ease": (LISTS,),
    "als": ("strong",),
    "item_knn": ("strong,people",),
    "user_knn": ("strong",),
    "svd": ("strong,people",),
    "nmf": ("strong",),
    "sequence": ("last",),
    "returns": ("time",),
    "bias": ("random", "rmse"),
    "content": ("cold", "recall@50"),
    "stars": ("people",),
    "hybrid": (LISTS,),
}
# Its lists do not depend on its stars, which take most of its time to fit.
SET = {"hybrid": ('stars={"model":"bias"}',)}


def tuning_command(model: str, directory: Path) -> list[str]:
    """Return the words after `python` that tune a model on the files of a directory."""
    protocols, *metric = AIMS[model]
    files = ("ratings", "movies", "metadata", "demographics")
    return [
        *("-m", "recommendations.engine", "evaluate"),
        *(word for name in files for word in (f"--{name}", str(directory / f"{name}.csv"))),
        *("--protocol", protocols, "--models", model),
        *("--tune", "--trials", str(TRIALS), "--seed", str(SEED)),
        *(word for name in metric for word in ("--objective", name)),
        *(word for value in SET.get(model, ()) for word in ("--set", f"{model}.{value}")),
        *("--out", str(RECORDS.relative_to(ROOT))),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(AIMS), metavar="MODEL,…")
    names = parser.parse_args().only.split(",")
    unknown = [name for name in names if name not in AIMS]
    if unknown:
        parser.error(f"unknown model {unknown[0]!r}: {', '.join(AIMS)}")
    directory = data_files(DATA).relative_to(ROOT)
    for name in names:
        words = tuning_command(name, directory)
        sys.stderr.write(f"python {shlex.join(words)}\n")
        subprocess.run([sys.executable, *words], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
