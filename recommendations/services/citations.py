"""Which of a person's ratings are named as the reason for a movie."""

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.explanation import Explanation
from recommendations.engine.history import History
from recommendations.engine.items import ItemIndex
from recommendations.services.picks import ACCLAIMED, PickReason

LIKED_STARS = 3.5
MOST_CITED = 2
# A rating is named as a reason only if it carries this share of what all ratings gave.
LEAST_SHARE = 0.05


def find_liked(history: History, *, unwanted: IndexArray) -> BoolArray:
    """Tell for each rating whether it may be named as a reason, shape (n_ratings,).

    Liked movies may, unless the person does not want to hear of them any more.
    """
    is_liked: BoolArray = history.values >= LIKED_STARS
    return is_liked & ~np.isin(history.item_indices, unwanted) if len(unwanted) else is_liked


def cite(given: FloatArray, *, is_liked: BoolArray) -> IndexArray:
    """Return for each score the liked ratings that gave it most, if any gave enough of it.

    `given` is what each rating gave to each score, shape (n, n_ratings); places of ratings are
    returned, shape (n, MOST_CITED), −1 for none.
    """
    left = np.maximum(given, 0.0)
    enough = LEAST_SHARE * left.sum(axis=1)
    left[:, ~is_liked] = 0.0
    rows = np.arange(len(given))
    cited = np.full((len(given), MOST_CITED), -1, dtype=np.int64)
    for place in range(min(MOST_CITED, given.shape[1])):
        best = left.argmax(axis=1)
        cited[:, place] = np.where(left[rows, best] > enough, best, -1)
        left[rows, best] = 0.0
    return cited


def cited_reason(
    explanation: Explanation, *, history: History, is_liked: BoolArray, items: ItemIndex
) -> PickReason:
    """Cite the liked movies whose ratings gave the score most, if any gave enough of it."""
    given = explanation.contributions[np.newaxis, : history.n_ratings]
    (cited,) = cite(given, is_liked=is_liked)
    movie_ids = items.ids[history.item_indices[cited[cited >= 0]]].tolist()
    return PickReason("rated", tuple(movie_ids)) if movie_ids else ACCLAIMED
