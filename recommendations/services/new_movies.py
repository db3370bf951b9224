"""Movies saved since the served version was made: known by their content within a second."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from recommendations.engine.errors import EngineError
from recommendations.engine.increments.joined_rows import join_rows
from recommendations.engine.increments.newcomers import with_new_items
from recommendations.engine.items import ItemContent
from recommendations.services.dataset import read_content

if TYPE_CHECKING:
    from recommendations.services.store import ServedModel

logger = logging.getLogger(__name__)

MOST = 500


class NewMovies:
    """Give a served model the movies it was not made with.

    Of more than `MOST` the oldest are taken; the rest waits for the next increment.
    """

    def __init__(self) -> None:
        self._grown: tuple[ServedModel, ServedModel] | None = None
        self._known: tuple[list[int], ItemContent] = ([], ItemContent())

    def look(self, served: "ServedModel | None") -> None:
        """Read what is new in the catalogue; one thread at a time, which the store sees to."""
        if served is None:
            return
        new_ids, content = read_content(above=int(served.model.known_items.ids[-1]), limit=MOST)
        is_same = self._grown is not None and self._grown[0] is served
        if is_same and self._known == (new_ids, content):
            return
        self._known = (new_ids, content)
        self._grown = (served, _grow(served, new_ids, content))

    def of(self, served: "ServedModel") -> "ServedModel":
        """Return the served model with the movies that were new when it was last looked."""
        grown = self._grown
        return grown[1] if grown is not None and grown[0] is served else served


def _grow(served: "ServedModel", new_ids: list[int], content: ItemContent) -> "ServedModel":
    if not new_ids:
        return served
    try:
        model = with_new_items(served.model, item_ids=new_ids, content=content, join=join_rows)
    except EngineError:
        logger.exception("version %s cannot take in %s new movies", served.number, len(new_ids))
        return served
    logger.info("version %s takes in %s new movies", served.number, len(new_ids))
    return replace(served, model=model)
