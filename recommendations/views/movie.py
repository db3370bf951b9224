"""A movie's page: facts, the person's own stars, the model's opinion, neighbours."""

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import visitor
from movies.charts import distribution_chart
from movies.models import Credit, Movie, Tag
from movies.services.events import record_view
from movies.services.standing import Standing, standing_of
from recommendations.services.movie_page import opinion_of

MOST_TAGS = 12
MOST_CAST = 12


@require_safe
def movie(request: HttpRequest, movie_id: int) -> HttpResponse:
    """Show a visible movie."""
    shown = Movie.objects.visible().for_cards().filter(pk=movie_id).first()
    if shown is None:
        raise Http404(f"There is no movie {movie_id}.")
    user = visitor(request)
    standing = standing_of(movie_id=movie_id, user=user)
    opinion = opinion_of(movie=shown, user=user)
    if user:
        record_view(user=user, movie_id=movie_id)
    context = {
        **_facts(shown),
        **_figures(shown, standing),
        "prediction": opinion.prediction,
        "explanation": opinion.explanation,
        "similar": opinion.similar,
        "can_rate": user is not None,
    }
    return render(request, "movies/movie.html", context)


def _facts(movie: Movie) -> dict[str, object]:
    cast = movie.credits.filter(role=Credit.Role.CAST).select_related("person")
    tags = Tag.objects.filter(applications__movie=movie, is_hidden=False)
    return {
        "movie": movie,
        "directors": movie.directors,
        "cast": cast.order_by("position", "pk")[:MOST_CAST],
        "tags": tags.annotate(times=Count("pk")).order_by("-times", "name")[:MOST_TAGS],
    }


def _figures(movie: Movie, standing: Standing) -> dict[str, object]:
    chart = distribution_chart(histogram=movie.stats.histogram, own_half_stars=standing.half_stars)
    return {
        "distribution": chart,
        "mean_stars": movie.stats.mean,
        "own_stars": standing.stars,
        "is_on_watchlist": standing.is_on_watchlist,
        "is_dismissed": standing.is_dismissed,
    }
