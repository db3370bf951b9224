"""A person's watchlist, and below it what they dismissed."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from movies.models import Movie
from movies.views.parts import cards_of, page_of, page_with

MOVIES_ON_A_PAGE = 36
DISMISSALS_ON_A_PAGE = 50


@require_safe
@login_required
def my_watchlist(request: HttpRequest) -> HttpResponse:
    """List films to see, latest first."""
    user = signed_in(request)
    shown = Prefetch("movie", queryset=Movie.objects.for_cards())
    entries = user.watchlist.filter(movie__is_hidden=False).order_by("-added_at", "-pk")
    page = page_of(Paginator(entries.prefetch_related(shown), MOVIES_ON_A_PAGE), request)
    dismissals = user.dismissals.filter(movie__is_hidden=False).order_by("-dismissed_at", "-pk")
    dismissed = page_of(
        Paginator(dismissals.select_related("movie"), DISMISSALS_ON_A_PAGE),
        request,
        name="dismissed",
    )
    context = {
        "page": page_with(page, cards_of([entry.movie for entry in page], viewer=user)),
        "entry_count": page.paginator.count,
        "dismissed": page_with(dismissed, [dismissal.movie for dismissal in dismissed]),
    }
    return render(request, "movies/my_watchlist.html", context)
