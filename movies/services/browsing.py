"""Filter, order and count the catalogue for the browse page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy

from config.redis import RedisAwayError, reachable_redis
from movies.models import Movie, MovieStats
from movies.models.catalogue import MovieQuerySet
from movies.services.curation import read_curation_revision
from movies.services.facet_rules import FacetRule

Filters = Mapping[str, Sequence[str]]
Counts = dict[str, dict[str, int]]

BEST_MATCH = "match"
MOST_POPULAR = "popular"
SORTS: Mapping[str, tuple[str | OrderBy, ...]] = {
    MOST_POPULAR: ("-stats__rating_count", "pk"),
    "rated": ("-stats__bayesian_mean", "pk"),
    "newest": (F("year").desc(nulls_last=True), "-pk"),
    "oldest": (F("year").asc(nulls_last=True), "pk"),
    "title": ("title", "pk"),
}

# The same orders as figures have them by themselves.
SORTS_OF_FIGURES: Mapping[str, tuple[str, ...]] = {
    MOST_POPULAR: ("-rating_count", "movie_id"),
    "rated": ("-bayesian_mean", "movie_id"),
}

# Counting all of 87,000 films takes 0.1 s, so such counts are kept for a while; a few hundred films
# are counted each time.
COSTLY_TOTAL = 500
SECONDS_KEPT = 300
FEW = 2_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Visible movies: all of them, or those a search found, that pass the filters."""

    rules: Sequence[FacetRule]
    filters: Filters = field(default_factory=dict)
    found_ids: Sequence[int] | None = None

    @property
    def is_everything(self) -> bool:
        return self.found_ids is None and not any(self.filters.values())

    @property
    def is_narrow(self) -> bool:
        """Guess whether few movies are left: a search finds few, and two filters leave few."""
        return self.found_ids is not None or sum(map(len, self.filters.values())) > 1

    def without(self, rule: FacetRule) -> Selection:
        """Return the selection with one filter left out."""
        return replace(self, filters={**self.filters, rule.slug: ()})

    def movies(self) -> MovieQuerySet:
        movies = Movie.objects.visible()
        if self.found_ids is not None:
            movies = movies.among(self.found_ids)
        for rule in self.rules:
            if chosen := self.filters.get(rule.slug):
                movies = rule.keep(movies, chosen)
        return movies

    def ordered(self, sort: str) -> MovieQuerySet:
        """Return the movies in an order of `SORTS`, or as the search ranked them."""
        if sort == BEST_MATCH and self.found_ids is not None:
            return self.movies().in_order_of(self.found_ids)
        movies = self.movies()
        if sort not in SORTS or sort in SORTS_OF_FIGURES:
            # Every movie has stats; said here, so that their indexes give the order (else 74 ms).
            movies = movies.filter(stats__isnull=False)
        return movies.order_by(*SORTS.get(sort, SORTS[MOST_POPULAR]))

    def ordered_ids(self, sort: str) -> QuerySet[Any, int]:
        """Return the ids of the movies in such an order."""
        if self.is_everything and sort in SORTS_OF_FIGURES:
            # Far down the list the join costs most: 18 ms instead of 91 at the 80,000th.
            figures = MovieStats.objects.of_visible_movies().order_by(*SORTS_OF_FIGURES[sort])
            return figures.values_list("movie_id", flat=True)
        return self.ordered(sort).values_list("pk", flat=True)


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids of a selection in order, and how many there are. Few are a list, many a query."""

    selection: Selection
    movie_ids: Sequence[int] | QuerySet[Any, int]
    total: int


def list_movies(*, selection: Selection, sort: str) -> Listing:
    """Put a selection in order; few movies are looked up at once, for counting asks for them."""
    if selection.found_ids is not None and sort == BEST_MATCH:
        few_ids = _best_matches(selection, selection.found_ids)
        return Listing(selection, few_ids, len(few_ids))
    movie_ids = selection.ordered_ids(sort)
    if selection.is_narrow:
        first_ids = list(movie_ids[: FEW + 1])
        if len(first_ids) <= FEW:
            return Listing(selection, first_ids, len(first_ids))
    return Listing(selection, movie_ids, selection.movies().count())


def _best_matches(selection: Selection, found_ids: Sequence[int]) -> list[int]:
    """Keep the search's own order, which costs 30 ms to tell the database of 1,000 movies."""
    kept = set(selection.movies().order_by().values_list("pk", flat=True))
    return [movie_id for movie_id in found_ids if movie_id in kept]


def facet_counts(listing: Listing) -> Counts:
    """Return how many movies each value of each filter would leave.

    Of a filter whose values add up, the others' effect is counted; of one whose values narrow
    each other down, its own as well.
    """
    if listing.total < COSTLY_TOTAL or listing.selection.found_ids is not None:
        return _count(listing)
    key = _counts_key(listing.selection, listing.total)
    try:
        with reachable_redis() as redis:
            stored = redis.get(key)
            if stored is None:
                counts = _count(listing)
                redis.set(key, json.dumps(counts), ex=SECONDS_KEPT)
                return counts
    except RedisAwayError:
        return _count(listing)
    kept: Counts = json.loads(stored)
    return kept


def _count(listing: Listing) -> Counts:
    selection = listing.selection
    counts = {}
    for rule in selection.rules:
        widened = selection if rule.needs_all else selection.without(rule)
        if widened.is_everything:
            counts[rule.slug] = rule.count_catalogue()
        elif widened.filters == selection.filters and isinstance(listing.movie_ids, list):
            counts[rule.slug] = rule.count(Movie.objects.among(listing.movie_ids))
        else:
            counts[rule.slug] = rule.count(widened.movies())
    return counts


def _counts_key(selection: Selection, total: int) -> str:
    """Name the counts of a selection; what curators hide, and a new total, begin new ones."""
    chosen = {slug: list(values) for slug, values in selection.filters.items() if values}
    facts = json.dumps([chosen, total, read_curation_revision()], sort_keys=True)
    return f"marquee:facets:{sha256(facts.encode()).hexdigest()}"
