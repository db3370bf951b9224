"""What people do to a movie: rate it, keep it for later, dismiss it."""

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from accounts.requests import visitor
from movies.charts import format_stars
from movies.forms import read_stars, wants_on_list
from movies.models import Movie
from movies.services.guests import (
    clear_as_guest,
    dismiss_as_guest,
    rate_as_guest,
    restore_as_guest,
)
from movies.services.lists import (
    add_to_watchlist,
    dismiss_movie,
    remove_from_watchlist,
    restore_movie,
)
from movies.services.ratings import rate_movie, remove_rating
from movies.services.standing import standing_of
from movies.views.replies import (
    ActionRequest,
    PersonRequest,
    done,
    person_action,
    title_of,
    viewer_action,
)
from movies.views.viewers import viewer_of


@viewer_action
def rate(request: ActionRequest, movie_id: int) -> HttpResponse:
    stars = read_stars(request.POST)
    title = title_of(movie_id)
    if stars is None:
        revision = _clear(request, movie_id)
        message = f"Your rating of {title} is cleared."
    else:
        revision = _rate(request, movie_id, stars)
        message = f"You rated {title} {format_stars(stars)}."
    return done(request, movie_id=movie_id, message=message, stars=stars, profile_revision=revision)


@person_action
def watchlist(request: PersonRequest, movie_id: int) -> HttpResponse:
    title = title_of(movie_id)
    if wants_on_list(request.POST):
        revision = add_to_watchlist(user=request.user, movie_id=movie_id)
        message = f"{title} is on your watchlist."
    else:
        revision = remove_from_watchlist(user=request.user, movie_id=movie_id)
        message = f"{title} is off your watchlist."
    return _list_reply(request, movie_id, message=message, revision=revision)


@viewer_action
def dismissal(request: ActionRequest, movie_id: int) -> HttpResponse:
    title = title_of(movie_id)
    if wants_on_list(request.POST):
        revision = _dismiss(request, movie_id)
        message = f"{title} will not be suggested to you again."
    else:
        revision = _restore(request, movie_id)
        message = f"{title} may be suggested to you again."
    return _list_reply(request, movie_id, message=message, revision=revision)


# Each of these does one thing for a person, and for a guest, whose profile has no revision.


def _rate(request: ActionRequest, movie_id: int, stars: float) -> int | None:
    user = visitor(request)
    if user is None:
        rate_as_guest(visit=request.session, movie_id=movie_id, stars=stars)
        return None
    return rate_movie(user=user, movie_id=movie_id, stars=stars).profile_revision


def _clear(request: ActionRequest, movie_id: int) -> int | None:
    user = visitor(request)
    if user is None:
        clear_as_guest(visit=request.session, movie_id=movie_id)
        return None
    return remove_rating(user=user, movie_id=movie_id)


def _dismiss(request: ActionRequest, movie_id: int) -> int | None:
    user = visitor(request)
    if user is None:
        dismiss_as_guest(visit=request.session, movie_id=movie_id)
        return None
    return dismiss_movie(user=user, movie_id=movie_id)


def _restore(request: ActionRequest, movie_id: int) -> int | None:
    user = visitor(request)
    if user is None:
        restore_as_guest(visit=request.session, movie_id=movie_id)
        return None
    return restore_movie(user=user, movie_id=movie_id)


def _list_reply(
    request: ActionRequest, movie_id: int, *, message: str, revision: int | None
) -> HttpResponse:
    """Answer with both lists' states: putting a movie on one takes it off the other."""
    on = "0" if wants_on_list(request.POST) else "1"
    undo = {"url": request.path, "values": {"on": on}}
    standing = standing_of(movie_id=movie_id, viewer=viewer_of(request))
    states: dict[str, object] = {
        "is_on_watchlist": standing.is_on_watchlist,
        "is_dismissed": standing.is_dismissed,
    }
    if request.htmx:
        movie = Movie.objects.only("title").get(pk=movie_id)
        buttons = render(request, "includes/list_buttons.html", {"movie": movie, **states})
        return trigger_client_event(buttons, "marquee:toast", {"text": message, "undo": undo})
    return done(request, movie_id=movie_id, message=message, profile_revision=revision, **states)
