"""Write the engine's intervals of 80 % for pairs; its command line gives the stars alone.

python -m benchmarks.peers.intervals MODEL HISTORY.csv PAIRS.csv OUT.csv
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from recommendations.engine import artefacts
from recommendations.engine.base import StarPredictor
from recommendations.engine.dataset import load_histories
from recommendations.engine.history import History

COVERAGE = 0.8


def main(model: str, history: str, pairs: str, out: str) -> None:
    predictor = artefacts.load(Path(model))
    if not isinstance(predictor, StarPredictor):
        raise TypeError(f"{model} predicts no stars")
    histories = load_histories(Path(history), predictor.known_items)
    asked = pd.read_csv(pairs)
    places, is_known = predictor.known_items.find(asked["movieId"].to_numpy())
    low, high = np.full(len(asked), 0.5), np.full(len(asked), 5.0)
    for user, rows in asked.groupby("userId").indices.items():
        known = rows[is_known[rows]]
        low[known], high[known] = predictor.predict_interval(
            histories.get(int(user), History()), places[known], coverage=COVERAGE
        )
    asked.assign(low=low, high=high).to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
