"""How an open page follows: it sends what it shows, and gets what has changed, or nothing."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRefresh

from movies.cards import Reason
from movies.forms import LONGEST_NUMBER
from recommendations.services.following import MOST_SHOWN, Basis, Shown


def is_following(request: HttpRequest) -> bool:
    """Tell whether the request comes from a page that is open already."""
    return bool(request.htmx) and "token" in request.GET  # type: ignore[attr-defined]


def short_answer(request: HttpRequest, *, basis: Basis) -> HttpResponse | None:
    """Answer an open page that shows what is true, or that belongs to somebody else by now.

    None where the page has to be made anew.
    """
    if not is_following(request):
        return None
    token = request.GET["token"]
    if token == basis.token:
        return not_kept(HttpResponse(status=HTTPStatus.NO_CONTENT))
    # Somebody signed in or out in another tab: the whole page is another one.
    is_theirs = token.rpartition(".")[0] == basis.whose
    return None if is_theirs else not_kept(HttpResponseClientRefresh())


def read_shown(query: QueryDict) -> Shown:
    """Return the movies that an open page says it shows; what is no number is left out."""
    movie_ids = [_number(word) for word in query.get("movies", "").split(" ", MOST_SHOWN)]
    known = tuple(movie_id for movie_id in movie_ids[:MOST_SHOWN] if movie_id)
    return Shown(known, _number(query.get("hero", "")))


def followed(parts: str, *, change: Reason | None = None) -> HttpResponse:
    """Answer with the page's parts, and the sentence that says what changed in them."""
    said = render_to_string("includes/page_change.html", {"change": change}) if change else ""
    return not_kept(HttpResponse(said + parts))


def not_kept(response: HttpResponse) -> HttpResponse:
    """Keep an answer to an open page out of every cache."""
    patch_cache_control(response, no_store=True)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _number(word: str) -> int | None:
    is_number = word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER
    return int(word) if is_number else None
