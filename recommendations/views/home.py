"""The front page, and all of a person's picks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import signed_in
from movies.charts import rating_progress
from movies.services.onboarding import movies_to_rate
from movies.views.parts import cards_of
from recommendations.services.front_page import (
    FrontPage,
    front_page_for,
    front_page_for_guest,
    picks_of,
)

CANDIDATES = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is on for this person, or for somebody who just came in."""
    if not isinstance(request.user, User):
        return _render_home(request, front_page_for_guest(), can_rate=False)
    page = front_page_for(user=request.user)
    progress = rating_progress(rated=page.rating_count)
    if progress.is_done:
        return _render_home(request, page)
    candidates = cards_of(movies_to_rate(user=request.user, limit=CANDIDATES), user=request.user)
    return _render_home(request, page, candidates=candidates, progress=progress)


@require_safe
@login_required
def picks(request: HttpRequest) -> HttpResponse:
    """Show everything that was picked for a person, with its reasons."""
    cards = picks_of(user=signed_in(request))
    return render(request, "recommendations/picks.html", {"cards": cards})


def _render_home(request: HttpRequest, page: FrontPage, **context: object) -> HttpResponse:
    template = "includes/rails.html" if request.htmx else "home.html"  # type: ignore[attr-defined]
    shown = {
        "hero": page.hero,
        "rails": page.rails,
        "rating_count": page.rating_count,
        "guest_poster": page.poster,
        "can_rate": True,
        "candidates": None,
        "progress": None,
    }
    return render(request, template, shown | context)
