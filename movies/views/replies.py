"""How an action answers: JSON to scripts, a message and the way back to plain forms."""

import math
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from accounts.sessions import SessionStore
from config.client import limited_address
from config.limiter import Limit, limiter
from config.redirects import way_back
from movies.errors import MovieNotFoundError, MoviesError
from movies.models import Movie

GONE = "This film is no longer in the catalogue. Nothing was changed."
HASTY = "That was a lot in a short while. Please wait a moment."
# Each visit is a row in the database. A household or a class may begin many at once.
NEW_VISITS = Limit(per_second=0.5, burst=100)
STRANGER = "Sign in first, then you can keep a watchlist."


class ActionRequest(HttpRequest):
    """A request that changes what its sender has said."""

    htmx: HtmxDetails
    session: SessionStore


class PersonRequest(ActionRequest):
    """Such a request of somebody who has signed in."""

    user: User


ActionView = Callable[[ActionRequest, int], HttpResponse]
PersonView = Callable[[PersonRequest, int], HttpResponse]
PlainView = Callable[[HttpRequest, int], HttpResponse]


def viewer_action(view: ActionView) -> PlainView:
    """Answer hasty guests and domain errors, so that the view holds the good case only."""

    @require_POST
    @wraps(view)
    def answer(request: HttpRequest, movie_id: int) -> HttpResponse:
        wait = 0.0 if request.user.is_authenticated else _seconds_to_wait(request)
        if wait:
            return _ask_to_wait(request, seconds=math.ceil(wait))
        try:
            return view(cast("ActionRequest", request), movie_id)
        except MovieNotFoundError:
            return _refuse(request, message=GONE, status=HTTPStatus.NOT_FOUND)
        except MoviesError as error:
            return _refuse(request, message=str(error), status=HTTPStatus.BAD_REQUEST)

    return answer


def person_action(view: PersonView) -> PlainView:
    """The same, and send guests to sign in."""

    @viewer_action
    @wraps(view)
    def answer(request: ActionRequest, movie_id: int) -> HttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request, movie_id=movie_id)
        return view(cast("PersonRequest", request), movie_id)

    return answer


def _seconds_to_wait(request: HttpRequest) -> float:
    """Count what a guest does by their address, and more strictly what begins a new visit."""
    address = limited_address(request)
    often = Limit(settings.API_ANONYMOUS_PER_SECOND, settings.API_ANONYMOUS_BURST)
    verdict = limiter().take(key=f"guest-actions:{address}", limit=often)
    if verdict.is_allowed and request.session.is_empty():
        verdict = limiter().take(key=f"guest-visits:{address}", limit=NEW_VISITS)
    return verdict.retry_after


def _ask_to_wait(request: HttpRequest, *, seconds: int) -> HttpResponse:
    response = _refuse(request, message=HASTY, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    return response


def done(request: HttpRequest, *, movie_id: int, message: str, **values: object) -> HttpResponse:
    """Tell what was done."""
    if _wants_json(request):
        return JsonResponse({"movie_id": movie_id, **values, "message": message})
    messages.success(request, message)
    return HttpResponseRedirect(way_back(request, fallback=_movie_url(movie_id)))


def _refuse(request: HttpRequest, *, message: str, status: HTTPStatus) -> HttpResponse:
    """Tell what was wrong. Plain forms go back to their page, where nothing has changed."""
    if _wants_json(request):
        return JsonResponse({"detail": message}, status=status)
    messages.error(request, message)
    url = way_back(request, fallback=reverse("movies:browse"))
    return HttpResponseClientRedirect(url) if _is_htmx(request) else HttpResponseRedirect(url)


def _ask_to_sign_in(request: HttpRequest, *, movie_id: int) -> HttpResponse:
    """Send a stranger to sign in, and from there back to the page of the form."""
    back = way_back(request, fallback=_movie_url(movie_id))
    url = f"{reverse('account_login')}?{urlencode({'next': back})}"
    if _wants_json(request):
        body = {"detail": STRANGER, "sign_in_url": url}
        return JsonResponse(body, status=HTTPStatus.UNAUTHORIZED)
    messages.info(request, STRANGER)
    return HttpResponseClientRedirect(url) if _is_htmx(request) else HttpResponseRedirect(url)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _is_htmx(request: HttpRequest) -> bool:
    return bool(cast("PersonRequest", request).htmx)


def _movie_url(movie_id: int) -> str:
    return reverse("movies:detail", args=[movie_id])


def title_of(movie_id: int) -> str:
    """Return the title for a message, of a hidden movie too; raise MovieNotFoundError."""
    title = Movie.objects.filter(pk=movie_id).values_list("title", flat=True).first()
    if title is None:
        raise MovieNotFoundError(movie_id)
    return title
