import pytest
from django.db import transaction

from accounts.models import User
from movies.errors import AccountGoneError, MovieNotFoundError, StarsError
from movies.models import Dismissal, Rating, WatchlistEntry
from movies.services.lists import add_to_watchlist, dismiss_movie
from movies.services.ratings import rate_movie, remove_rating
from movies.signals import profile_changed
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_rating_is_saved_and_counts_one_revision():
    user, movie = make_user(), make_movie()

    outcome = rate_movie(user=user, movie_id=movie.pk, stars=4.5)

    assert outcome.is_new
    assert outcome.profile_revision == 1
    assert Rating.objects.get(user=user, movie=movie).stars == 4.5


def test_rating_twice_replaces_the_stars():
    user, movie = make_user(), make_movie()
    rate_movie(user=user, movie_id=movie.pk, stars=1)

    outcome = rate_movie(user=user, movie_id=movie.pk, stars=5)

    assert not outcome.is_new
    assert outcome.profile_revision == 2
    assert [rating.stars for rating in user.ratings.all()] == [5]


def test_the_same_stars_again_change_nothing():
    user, movie = make_user(), make_movie()
    first = rate_movie(user=user, movie_id=movie.pk, stars=3)

    again = rate_movie(user=user, movie_id=movie.pk, stars=3)

    assert again.profile_revision == first.profile_revision
    assert again.rating.rated_at == first.rating.rated_at


@pytest.mark.parametrize("stars", [0, 0.25, 5.5, 7, -1, float("nan"), float("inf")])
def test_other_numbers_of_stars_are_refused(stars):
    user, movie = make_user(), make_movie()

    with pytest.raises(StarsError, match=r"between 0\.5 and 5"):
        rate_movie(user=user, movie_id=movie.pk, stars=stars)

    assert not user.ratings.exists()


def test_unknown_and_hidden_movies_cannot_be_rated():
    user = make_user()
    hidden = make_movie(is_hidden=True)

    for movie_id in (hidden.pk, hidden.pk + 1):
        with pytest.raises(MovieNotFoundError):
            rate_movie(user=user, movie_id=movie_id, stars=3)


def test_rated_movie_leaves_watchlist_and_dismissals():
    user, wanted, unwanted = make_user(), make_movie(), make_movie()
    add_to_watchlist(user=user, movie_id=wanted.pk)
    dismiss_movie(user=user, movie_id=unwanted.pk)

    for movie in (wanted, unwanted):
        rate_movie(user=user, movie_id=movie.pk, stars=3)

    assert not WatchlistEntry.objects.exists()
    assert not Dismissal.objects.exists()


def test_removing_a_rating_counts_once():
    user, movie = make_user(), make_movie()
    rate_movie(user=user, movie_id=movie.pk, stars=2)

    assert remove_rating(user=user, movie_id=movie.pk) == 2
    assert remove_rating(user=user, movie_id=movie.pk) == 2
    assert not user.ratings.exists()


def test_a_first_rating_takes_three_statements(django_assert_num_queries):
    user, movie = make_user(), make_movie()

    with django_assert_num_queries(3 + 2):  # inside a savepoint
        outcome = rate_movie(user=user, movie_id=movie.pk, stars=2)

    assert vars(outcome.rating).keys() == vars(Rating.objects.get()).keys()
    assert outcome.rating == Rating.objects.get()


def test_somebody_who_is_gone_cannot_rate():
    user, movie = make_user(), make_movie()
    User.objects.filter(pk=user.pk).delete()

    with pytest.raises(AccountGoneError), transaction.atomic():
        rate_movie(user=user, movie_id=movie.pk, stars=2)

    assert not Rating.objects.exists()


def test_a_change_is_announced():
    user, movie = make_user(), make_movie()
    heard = []
    listener = lambda user_id, **_: heard.append(user_id)  # noqa: E731 - kept alive here
    profile_changed.connect(listener)

    rate_movie(user=user, movie_id=movie.pk, stars=2)
    rate_movie(user=user, movie_id=movie.pk, stars=2)

    profile_changed.disconnect(listener)
    assert heard == [user.pk]
