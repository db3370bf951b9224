"""How quality grows with the data: the same cases, fewer people to learn from."""

from dataclasses import replace

import numpy as np

from recommendations.engine.evaluation.splits import Split, without_tags_of


def thin_out(split: Split, *, share: float, seed: int) -> Split:
    """Return the split with a random share of the people trained on, one at the least.

    A smaller share is a part of a larger one with the same seed. Cases and their histories stay.
    """
    order = np.random.default_rng(seed).permutation(split.train.n_users)
    kept = np.sort(order[: max(1, round(share * split.train.n_users))])
    left_out = np.delete(split.train.user_ids, kept)
    return replace(split, train=without_tags_of(split.train.keep_users(kept), left_out))
