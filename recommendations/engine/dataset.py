"""Join the input files of the command line into interactions and histories."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from recommendations.engine.arrays import IndexArray
from recommendations.engine.csv_files import (
    MovieFacts,
    RatingRows,
    TagRows,
    add_metadata,
    read_events,
    read_groups,
    read_movies,
    read_ratings,
    read_some_ratings,
    read_tags,
)
from recommendations.engine.history import History
from recommendations.engine.interactions import Interactions
from recommendations.engine.items import ItemContent, ItemIndex
from recommendations.engine.tags import GivenTags

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class InputFiles:
    """The files a model can be fitted on; only the ratings must be there."""

    ratings: Path
    movies: Path | None = None
    tags: Path | None = None
    metadata: Path | None = None
    demographics: Path | None = None
    events: Path | None = None


def load_interactions(files: InputFiles, *, also: Sequence[RatingRows] = ()) -> Interactions:
    """Return the interactions of these files; a movie is known if it is rated or listed.

    `also` are further ratings, read already; of a pair given twice the first counts. Raises
    `InputFileError` for the first thing that cannot be used.
    """
    rows = read_some_ratings(files.ratings)
    if also:
        rows = _join_rows([rows, *also])
    movies = {} if files.movies is None else read_movies(files.movies)
    for movie_id in np.unique(rows.item_ids).tolist():
        movies.setdefault(movie_id, MovieFacts())
    if files.metadata is not None:
        add_metadata(files.metadata, movies)
    catalogue = ItemIndex.of(list(movies))
    interactions = Interactions.from_arrays(
        user_ids=rows.user_ids,
        item_ids=rows.item_ids,
        stars=rows.stars,
        timestamps=rows.timestamps,
        catalogue=catalogue,
        content=_join_content([movies[movie_id] for movie_id in catalogue.ids.tolist()]),
        events=None if files.events is None else read_events(files.events),
        groups=None if files.demographics is None else read_groups(files.demographics),
    )
    if files.tags is None:
        return interactions
    return interactions.with_tags(_find_items(read_tags(files.tags), catalogue))


def _find_items(rows: TagRows, catalogue: ItemIndex) -> GivenTags:
    """Return the tags of known movies."""
    item_indices, is_known = catalogue.find(rows.item_ids)
    code_of: dict[str, int] = {}
    codes = [code_of.setdefault(tag, len(code_of)) for tag in rows.tags]
    return GivenTags(
        user_ids=rows.user_ids,
        item_indices=item_indices,
        codes=np.array(codes, dtype=np.int64),
        timestamps=rows.timestamps,
        terms=list(code_of),
    ).take(np.flatnonzero(is_known))


def _join_rows(parts: Sequence[RatingRows]) -> RatingRows:
    columns = {
        column.name: np.concatenate([getattr(part, column.name) for part in parts])
        for column in fields(RatingRows)
    }
    pairs = np.column_stack([columns["user_ids"], columns["item_ids"]])
    _, firsts = np.unique(pairs, axis=0, return_index=True)
    kept = np.sort(firsts)
    return RatingRows(**{name: values[kept] for name, values in columns.items()})


def _join_content(facts: list[MovieFacts]) -> ItemContent:
    return ItemContent(
        genres=[movie.genres for movie in facts],
        directors=[movie.directors for movie in facts],
        writers=[movie.writers for movie in facts],
        cast=[movie.cast for movie in facts],
        keywords=[movie.keywords for movie in facts],
        overviews=[movie.overview for movie in facts],
        years=[movie.year for movie in facts],
        titles=[movie.title for movie in facts],
        certifications=[movie.certification for movie in facts],
        languages=[movie.language for movie in facts],
    )


def load_histories(path: Path, items: ItemIndex) -> dict[int, History]:
    """Return the history of each user of a file, in the order users first appear.

    Unknown movies are warned about and left out. All histories are as of the newest time given.
    """
    rows = read_ratings(path)
    _warn_about_unknown(path, rows, items)
    as_of = int(rows.timestamps.max(initial=0))
    return {
        user_id: _history(rows, positions, items=items, as_of=as_of)
        for user_id, positions in group_positions(rows.user_ids).items()
    }


def _history(rows: RatingRows, positions: IndexArray, *, items: ItemIndex, as_of: int) -> History:
    history, _ = History.from_ids(
        items=items,
        item_ids=rows.item_ids[positions],
        stars=rows.stars[positions],
        timestamps=rows.timestamps[positions],
        as_of=as_of,
    )
    return history


def _warn_about_unknown(path: Path, rows: RatingRows, items: ItemIndex) -> None:
    _, is_known = items.find(rows.item_ids)
    unknown = np.unique(rows.item_ids[~is_known])
    if len(unknown):
        logger.warning(
            "%s: %s unknown movies ignored (%s%s)",
            path,
            len(unknown),
            ", ".join(str(movie_id) for movie_id in unknown[:5]),
            ", …" if len(unknown) > 5 else "",  # noqa: PLR2004 - as many as are shown
        )


def group_positions(user_ids: IndexArray) -> Mapping[int, IndexArray]:
    """Return the positions of each user's rows in file order, users as they first appear."""
    users, firsts, inverse = np.unique(user_ids, return_index=True, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    spans = np.split(order, np.cumsum(np.bincount(inverse, minlength=len(users)))[:-1])
    if not len(users):
        return {}
    return {int(users[place]): spans[place] for place in np.argsort(firsts)}
