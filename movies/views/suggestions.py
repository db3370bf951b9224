"""What the search field offers while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from movies.forms import read_text
from movies.models import Movie
from movies.services.finding import Found, find

MOST_SUGGESTED = 6


@require_safe
@cache_control(private=True, max_age=60)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with the options alone; without a query there are none."""
    query = read_text(request.GET, "q")
    found = find(query=query, limit=MOST_SUGGESTED) if query else Found()
    movies = Movie.objects.for_cards().in_bulk(list(found.movie_ids))
    context = {
        "movies": [movies[movie_id] for movie_id in found.movie_ids],
        "people": found.people,
        "query": query,
    }
    return render(request, "movies/suggestions.html", context)
