"""What the search field offers while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from movies.forms import read_text
from movies.models import Movie
from movies.models.search import Kind
from movies.services.search import suggest


@require_safe
@cache_control(private=True, max_age=60)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with the options alone; without a query there are none."""
    query = read_text(request.GET, "q")
    suggested = suggest(query=query)
    movie_ids = [each.target_id for each in suggested if each.kind == Kind.MOVIE]
    movies = Movie.objects.for_cards().in_bulk(movie_ids)
    context = {
        "movies": [movies[movie_id] for movie_id in movie_ids],
        "people": [each for each in suggested if each.kind == Kind.PERSON],
        "tags": [each for each in suggested if each.kind == Kind.TAG],
        "query": query,
    }
    return render(request, "movies/suggestions.html", context)
