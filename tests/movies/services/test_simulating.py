"""A site that is made up."""

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from movies.errors import CatalogueNotEmptyError
from movies.models import Credit, DataSet, Movie, MovieStats, Rating
from movies.services import data_sets
from movies.services.search import search_movies
from movies.services.simulating import simulate_site
from movies.simulation import Plan
from recommendations.services.dataset import read_interactions
from tests.factories import make_movie

pytestmark = pytest.mark.django_db
PLAN = Plan(users=300, movies=200, ratings=5_000, seed=1)


def schema() -> list[tuple[str, ...]]:
    """Return the keys, indexes and enabled triggers of the table of ratings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'movies_rating'::regclass UNION ALL "
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = 'movies_rating'::regclass UNION ALL "
            "SELECT tgname, tgenabled::text FROM pg_trigger "
            "WHERE tgrelid = 'movies_rating'::regclass AND NOT tgisinternal ORDER BY 1, 2"
        )
        return cursor.fetchall()


def test_everything_is_there_afterwards():
    before = schema()
    summary = simulate_site(plan=PLAN)
    assert (summary.people, summary.movies, summary.ratings) == (300, 200, 5_000)
    assert Rating.objects.count() == 5_000
    assert User.objects.filter(data_set="simulated").count() == 300
    assert Credit.objects.count() == 4 * 200
    assert DataSet.objects.get().rating_count == 5_000
    assert schema() == before


def test_figures_are_those_of_the_ratings():
    simulate_site(plan=PLAN)
    movie = Movie.objects.most_rated_first()[0]
    own = list(movie.ratings.values_list("half_stars", flat=True))
    stats = MovieStats.objects.get(movie=movie)
    assert stats.rating_count == len(own)
    assert stats.half_star_total == sum(own)
    assert stats.histogram == np.bincount(own, minlength=11)[1:].tolist()


def test_a_later_rating_counts_and_one_too_many_is_refused():
    simulate_site(plan=PLAN)
    rating = Rating.objects.first()
    before = MovieStats.objects.get(movie=rating.movie_id).rating_count
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(user=rating.user, movie=rating.movie, half_stars=3)
    rating.delete()
    assert MovieStats.objects.get(movie=rating.movie_id).rating_count == before - 1


def test_search_finds_a_made_up_movie():
    simulate_site(plan=PLAN)
    movie = Movie.objects.first()
    found = search_movies(query=movie.title)
    assert movie.pk in found.movie_ids


def test_models_read_what_was_made_up():
    simulate_site(plan=PLAN)
    interactions = read_interactions()
    assert (interactions.n_ratings, interactions.n_items) == (5_000, 200)
    newest = max(Rating.objects.values_list("rated_at", flat=True))
    assert interactions.newest_timestamp == int(newest.timestamp())


def test_a_catalogue_that_is_not_empty_is_left_alone_unless_asked():
    movie = make_movie()
    with pytest.raises(CatalogueNotEmptyError):
        simulate_site(plan=PLAN)
    assert list(Movie.objects.all()) == [movie]
    simulate_site(plan=PLAN, is_beside=True)
    simulate_site(plan=PLAN, is_beside=True)
    assert (Movie.objects.count(), DataSet.objects.count()) == (401, 2)


def test_a_dry_run_leaves_nothing():
    before = schema()
    simulate_site(plan=PLAN, is_dry_run=True)
    assert not Movie.objects.exists()
    assert not Rating.objects.exists()
    assert schema() == before


def test_every_page_says_that_it_is_made_up(client, monkeypatch):
    simulate_site(plan=PLAN)
    monkeypatch.setattr(data_sets, "KEEP_SECONDS", 0.0)
    assert "Films, people and ratings are made up." in client.get("/movies/").content.decode()
