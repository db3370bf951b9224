"""What a model finds close to an item: the same for everybody, so it is worked out once."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import numpy as np

from recommendations.engine.arrays import BoolArray
from recommendations.engine.models.closest import CLOSEST, CloseItems
from recommendations.engine.models.hybrid import Hybrid

MOST_REMEMBERED = 2_000

_remembered: WeakKeyDictionary[Hybrid, dict[int, CloseItems]] = WeakKeyDictionary()


def look_up(model: Hybrid, item_indices: Iterable[int]) -> None:
    """Find what is close to these items, as far as it is not known: later it is asked for."""
    wanted = set(item_indices)
    known = _remembered.setdefault(model, {})
    if len(known.keys() | wanted) > MOST_REMEMBERED:
        known.clear()
    unknown = sorted(wanted - known.keys())
    if unknown:
        found = model.closest(np.array(unknown, dtype=np.int64))
        known.update(zip(unknown, found, strict=True))


def is_known(model: Hybrid, item_index: int) -> bool:
    """Tell whether it is remembered what is close to an item."""
    return item_index in _remembered.get(model, {})


def close_items(model: Hybrid, item_index: int) -> CloseItems:
    """Return the items closest to one, itself left out."""
    close = _remembered.get(model, {}).get(item_index)
    if close is None:
        look_up(model, [item_index])
        # Another thread may have forgotten it meanwhile.
        close = _remembered[model].get(item_index) or model.closest(np.array([item_index]))[0]
    return close


def closest_allowed(
    model: Hybrid, item_index: int, length: int, *, allowed: BoolArray
) -> CloseItems:
    """Return the closest items that are allowed, a mask of shape (n_items,), `length` at most."""
    close = close_items(model, item_index).take(length, allowed=allowed)
    if len(close.indices) == length or model.n_items <= CLOSEST:
        return close
    return model.closest_among(item_index, allowed).take(length, allowed=allowed)
