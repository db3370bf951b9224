"""Find MovieLens sets on this machine."""

import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)

RATINGS_FILES = ("ratings.csv", "ratings.dat", "u.data")
# MovieLens 1M has 1,000,209; whatever is larger has to be asked for by its own path.
MOST_RATINGS = 1_100_000
CHUNK_BYTES = 1 << 20


def find_set(place: Path) -> Path | None:
    """Return the MovieLens set that is at a place, or of a folder of sets the largest up to 1M.

    A set is a directory or a zip as GroupLens packs it. What cannot be read is passed over.
    """
    if is_set(place):
        return place
    if not place.is_dir():
        return None
    sizes = {path: count_ratings(path) for path in sorted(place.iterdir()) if is_set(path)}
    fitting = [path for path, size in sizes.items() if size <= MOST_RATINGS]
    return max(fitting, key=lambda path: sizes[path], default=None)


def is_set(path: Path) -> bool:
    with _ratings_of(path) as ratings:
        return ratings is not None


def count_ratings(path: Path) -> int:
    """Return how many lines the ratings have; counting stops soon after the largest size."""
    lines = 0
    with _ratings_of(path) as ratings:
        while (
            ratings is not None and lines <= MOST_RATINGS and (chunk := ratings.read(CHUNK_BYTES))
        ):
            lines += chunk.count(b"\n")
    return lines


@contextmanager
def _ratings_of(path: Path) -> Iterator[IO[bytes] | None]:
    """Open the ratings of a set; give None where there are none."""
    if path.is_dir():
        files = [path / name for name in RATINGS_FILES if (path / name).is_file()]
        if not files:
            yield None
            return
        with files[0].open("rb") as ratings:
            yield ratings
        return
    if path.suffix != ".zip" or not zipfile.is_zipfile(path):
        if path.suffix == ".zip" and path.exists():
            logger.warning("%s is not a zip that can be read", path)
        yield None
        return
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if Path(name).name in RATINGS_FILES]
        if not members:
            yield None
            return
        with archive.open(members[0]) as ratings:
            yield ratings
