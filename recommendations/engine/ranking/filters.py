"""Which items may be shown at all."""

import numpy as np

from recommendations.engine.arrays import BoolArray, IndexArray


def allow_all_but(n_items: int, *excluded: IndexArray) -> BoolArray:
    """Return a mask of shape (n_items,) that is false for the seen, dismissed, hidden, …"""
    allowed = np.ones(n_items, dtype=np.bool_)
    for indices in excluded:
        allowed[indices] = False
    return allowed
