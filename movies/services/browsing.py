"""Filter, order and count the catalogue for the browse page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.db.models import F
from django.db.models.expressions import OrderBy

from config.redis import RedisAwayError, reachable_redis
from movies.models import Movie
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

# Counting all of 87,000 films takes 0.2 s, so such counts are kept for a while; a few hundred films
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

    def movies(self, *, without: FacetRule | None = None) -> MovieQuerySet:
        """Return the movies, with one filter left out if so asked."""
        movies = Movie.objects.visible()
        if self.found_ids is not None:
            movies = movies.filter(pk__in=self.found_ids)
        for rule in self.rules:
            chosen = self.filters.get(rule.slug)
            if chosen and rule is not without:
                movies = rule.keep(movies, chosen)
        return movies

    def ordered(self, sort: str) -> MovieQuerySet:
        """Return the movies in an order of `SORTS`, or as the search ranked them."""
        if sort == BEST_MATCH and self.found_ids is not None:
            return self.movies().in_order_of(self.found_ids)
        # Every movie has stats; said here, so that their indexes give the order (74 ms without).
        counted = self.movies().filter(stats__isnull=False)
        return counted.order_by(*SORTS.get(sort, SORTS[MOST_POPULAR]))


def facet_counts(*, selection: Selection, total: int) -> Counts:
    """Return how many movies each value of each filter would leave.

    Of a filter whose values add up, the others' effect is counted; of one whose values narrow
    each other down, its own as well. `total` is how many movies are selected now.
    """
    if total < COSTLY_TOTAL or selection.found_ids is not None:
        return _count(selection, total)
    key = _counts_key(selection, total)
    try:
        with reachable_redis() as redis:
            stored = redis.get(key)
            if stored is None:
                counts = _count(selection, total)
                redis.set(key, json.dumps(counts), ex=SECONDS_KEPT)
                return counts
    except RedisAwayError:
        return _count(selection, total)
    kept: Counts = json.loads(stored)
    return kept


def _count(selection: Selection, total: int) -> Counts:
    # Filters with nothing chosen count the same movies: a few of those are looked up once.
    shared = selection.movies() if total > FEW else Movie.objects.filter(pk__in=_ids(selection))
    return {
        rule.slug: rule.count(
            selection.movies(without=rule) if _widens(rule, selection) else shared
        )
        for rule in selection.rules
    }


def _ids(selection: Selection) -> list[int]:
    return list(selection.movies().values_list("pk", flat=True))


def _widens(rule: FacetRule, selection: Selection) -> bool:
    """Tell whether more movies would be left without what is chosen of this filter."""
    return bool(selection.filters.get(rule.slug)) and not rule.needs_all


def _counts_key(selection: Selection, total: int) -> str:
    """Name the counts of a selection; what curators hide, and a new total, begin new ones."""
    chosen = {slug: list(values) for slug, values in selection.filters.items() if values}
    facts = json.dumps([chosen, total, read_curation_revision()], sort_keys=True)
    return f"marquee:facets:{sha256(facts.encode()).hexdigest()}"
