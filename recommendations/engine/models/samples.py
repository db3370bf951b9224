"""What is done differently where there are very many ratings.

Up to `MANY_RATINGS` models learn from all ratings in every step, as they were tuned; beyond that
some steps take a sample of people, because more would cost hours and say nothing new.
"""

import numpy as np

from recommendations.engine.interactions import Interactions

MANY_RATINGS = 3_000_000


def some_people(interactions: Interactions, *, seed: int) -> Interactions:
    """Return people drawn at random with `MANY_RATINGS` in all, or everybody if they have fewer."""
    if interactions.n_ratings <= MANY_RATINGS:
        return interactions
    people = np.random.default_rng(seed).permutation(interactions.n_users)
    rated = np.cumsum(np.diff(interactions.user_items.indptr)[people])
    n_people = max(int(np.searchsorted(rated, MANY_RATINGS, side="right")), 1)
    return interactions.keep_users(np.sort(people[:n_people]).astype(np.int64))
