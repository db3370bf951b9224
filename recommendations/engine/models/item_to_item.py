"""What models of weights from item to item share: who takes part, and the weights themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import (
    AnyArray,
    CsrMatrix,
    Float32Array,
    FloatArray,
    IndexArray,
)
from recommendations.engine.base import Recommender
from recommendations.engine.interactions import Interactions
from recommendations.engine.models.cells import (
    OwnedEntries,
    add_cells,
    add_sparse_cells,
    by_column,
)
from recommendations.engine.models.sparse_rows import with_short_indices


@dataclass(kw_only=True, eq=False)
class ItemToItem(Recommender):
    """Score by sums of rows of weights, those of the items in the history.

    Of the items with `min_ratings` or more only the `max_items` most rated take part. Above
    `dense_items` of them only the `neighbours` strongest weights of each column are kept, by row
    for scores and by column for reasons.
    """

    min_ratings: int = 3
    max_items: int = 10_000
    dense_items: int = 6_000
    neighbours: int = 300

    def choose_active(self, interactions: Interactions) -> None:
        """Choose the items that take part: `active_items_`, and `places_` of all items in them."""
        self.active_items_ = _choose_items(
            interactions, min_ratings=self.min_ratings, max_items=self.max_items
        )
        self.places_ = np.full(interactions.n_items, -1, dtype=np.int32)
        self.places_[self.active_items_] = np.arange(len(self.active_items_))

    def _keep_weights(self, weights: CsrMatrix | Float32Array) -> None:
        """Keep what was learned, rows being input and columns what is scored."""
        self.weights_ = weights
        if not isinstance(weights, np.ndarray):
            self.weights_ = with_short_indices(weights)
            self._turn(self.weights_)

    def _turn(self, weights: CsrMatrix) -> None:
        turned = by_column(weights)
        self.column_weights_, self.column_rows_, self.column_starts_ = turned

    def _restore(self, arrays: Mapping[str, AnyArray]) -> None:
        super()._restore(arrays)
        if not isinstance(self.weights_, np.ndarray) and "column_weights_" not in arrays:
            self._turn(self.weights_)  # artefacts of before have them by row alone

    def _add_cells(
        self,
        totals: FloatArray,
        entries: OwnedEntries,
        item_indices: list[int],
        *,
        scales: FloatArray,
    ) -> None:
        """Add what entries give to some items, times their scales, to the totals of their owners.

        `totals` has shape (n_owners, n_items).
        """
        wanted = self.places_[item_indices].astype(np.int64), scales
        if isinstance(self.weights_, np.ndarray):
            # An artefact has them row by row; solvers leave them in any order.
            add_cells(np.ascontiguousarray(self.weights_), entries, wanted, totals)
            return
        columns = self.column_weights_, self.column_rows_, self.column_starts_
        add_sparse_cells(columns, self.weights_.shape[0], entries, wanted, totals)


def _choose_items(interactions: Interactions, *, min_ratings: int, max_items: int) -> IndexArray:
    """Return the `max_items` most rated items of those with `min_ratings`, in ascending order.

    Where no item has so many, those with the most are taken.
    """
    counts = np.bincount(interactions.user_items.indices, minlength=interactions.n_items)
    most_rated = np.argsort(-counts, kind="stable")[:max_items]
    least = min(min_ratings, int(counts.max()))
    return np.sort(most_rated[counts[most_rated] >= least])
