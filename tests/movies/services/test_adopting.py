from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from movies.guests import Guest, GuestRating
from movies.models import Dismissal, Event, WatchlistEntry
from movies.services.adopting import Adopted, adopt_guest
from movies.services.lists import add_to_watchlist, dismiss_movie
from tests.factories import make_movie, make_rating, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def guest(*, rated=(), dismissed=()) -> Guest:
    return Guest(
        ratings={movie.pk: GuestRating(int(stars * 2), time) for movie, stars, time in rated},
        dismissals={movie.pk: time for movie, time in dismissed},
    )


def said(user) -> dict[int, tuple[float, object]]:
    return {rating.movie_id: (rating.stars, rating.rated_at) for rating in user.ratings.all()}


def test_an_account_gets_everything_with_its_time_as_one_change():
    user, heat, alien, up = make_user(), make_movie(), make_movie(), make_movie()
    visitor = guest(rated=[(heat, 4.5, EARLIER), (alien, 1, NOW)], dismissed=[(up, EARLIER)])

    assert adopt_guest(user=user, guest=visitor) == Adopted(ratings=2, dismissals=1)

    assert said(user) == {heat.pk: (4.5, EARLIER), alien.pk: (1, NOW)}
    assert user.dismissals.get().dismissed_at == EARLIER
    event = user.events.get()
    assert (event.movie_id, event.kind, event.occurred_at) == (
        up.pk,
        Event.Kind.DISMISSED,
        EARLIER,
    )
    assert User.objects.get(pk=user.pk).profile_revision == 1


def test_figures_of_the_movies_follow():
    user, heat = make_user(), make_movie()
    adopt_guest(user=user, guest=guest(rated=[(heat, 4, NOW)]))
    heat.stats.refresh_from_db()

    assert (heat.stats.rating_count, heat.stats.mean) == (1, 4)


def test_what_was_said_last_counts():
    user, heat, alien = make_user(), make_movie(), make_movie()
    make_rating(user, heat, 2, rated_at=NOW)
    make_rating(user, alien, 2, rated_at=NOW)
    visitor = guest(rated=[(heat, 5, EARLIER), (alien, 5, LATER)])

    assert adopt_guest(user=user, guest=visitor).ratings == 1

    assert said(user) == {heat.pk: (2, NOW), alien.pk: (5, LATER)}


def test_doing_it_twice_is_doing_it_once():
    user, heat, up = make_user(), make_movie(), make_movie()
    visitor = guest(rated=[(heat, 4, NOW)], dismissed=[(up, NOW)])
    adopt_guest(user=user, guest=visitor)

    assert adopt_guest(user=user, guest=visitor) == Adopted()

    assert (user.ratings.count(), user.dismissals.count(), user.events.count()) == (1, 1, 1)
    assert User.objects.get(pk=user.pk).profile_revision == 1


def test_a_rating_takes_the_movie_off_lists_it_was_on_before():
    user, heat, alien = make_user(), make_movie(), make_movie()
    WatchlistEntry.objects.create(user=user, movie=heat, added_at=EARLIER)
    Dismissal.objects.create(user=user, movie=alien, dismissed_at=LATER)

    adopt_guest(user=user, guest=guest(rated=[(heat, 4, NOW), (alien, 4, NOW)]))

    assert not user.watchlist.exists()
    assert user.dismissals.exists()


def test_a_dismissal_gives_way_to_what_was_said_after_it():
    user, rated, listed, neither = make_user(), make_movie(), make_movie(), make_movie()
    make_rating(user, rated, 4)
    add_to_watchlist(user=user, movie_id=listed.pk)
    movies = (rated, listed, neither)

    adopt_guest(user=user, guest=guest(dismissed=[(movie, EARLIER) for movie in movies]))

    assert [each.movie_id for each in user.dismissals.all()] == [neither.pk]
    assert user.watchlist.exists()


def test_a_later_dismissal_takes_the_movie_off_the_watchlist():
    user, heat, up = make_user(), make_movie(), make_movie()
    add_to_watchlist(user=user, movie_id=heat.pk)
    dismiss_movie(user=user, movie_id=up.pk)

    adopted = adopt_guest(user=user, guest=guest(dismissed=[(heat, LATER), (up, LATER)]))

    assert adopted == Adopted(dismissals=1)
    assert not user.watchlist.exists()


def test_hidden_and_vanished_movies_are_left_out():
    user, hidden, gone = make_user(), make_movie(is_hidden=True), make_movie()
    visitor = guest(rated=[(hidden, 4, NOW), (gone, 4, NOW)])
    gone.delete()

    assert adopt_guest(user=user, guest=visitor) == Adopted()
    assert User.objects.get(pk=user.pk).profile_revision == 0


def test_twenty_movies_cost_the_queries_of_two():
    movies = [make_movie() for _ in range(22)]
    few = guest(rated=[(movies[0], 4, NOW)], dismissed=[(movies[1], NOW)])
    many = guest(
        rated=[(movie, 4, NOW) for movie in movies[2:12]],
        dismissed=[(movie, NOW) for movie in movies[12:]],
    )

    assert count_queries(few) == count_queries(many)


def count_queries(visitor: Guest) -> int:
    user = make_user()
    with CaptureQueriesContext(connection) as queries:
        adopt_guest(user=user, guest=visitor)
    return len(queries)
