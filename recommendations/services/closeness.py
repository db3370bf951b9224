"""What a model finds close to an item: the same for everybody, so it is worked out once."""

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from recommendations.engine.arrays import BoolArray, FloatArray, IndexArray
from recommendations.engine.base import Recommender
from recommendations.engine.models.hybrid import Hybrid
from recommendations.engine.ranking.top import top_k

# Enough to fill a rail for nearly everybody, whatever they have seen of it.
REMEMBERED_LENGTH = 300
MOST_REMEMBERED = 2_000
FOUND_AT_ONCE = 32  # their likeness to 87,000 items fills 11 MB


@dataclass(frozen=True, slots=True)
class CloseItems:
    """Items like one, best first, and how like they are: both of shape (n,)."""

    indices: IndexArray
    similarities: FloatArray

    def take(self, length: int, *, allowed: BoolArray) -> "CloseItems":
        """Return the first so many of those that are allowed, a mask of shape (n_items,)."""
        chosen = np.flatnonzero(allowed[self.indices])[:length]
        return CloseItems(self.indices[chosen], self.similarities[chosen])


_remembered: WeakKeyDictionary[Recommender, dict[int, CloseItems]] = WeakKeyDictionary()


def look_up(model: Hybrid, item_indices: Iterable[int]) -> None:
    """Find what is close to these items, as far as it is not known: later it is asked for."""
    known = _remembered.setdefault(model, {})
    unknown = sorted(set(item_indices) - known.keys())
    for start in range(0, len(unknown), FOUND_AT_ONCE):
        few = unknown[start : start + FOUND_AT_ONCE]
        found = model.similarities_of(np.array(few, dtype=np.int64))
        for item_index, similarities in zip(few, found, strict=True):
            _remember(model, item_index, _closest(similarities, item_index))


def is_known(model: Recommender, item_index: int) -> bool:
    """Tell whether it is remembered what is close to an item."""
    return item_index in _remembered.get(model, {})


def close_items(model: Recommender, item_index: int) -> CloseItems:
    """Return the items closest to one, itself left out."""
    known = _remembered.setdefault(model, {})
    close = known.get(item_index)
    if close is None:
        close = _closest(model.similarities(item_index), item_index)
        _remember(model, item_index, close)
    return close


def _remember(model: Recommender, item_index: int, close: CloseItems) -> None:
    known = _remembered[model]
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[item_index] = close


def closest_allowed(
    model: Recommender, item_index: int, length: int, *, allowed: BoolArray
) -> CloseItems:
    """Return the closest items that are allowed, a mask of shape (n_items,), `length` at most."""
    close = close_items(model, item_index).take(length, allowed=allowed)
    if len(close.indices) == length or model.n_items <= REMEMBERED_LENGTH:
        return close
    similarities = model.similarities(item_index)
    return _closest(similarities, item_index, candidates=allowed).take(length, allowed=allowed)


def _closest(
    similarities: FloatArray, item_index: int, *, candidates: BoolArray | None = None
) -> CloseItems:
    similarities[item_index] = 0.0
    best = top_k(similarities, REMEMBERED_LENGTH, candidates=candidates)
    best = best[similarities[best] > 0]
    return CloseItems(best, similarities[best])
