"""The front page, and all of somebody's picks."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from config.metrics import count_cache_read
from movies.charts import rating_progress
from movies.guests import Guest, Viewer
from movies.services.curation import read_curation_revision
from movies.views.parts import cards_of
from movies.views.viewers import viewer_of
from recommendations.services.cache import keep_front_page, load_front_page
from recommendations.services.following import Basis, describe_change
from recommendations.services.front_page import FrontPage, front_page_for, picks_of, read_lists
from recommendations.views.following import followed, is_following, read_shown, short_answer
from recommendations.views.frame import in_frame

# Stands in a kept page where each answer has a token of its own.
TOKEN_PLACE = "csrf-token-place"  # noqa: S105 - not a secret


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is on for this person, or for somebody who just came in."""
    viewer = viewer_of(request)
    curation_revision = read_curation_revision()
    basis = Basis.of(viewer=viewer, curation_revision=curation_revision)
    answer = short_answer(request, basis=basis)
    if answer is not None:
        return answer
    kept = load_front_page(viewer=viewer, freshness=basis.freshness)
    count_cache_read(cache="front_page", is_hit=kept is not None)
    if kept is not None and not is_following(request):
        return _whole_page(request, kept, viewer=viewer)
    page = front_page_for(viewer=viewer, curation_revision=curation_revision)
    if kept is None:
        kept = _render_front_page(request, page, viewer=viewer, basis=basis).encode()
        keep_front_page(kept, viewer=viewer, freshness=basis.freshness)
    if not is_following(request):
        return _whole_page(request, kept, viewer=viewer)
    change = describe_change(
        before=read_shown(request.GET), cards=page.own_cards, hero=page.hero, lists=page.lists
    )
    return followed(_with_token(kept, get_token(request)).decode(), change=change)


@require_safe
def picks(request: HttpRequest) -> HttpResponse:
    """Show everything that was picked for somebody who has said something, with its reasons."""
    viewer = viewer_of(request)
    curation_revision = read_curation_revision()
    basis = Basis.of(viewer=viewer, curation_revision=curation_revision)
    answer = short_answer(request, basis=basis)
    if answer is not None:
        return answer
    if isinstance(viewer, Guest) and viewer.is_unknown:
        return redirect_to_login(request.get_full_path())
    lists = read_lists(viewer=viewer, curation_revision=curation_revision)
    cards = picks_of(lists)
    context = {"cards": cards, "basis": basis}
    if not is_following(request):
        return render(request, "recommendations/picks.html", context)
    change = describe_change(before=read_shown(request.GET), cards=cards, hero=None, lists=lists)
    parts = render_to_string("includes/picks.html", context, request=request)
    return followed(parts, change=change)


def _whole_page(request: HttpRequest, kept: bytes, *, viewer: Viewer) -> HttpResponse:
    user = None if isinstance(viewer, Guest) else viewer
    token = get_token(request)
    page = _with_token(kept, token)
    return HttpResponse(in_frame(request, page, token=token, user=user))


def _with_token(kept: bytes, token: str) -> bytes:
    return kept.replace(TOKEN_PLACE.encode(), token.encode())


def _render_front_page(
    request: HttpRequest, page: FrontPage, *, viewer: Viewer, basis: Basis
) -> str:
    progress = rating_progress(rated=page.rating_count)
    shown = {
        "basis": basis,
        "hero": page.hero,
        "own_cards": page.own_cards,
        "rails": page.rails,
        "rating_count": page.rating_count,
        "is_guest": isinstance(viewer, Guest),
        "guest_poster": page.poster,
        "candidates": cards_of(page.to_rate, viewer=viewer),
        "progress": None if progress.is_done else progress,
        "csrf_token": TOKEN_PLACE,
    }
    return render_to_string("includes/front_page.html", shown, request=request)
