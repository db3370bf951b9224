"""How quality grows with the data: the same cases, fewer people to learn from."""

from dataclasses import replace

import numpy as np

from recommendations.engine.evaluation.splits import Split


def thin_out(split: Split, *, share: float, seed: int) -> Split:
    """Return the split with a random share of the people trained on, one at the least.

    A smaller share is a part of a larger one with the same seed. Cases and their histories stay.
    """
    order = np.random.default_rng(seed).permutation(split.train.n_users)
    kept = np.sort(order[: max(1, round(share * split.train.n_users))])
    return replace(split, train=split.train.keep_users(kept))
