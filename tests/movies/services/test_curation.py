import pytest
from django.contrib.admin.models import LogEntry

from movies.models import Movie
from movies.services.curation import (
    hide_movies,
    pin_movies,
    read_curation_revision,
    show_movies,
)
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db


def test_hiding_unpins_counts_and_is_logged():
    curator, movie = make_user(is_staff=True), make_movie()
    before = read_curation_revision()
    pin_movies(movie_ids=[movie.pk], by=curator)

    assert hide_movies(movie_ids=[movie.pk], by=curator) == 1

    movie.refresh_from_db()
    assert (movie.is_hidden, movie.pinned_at) == (True, None)
    assert read_curation_revision() == before + 2
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(messages) == ["Pinned.", "Hidden."]


def test_pinning_shows_a_hidden_movie():
    curator, movie = make_user(is_staff=True), make_movie(is_hidden=True)

    pin_movies(movie_ids=[movie.pk], by=curator)

    assert Movie.objects.visible().filter(pinned_at__isnull=False).get() == movie


def test_showing_nothing_says_so():
    assert show_movies(movie_ids=[], by=make_user(is_staff=True)) == 0
