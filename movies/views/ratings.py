"""What a person has rated, and a handful to begin with."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from movies.charts import RATING_STEPS, distribution_chart, rating_progress
from movies.facets import SortOption
from movies.forms import read_half_stars, read_place, read_text
from movies.guests import Guest
from movies.models import Movie, Rating
from movies.services.onboarding import pick_handful
from movies.views.parts import cards_of, page_of
from movies.views.viewers import viewer_of

RATINGS_ON_A_PAGE = 30
SORTS = {
    "newest": ("latest first", ("-rated_at", "-pk")),
    "oldest": ("earliest first", ("rated_at", "pk")),
    "highest": ("most stars first", ("-half_stars", "-rated_at", "-pk")),
    "lowest": ("fewest stars first", ("half_stars", "-rated_at", "-pk")),
    "title": ("title", ("movie__title", "pk")),
}
FIRST_SORT = "newest"


@require_safe
@login_required
def my_ratings(request: HttpRequest) -> HttpResponse:
    """List what a person has rated, each with its control."""
    mine = Rating.objects.filter(user=signed_in(request), movie__is_hidden=False)
    chart = distribution_chart(histogram=_histogram(mine))
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else FIRST_SORT
    movies = Prefetch("movie", queryset=Movie.objects.for_cards())
    shown = _matching(mine, request.GET).order_by(*SORTS[sort][1]).prefetch_related(movies)
    context = {
        "page": page_of(Paginator(shown, RATINGS_ON_A_PAGE), request),
        "rating_count": chart.count,
        "mean_stars": chart.mean,
        "distribution": chart,
        "sorts": [SortOption(value, label, value == sort) for value, (label, _) in SORTS.items()],
        "query": read_text(request.GET, "q"),
    }
    return render(request, "movies/my_ratings.html", context)


def _histogram(ratings: QuerySet[Rating]) -> list[int]:
    counts = dict(ratings.values_list("half_stars").annotate(Count("pk")))
    return [counts.get(half_stars, 0) for half_stars in range(1, RATING_STEPS + 1)]


def _matching(ratings: QuerySet[Rating], query: QueryDict) -> QuerySet[Rating]:
    """Keep ratings of movies with these words in the title, and of these stars."""
    words = read_text(query, "q")
    half_stars = read_half_stars(query, "stars")
    if words:
        ratings = ratings.filter(movie__title__icontains=words)
    if half_stars:
        ratings = ratings.filter(half_stars=half_stars)
    return ratings


@require_safe
def rate_a_few(request: HttpRequest) -> HttpResponse:
    """Offer ten well-known films to rate; `from` says how far somebody has looked already."""
    viewer = viewer_of(request)
    handful = pick_handful(viewer=viewer, skip=read_place(request.GET, "from"))
    rated = len(viewer.ratings) if isinstance(viewer, Guest) else viewer.ratings.count()
    context = {
        "candidates": cards_of(handful.movies, viewer=viewer),
        "progress": rating_progress(rated=rated),
        "next_url": f"{reverse('movies:rate-a-few')}?from={handful.next_skip}",
        "is_guest": isinstance(viewer, Guest),
        "rating_count": rated,
    }
    return render(request, "movies/rate_a_few.html", context)
