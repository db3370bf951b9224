"""A movie's page: facts, the person's own stars, the model's opinion, neighbours."""

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from movies.charts import distribution_chart
from movies.guests import Guest
from movies.models import Credit, Movie, Tag
from movies.services.curation import read_curation_revision
from movies.services.events import record_view
from movies.services.standing import Standing, standing_of
from movies.views.viewers import viewer_of
from recommendations.services.following import Basis
from recommendations.services.movie_page import opinion_of
from recommendations.views.following import followed, is_following, short_answer

MOST_TAGS = 12
MOST_CAST = 12


@require_safe
def movie(request: HttpRequest, movie_id: int) -> HttpResponse:
    """Show a visible movie."""
    viewer = viewer_of(request)
    basis = Basis.of(viewer=viewer, curation_revision=read_curation_revision())
    answer = short_answer(request, basis=basis)
    if answer is not None:
        return answer
    shown = Movie.objects.visible().for_cards().filter(pk=movie_id).first()
    if shown is None:
        raise Http404(f"There is no movie {movie_id}.")
    standing = standing_of(movie_id=movie_id, viewer=viewer)
    opinion = opinion_of(movie=shown, viewer=viewer)
    is_guest = isinstance(viewer, Guest)
    context = {
        **_facts(shown),
        **_figures(shown, standing, is_guest=is_guest),
        "basis": basis,
        "prediction": opinion.prediction,
        "explanation": opinion.explanation,
        "similar": opinion.similar,
        "is_guest": is_guest,
        "rating_count": len(viewer.ratings) if isinstance(viewer, Guest) else None,
    }
    if is_following(request):
        return followed(render_to_string("includes/movie.html", context, request=request))
    if not isinstance(viewer, Guest):
        record_view(user=viewer, movie_id=movie_id)
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


def _figures(movie: Movie, standing: Standing, *, is_guest: bool) -> dict[str, object]:
    counted = None if is_guest else standing.half_stars  # a guest's stars are in no figure yet
    chart = distribution_chart(histogram=movie.stats.histogram, own_half_stars=counted)
    return {
        "distribution": chart,
        "mean_stars": movie.stats.mean,
        "own_stars": standing.stars,
        "is_on_watchlist": standing.is_on_watchlist,
        "is_dismissed": standing.is_dismissed,
    }
