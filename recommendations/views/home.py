"""The front page, and all of a person's picks."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import signed_in, visitor
from movies.charts import rating_progress
from movies.services.curation import read_curation_revision
from movies.views.parts import cards_of
from recommendations.services.cache import keep_front_page, load_front_page
from recommendations.services.front_page import (
    FrontPage,
    front_page_for,
    front_page_for_guest,
    picks_of,
)
from recommendations.services.personal import freshness_for

# Stands in a kept page where each answer has a token of its own.
TOKEN_PLACE = "csrf-token-place"  # noqa: S105 - not a secret


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is on for this person, or for somebody who just came in."""
    user = visitor(request)
    curation_revision = read_curation_revision()
    freshness = freshness_for(user=user, curation_revision=curation_revision)
    kept = load_front_page(user=user, freshness=freshness)
    if kept is None:
        kept = _render_front_page(request, user=user, curation_revision=curation_revision)
        keep_front_page(kept, user=user, freshness=freshness)
    front_page = kept.replace(TOKEN_PLACE, get_token(request))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(front_page)
    # Our own template escaped everything in it when it was rendered.
    return render(request, "home.html", {"front_page": mark_safe(front_page)})  # noqa: S308


@require_safe
@login_required
def picks(request: HttpRequest) -> HttpResponse:
    """Show everything that was picked for a person, with its reasons."""
    cards = picks_of(user=signed_in(request))
    return render(request, "recommendations/picks.html", {"cards": cards})


def _render_front_page(request: HttpRequest, *, user: User | None, curation_revision: int) -> str:
    if user is None:
        page = front_page_for_guest(curation_revision=curation_revision)
        return _render(request, page, can_rate=False)
    page = front_page_for(user=user, curation_revision=curation_revision)
    progress = rating_progress(rated=page.rating_count)
    if progress.is_done:
        return _render(request, page)
    candidates = cards_of(page.to_rate, user=user)
    return _render(request, page, candidates=candidates, progress=progress)


def _render(request: HttpRequest, page: FrontPage, **context: object) -> str:
    shown = {
        "hero": page.hero,
        "rails": page.rails,
        "rating_count": page.rating_count,
        "guest_poster": page.poster,
        "can_rate": True,
        "candidates": None,
        "progress": None,
        "csrf_token": TOKEN_PLACE,
    }
    return render_to_string("includes/front_page.html", shown | context, request=request)
