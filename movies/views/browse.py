"""The catalogue with its filters, and the search of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from movies.facets import FilterToken, SortOption
from movies.forms import read_text
from movies.models import Movie
from movies.services.browsing import (
    BEST_MATCH,
    MOST_POPULAR,
    SORTS,
    Selection,
    facet_counts,
    list_movies,
)
from movies.services.facet_rules import FacetRule, facet_rules
from movies.services.search import search_movies, search_people
from movies.views.facets import build_facet
from movies.views.parts import cards_of, page_of, page_with
from movies.views.viewers import viewer_of

if TYPE_CHECKING:
    from movies.models.catalogue import MovieQuerySet
    from movies.services.browsing import Filters

MOVIES_ON_A_PAGE = 40
MOST_PEOPLE = 5
SUGGESTED = 5
SORT_LABELS = {
    BEST_MATCH: "best match",
    MOST_POPULAR: "most rated",
    "rated": "highest rated",
    "newest": "newest",
    "oldest": "oldest",
    "title": "title",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address of the browse page asks for; what means nothing is left out."""

    query: str
    filters: Filters
    sort: str

    @property
    def usual_sort(self) -> str:
        return BEST_MATCH if self.query else MOST_POPULAR

    def url(self, *, filters: Filters | None = None) -> str:
        """Return this page's one address, or the one with other filters."""
        chosen = self.filters if filters is None else filters
        pairs = [(slug, value) for slug, values in chosen.items() for value in values]
        if self.query:
            pairs.insert(0, ("q", self.query))
        if self.sort != self.usual_sort:
            pairs.append(("sort", self.sort))
        return f"{reverse('movies:browse')}{'?' if pairs else ''}{urlencode(pairs)}"

    def url_without(self, slug: str, value: str) -> str:
        left = [other for other in self.filters[slug] if other != value]
        return self.url(filters={**self.filters, slug: left})


def read_wish(asked: QueryDict, rules: Sequence[FacetRule]) -> Wish:
    query = read_text(asked, "q")
    sort = asked.get("sort", "")
    sorts = SORTS.keys() | ({BEST_MATCH} if query else set())
    usual = BEST_MATCH if query else MOST_POPULAR
    return Wish(
        query=query,
        filters={rule.slug: _read_values(asked, rule) for rule in rules},
        sort=sort if sort in sorts else usual,
    )


def _read_values(asked: QueryDict, rule: FacetRule) -> tuple[str, ...]:
    values = rule.known([value for value in asked.getlist(rule.slug) if value])
    return values[:1] if rule.is_single else values


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Show the movies that pass the filters, forty a page."""
    rules = facet_rules()
    wish = read_wish(request.GET, rules)
    found = search_movies(query=wish.query) if wish.query else None
    selection = Selection(rules, wish.filters, found.movie_ids if found else None)
    listing = list_movies(selection=selection, sort=wish.sort)
    paginator = Paginator(listing.movie_ids, MOVIES_ON_A_PAGE)
    paginator.count = listing.total
    page = page_of(paginator, request)
    counts = facet_counts(listing)
    viewer = viewer_of(request)
    movies = Movie.objects.for_cards().in_bulk(list(page))
    context = {
        "query": wish.query,
        "page": page_with(page, cards_of([movies[pk] for pk in page], viewer=viewer)),
        "total": listing.total,
        "facets": [
            build_facet(rule, chosen=wish.filters[rule.slug], counts=counts[rule.slug])
            for rule in rules
        ],
        "tokens": [
            FilterToken(rule.label(value), wish.url_without(rule.slug, value))
            for rule in rules
            for value in wish.filters[rule.slug]
        ],
        "clear_url": wish.url(filters={}),
        "canonical_url": wish.url(),
        "sorts": _sorts(wish),
        "people": search_people(query=wish.query, limit=MOST_PEOPLE) if found else [],
        "is_corrected": bool(found and found.corrected_query),
        "corrected_query": found.corrected_query if found else "",
        "suggestions": [] if listing.total else cards_of(_popular_movies(), viewer=viewer),
    }
    return render(request, "movies/browse.html", context)


def _popular_movies() -> MovieQuerySet:
    return Movie.objects.visible().most_rated_first().for_cards()[:SUGGESTED]


def _sorts(wish: Wish) -> list[SortOption]:
    """List the orders. The usual one has no value, so that a search begins with its own."""
    return [
        SortOption("" if sort == wish.usual_sort else sort, label, sort == wish.sort)
        for sort, label in SORT_LABELS.items()
        if sort != BEST_MATCH or wish.query
    ]
