import pytest
from django.db import IntegrityError

from movies.models import Event
from movies.services.events import record_view
from movies.services.lists import add_to_watchlist, dismiss_movie
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_events_cannot_be_changed():
    user, movie = make_user(), make_movie()
    record_view(user=user, movie_id=movie.pk)

    with pytest.raises(IntegrityError, match="only ever added"):
        Event.objects.update(kind=Event.Kind.DISMISSED)


def test_listing_and_dismissing_leave_events():
    user, movie = make_user(), make_movie()

    add_to_watchlist(user=user, movie_id=movie.pk)
    dismiss_movie(user=user, movie_id=movie.pk)

    kinds = user.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Event.Kind.WATCHLISTED, Event.Kind.DISMISSED]


def test_looking_twice_in_one_visit_counts_once():
    user, movie = make_user(), make_movie()

    for _ in range(2):
        record_view(user=user, movie_id=movie.pk)

    assert user.events.count() == 1
