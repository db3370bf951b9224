"""The items a model knows: their outer ids and what is known about them besides ratings."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from recommendations.engine.arrays import BoolArray, IndexArray
from recommendations.engine.errors import InvalidInteractionsError, UnknownItemError

Terms = Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class ItemIndex:
    """Translate outer item ids into item indices and back; index order is ascending id."""

    ids: IndexArray

    @classmethod
    def of(cls, item_ids: npt.ArrayLike) -> Self:
        """Return the index of these ids, each once."""
        return cls(np.unique(np.asarray(item_ids, dtype=np.int64)))

    def __post_init__(self) -> None:
        """Raise `InvalidInteractionsError` unless the ids ascend strictly."""
        if self.ids.ndim != 1 or np.any(self.ids[1:] <= self.ids[:-1]):
            raise InvalidInteractionsError("item ids must be one-dimensional and ascend strictly")

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def find(self, item_ids: npt.ArrayLike) -> tuple[IndexArray, BoolArray]:
        """Return the index of each id and whether it is known; unknown ids get index -1."""
        wanted = np.asarray(item_ids, dtype=np.int64)
        if not len(self.ids):
            return np.full(len(wanted), -1, dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        is_known: BoolArray = self.ids[places] == wanted
        return np.where(is_known, places, -1).astype(np.int64), is_known

    def index_of(self, item_id: int) -> int:
        """Return the index of one id, or raise `UnknownItemError`."""
        indices, is_known = self.find([item_id])
        if not is_known[0]:
            raise UnknownItemError(f"item {item_id} is not among the {len(self)} known items")
        return int(indices[0])


@dataclass(frozen=True, kw_only=True)
class ItemContent:
    """What is known about each item; entry `i` of every field describes item index `i`.

    A field that is not known at all stays empty. Within `tags` a term given twice counts twice
    (a tag applied by two people); elsewhere repetition has no meaning. `years` holds 0 where the
    year is not known, `titles`, `certifications` (such as "PG-13") and `languages` an empty text.
    """

    genres: Terms = ()
    directors: Terms = ()
    writers: Terms = ()
    cast: Terms = ()
    tags: Terms = ()
    keywords: Terms = ()
    overviews: Sequence[str] = ()
    years: Sequence[int] = ()
    titles: Sequence[str] = ()
    certifications: Sequence[str] = ()
    languages: Sequence[str] = ()

    def check(self, *, n_items: int) -> None:
        """Raise `InvalidInteractionsError` if a field describes another number of items."""
        for field in fields(self):
            length = len(getattr(self, field.name))
            if length not in {0, n_items}:
                raise InvalidInteractionsError(
                    f"content field {field.name} describes {length} items, expected {n_items}"
                )
