import pytest

from movies.models import Movie
from movies.services.naming import name_movies
from tests.factories import make_movie, make_rater, make_rating

pytestmark = pytest.mark.django_db


def test_a_movie_has_the_name_and_figures_of_its_row():
    heat = make_movie("Heat", year=1995, movielens_id=6, imdb_id=113277, tmdb_id=949)
    for stars in (3, 4.5, 5):
        make_rating(make_rater(), heat, stars)
    named = name_movies(movie_ids=[heat.pk])[heat.pk]
    row = Movie.objects.select_related("stats").get(pk=heat.pk)
    for name in ("pk", "title", "year", "movielens_id", "imdb_id", "tmdb_id", "imdb_code"):
        assert getattr(named, name) == getattr(row, name)
    assert (named.rating_count, named.mean) == (3, row.stats.mean)
    assert named.get_absolute_url() == row.get_absolute_url()


def test_without_ratings_there_is_no_mean():
    heat = make_movie("Heat")
    named = name_movies(movie_ids={heat.pk})[heat.pk]
    assert (named.rating_count, named.mean, named.imdb_code) == (0, None, "")


def test_hidden_and_deleted_movies_have_no_name():
    hidden, gone, heat = make_movie(is_hidden=True), make_movie(), make_movie("Heat")
    movie_ids = [hidden.pk, gone.pk, heat.pk]
    gone.delete()
    assert list(name_movies(movie_ids=movie_ids)) == [heat.pk]
    assert name_movies(movie_ids=[]) == {}
