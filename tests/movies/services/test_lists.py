import pytest

from movies.errors import MovieNotFoundError
from movies.services.lists import (
    add_to_watchlist,
    dismiss_movie,
    remove_from_watchlist,
    restore_movie,
)
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_watchlist_takes_a_movie_once():
    user, movie = make_user(), make_movie()

    revisions = [add_to_watchlist(user=user, movie_id=movie.pk) for _ in range(2)]

    assert revisions == [1, 1]
    assert user.watchlist.count() == 1


def test_dismissed_movie_leaves_the_watchlist_and_back():
    user, movie = make_user(), make_movie()
    add_to_watchlist(user=user, movie_id=movie.pk)

    dismiss_movie(user=user, movie_id=movie.pk)
    assert (user.watchlist.count(), user.dismissals.count()) == (0, 1)

    add_to_watchlist(user=user, movie_id=movie.pk)
    assert (user.watchlist.count(), user.dismissals.count()) == (1, 0)


def test_removing_what_is_not_there_changes_nothing():
    user, movie = make_user(), make_movie()

    assert remove_from_watchlist(user=user, movie_id=movie.pk) == 0
    assert restore_movie(user=user, movie_id=movie.pk) == 0


def test_a_movie_that_is_gone_cannot_be_listed():
    with pytest.raises(MovieNotFoundError, match="no movie 1"):
        dismiss_movie(user=make_user(), movie_id=1)
