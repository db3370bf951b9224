"""Tags as people gave them: content that came from somebody, at some moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommendations.engine.arrays import IndexArray
from recommendations.engine.errors import InvalidInteractionsError


@dataclass(frozen=True, kw_only=True, eq=False)
class GivenTags:
    """Who gave which tag to which item, and when: arrays of shape (n_tags,), in any order.

    `user_ids` are outer ids, also of people who rated nothing. `codes` are positions in `terms`,
    `timestamps` seconds since 1970.
    """

    user_ids: IndexArray
    item_indices: IndexArray
    codes: IndexArray
    timestamps: IndexArray
    terms: Sequence[str]

    def __post_init__(self) -> None:
        """Raise `InvalidInteractionsError` if the arrays do not fit together."""
        lengths = {len(self.item_indices), len(self.codes), len(self.timestamps)}
        if lengths != {len(self.user_ids)}:
            raise InvalidInteractionsError("tags: arrays differ in length")

    def __len__(self) -> int:
        """Return how often a tag was given."""
        return len(self.user_ids)

    def take(self, positions: IndexArray) -> "GivenTags":
        """Return the tags at these positions, in this order."""
        return GivenTags(
            user_ids=self.user_ids[positions],
            item_indices=self.item_indices[positions],
            codes=self.codes[positions],
            timestamps=self.timestamps[positions],
            terms=self.terms,
        )

    def by_item(self, n_items: int) -> list[list[str]]:
        """Return the terms given to each item, as `ItemContent.tags` has them."""
        order = np.argsort(self.item_indices, kind="stable")
        terms = [self.terms[code] for code in self.codes[order].tolist()]
        counts = np.bincount(self.item_indices, minlength=n_items)
        ends = np.cumsum(counts).tolist()
        return [terms[start:end] for start, end in zip([0, *ends], ends, strict=False)]
