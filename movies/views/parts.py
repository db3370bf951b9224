"""Pieces that several pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import EmptyPage, InvalidPage, Page, Paginator
from django.http import Http404, HttpRequest

from movies.cards import Card
from movies.forms import LONGEST_NUMBER
from movies.guests import Guest, Viewer
from movies.models import Movie, Rating
from movies.services.predictions import predicted_stars


def cards_of(movies: Iterable[Movie], *, viewer: Viewer) -> list[Card]:
    """Make cards of movies loaded `for_cards`, with the stars somebody gave or would give."""
    shown = list(movies)
    stars_of = _own_stars(shown, viewer=viewer)
    predicted = predicted_stars(viewer=viewer, movie_ids=[movie.pk for movie in shown])
    return [Card(movie, predicted.get(movie.pk), stars_of.get(movie.pk)) for movie in shown]


def _own_stars(movies: Sequence[Movie], *, viewer: Viewer) -> dict[int, float]:
    if isinstance(viewer, Guest):
        return viewer.stars_of
    rated = Rating.objects.filter(user=viewer, movie__in=[movie.pk for movie in movies])
    return {movie_id: halves / 2 for movie_id, halves in rated.values_list("movie", "half_stars")}


def page_of(paginator: Paginator[Any], request: HttpRequest, *, name: str = "page") -> Page[Any]:
    """Return the page that was asked for; one that does not exist is a 404."""
    number = request.GET.get(name) or "1"
    try:
        if len(number) > LONGEST_NUMBER:
            raise EmptyPage(number)
        return paginator.page(number)
    except InvalidPage as error:
        raise Http404("There is no such page.") from error


def page_with(page: Page[Any], shown: Sequence[Any]) -> Page[Any]:
    """Return the same page, of what stands for its rows: cards, say."""
    return Page(shown, page.number, page.paginator)
