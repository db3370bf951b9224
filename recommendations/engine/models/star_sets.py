"""The sets behind the priors of the star model: films a person took up, raters, genres, years."""

from typing import Any, cast

import numpy as np
from scipy import sparse

from recommendations.engine.arrays import CsrMatrix
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent

_FIRST_YEAR = 1915
_YEARS_A_BIN = 9
_YEAR_BINS = 12
_YEAR_WEIGHT = 0.7


def user_sets(interactions: Interactions) -> CsrMatrix:
    """Return w/√Σw of the films each person took up, CSR of shape (n_users, n_items).

    A rating weighs 1, positive events about other films their weight.
    """
    cells = interactions.user_items.copy()
    cells.data = np.ones_like(cells.data)
    events = interactions.event_weights.copy()
    events.data = np.maximum(events.data, 0)
    events.eliminate_zeros()
    return _scaled(cast("CsrMatrix", sparse.csr_array(cells + events)))


def item_sets(stars: CsrMatrix, content: CsrMatrix) -> CsrMatrix:
    """Return who rated each item beside its content, CSR of shape (n_items, n_users + n_terms).

    Each of n raters counts 1/√n.
    """
    raters = sparse.csr_array(stars.T)
    raters.data = np.ones_like(raters.data)
    blocks: list[Any] = [_scaled(raters), content]
    return cast("CsrMatrix", sparse.hstack(blocks, format="csr"))


def _scaled(sets: CsrMatrix) -> CsrMatrix:
    scales = 1 / np.sqrt(np.maximum(np.asarray(sets.sum(axis=1)), 1e-12))
    sets.data *= np.repeat(scales, np.diff(sets.indptr)).astype(np.float32)
    return sets


def content_sets(content: ItemContent | None, n_items: int) -> CsrMatrix:
    """Return genres (1/√number of genres each) and the bin of the year (.7) of every item."""
    if content is None:
        return cast("CsrMatrix", sparse.csr_array((n_items, 0), dtype=np.float32))
    genres = sorted({genre for own in content.genres for genre in own})
    column_of = {genre: column for column, genre in enumerate(genres)}
    described = np.zeros((n_items, len(genres) + _YEAR_BINS), dtype=np.float32)
    for item, own in enumerate(content.genres):
        columns = [column_of[genre] for genre in set(own)]
        described[item, columns] = 1 / np.sqrt(max(len(columns), 1))
    years = np.asarray(content.years or np.zeros(n_items), dtype=np.int64)
    dated = np.flatnonzero(years)
    bins = np.clip((years[dated] - _FIRST_YEAR) // _YEARS_A_BIN, 0, _YEAR_BINS - 1)
    described[dated, len(genres) + bins] = _YEAR_WEIGHT
    return cast("CsrMatrix", sparse.csr_array(described))
