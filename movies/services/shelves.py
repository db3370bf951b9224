"""Lists of movies that are the same for everybody, kept a while by each process."""

import threading
import time
from dataclasses import dataclass

from django.db.models import F

from movies.models import Movie
from movies.models.catalogue import MovieQuerySet

KEEP_SECONDS = 30.0
SHELF_LENGTH = 200
FEWEST_RATINGS = 5


@dataclass(frozen=True, slots=True)
class Shelves:
    """Ids of visible movies, best first."""

    popular: tuple[int, ...]
    acclaimed: tuple[int, ...]
    newest: tuple[int, ...]
    pinned: tuple[int, ...]
    hidden: frozenset[int]


class ShelfKeeper:
    """Hold the shelves for half a minute, or until curators change something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelves: tuple[int, float, Shelves] | None = None

    def get(self, *, curation_revision: int) -> Shelves:
        """Return the shelves as they were half a minute ago at the oldest."""
        with self._lock:
            kept = self._shelves
            if kept and kept[0] == curation_revision and time.monotonic() - kept[1] < KEEP_SECONDS:
                return kept[2]
            shelves = _read_shelves()
            self._shelves = (curation_revision, time.monotonic(), shelves)
            return shelves

    def forget(self) -> None:
        """Read from PostgreSQL at the next use."""
        self._shelves = None


def _read_shelves() -> Shelves:
    movies = Movie.objects.visible()
    popular = movies.filter(stats__rating_count__gt=0).most_rated_first()
    acclaimed = movies.filter(stats__rating_count__gte=FEWEST_RATINGS).best_rated_first()
    newest = movies.order_by("-added_at", F("year").desc(nulls_last=True), "-pk")
    pinned = movies.filter(pinned_at__isnull=False).order_by("-pinned_at", "pk")
    return Shelves(
        popular=_ids(popular[:SHELF_LENGTH]),
        acclaimed=_ids(acclaimed[:SHELF_LENGTH]),
        newest=_ids(newest[:SHELF_LENGTH]),
        pinned=_ids(pinned),
        hidden=frozenset(_ids(Movie.objects.filter(is_hidden=True))),
    )


def _ids(movies: MovieQuerySet) -> tuple[int, ...]:
    return tuple(movies.values_list("pk", flat=True))


shelf_keeper = ShelfKeeper()
