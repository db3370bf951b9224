"""What people do to a movie: rate it, keep it for later, dismiss it."""

from django.http import HttpResponse
from django.shortcuts import render

from movies.charts import format_stars
from movies.forms import read_stars, wants_on_list
from movies.models import Movie
from movies.services.lists import (
    add_to_watchlist,
    dismiss_movie,
    remove_from_watchlist,
    restore_movie,
)
from movies.services.ratings import rate_movie, remove_rating
from movies.services.standing import standing_of
from movies.views.replies import PersonRequest, done, person_action, title_of


@person_action
def rate(request: PersonRequest, movie_id: int) -> HttpResponse:
    stars = read_stars(request.POST)
    title = title_of(movie_id)
    if stars is None:
        revision = remove_rating(user=request.user, movie_id=movie_id)
        message = f"Your rating of {title} is cleared."
    else:
        revision = rate_movie(user=request.user, movie_id=movie_id, stars=stars).profile_revision
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


@person_action
def dismissal(request: PersonRequest, movie_id: int) -> HttpResponse:
    title = title_of(movie_id)
    if wants_on_list(request.POST):
        revision = dismiss_movie(user=request.user, movie_id=movie_id)
        message = f"{title} will not be suggested to you again."
    else:
        revision = restore_movie(user=request.user, movie_id=movie_id)
        message = f"{title} may be suggested to you again."
    return _list_reply(request, movie_id, message=message, revision=revision)


def _list_reply(
    request: PersonRequest, movie_id: int, *, message: str, revision: int
) -> HttpResponse:
    """Answer with both lists' states: putting a movie on one takes it off the other."""
    standing = standing_of(movie_id=movie_id, user=request.user)
    states: dict[str, object] = {
        "is_on_watchlist": standing.is_on_watchlist,
        "is_dismissed": standing.is_dismissed,
    }
    if request.htmx:
        movie = Movie.objects.only("title").get(pk=movie_id)
        return render(request, "includes/list_buttons.html", {"movie": movie, **states})
    return done(request, movie_id=movie_id, message=message, profile_revision=revision, **states)
