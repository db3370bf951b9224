"""Load a first catalogue from wherever there is one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from movies.errors import NoMovieLensSetError
from movies.models import DataSet
from movies.services.demo import load_demo_catalogue
from movies.sources.download import DownloadError
from movies.sources.local import find_set

logger = logging.getLogger(__name__)


class Origin(Enum):
    """Where a catalogue comes from."""

    NAMED = "the place that MARQUEE_DATA names"
    CACHED = "the local cache"
    DOWNLOADED = "GroupLens"
    BUNDLED = "the bundled demo"


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """A source and, unless it is the bundled demo, the MovieLens set there."""

    origin: Origin
    path: Path | None


@dataclass(frozen=True, slots=True)
class CatalogueOutcome:
    """The data set in use, and the source it was just loaded from, if it was."""

    data_set: DataSet
    source: CatalogueSource | None


def choose_source(
    *, named: Path | None, cache: Path, download: Callable[[], Path] | None
) -> CatalogueSource:
    """Return the first source that has something: named, cached, downloaded, bundled.

    Raises NoMovieLensSetError where a place was named in vain: whoever named it wants to know.
    """
    if named is not None:
        path = find_set(named)
        if path is None:
            raise NoMovieLensSetError(named)
        return CatalogueSource(Origin.NAMED, path)
    cached = find_set(cache)
    if cached is not None:
        return CatalogueSource(Origin.CACHED, cached)
    if download is not None:
        try:
            return CatalogueSource(Origin.DOWNLOADED, download())
        except DownloadError as error:
            logger.warning("MovieLens could not be downloaded (%s)", error)
    return CatalogueSource(Origin.BUNDLED, None)


def load_catalogue(
    *,
    named: Path | None,
    cache: Path,
    download: Callable[[], Path] | None,
    import_set: Callable[[Path], object],
) -> CatalogueOutcome:
    """Load a catalogue if there is none, or replace the demo by a set that lies on this machine.

    Once any other set is loaded nothing happens.
    """
    loaded = DataSet.objects.first()
    if loaded is not None and not loaded.is_demo:
        return CatalogueOutcome(loaded, None)
    source = choose_source(named=named, cache=cache, download=download if loaded is None else None)
    if source.path is not None:
        import_set(source.path)
        return CatalogueOutcome(DataSet.objects.latest("loaded_at"), source)
    demo = load_demo_catalogue()
    return CatalogueOutcome(demo.data_set, source if demo.is_new else None)
