"""Pages that belong to no app: errors, and the choice of theme."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.errors import DATABASE_GONE, RETRY_AFTER_SECONDS
from config.limiter import RETRY_AFTER
from config.redirects import way_back

THEMES = ("light", "dark")
LIMITED_SECONDS = 60
STALE_FORM = "This page is too old to save from. Load it again, then try once more."
YEAR_SECONDS = 365 * 24 * 60 * 60


def chosen_theme(request: HttpRequest) -> str:
    """Return the theme that somebody chose; empty to follow the device."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie; anything else means to follow the device."""
    response = HttpResponseRedirect(way_back(request, fallback=reverse("home")))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme",
            theme,
            max_age=YEAR_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie("theme")
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Ask somebody to wait; allauth's pages call this when a limit is reached."""
    seconds = request.META.get(RETRY_AFTER, LIMITED_SECONDS)
    response = render(request, "429.html", {"retry_after": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old or came from elsewhere."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"detail": STALE_FORM}, status=403)
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 503 while PostgreSQL is out of reach, 500 for our own mistakes.

    The templates use neither the request nor the database.
    """
    if isinstance(sys.exception(), DATABASE_GONE):
        body = loader.render_to_string("503.html")
        return HttpResponse(body, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    return HttpResponse(loader.render_to_string("500.html"), status=500)
