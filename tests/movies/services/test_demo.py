from collections import Counter

import pytest
from psycopg import DataError

from accounts.models import User
from movies.errors import RealRatingsLoadedError
from movies.models import (
    AlternativeTitle,
    Credit,
    DataSet,
    Genre,
    Movie,
    MovieStats,
    Person,
    Rating,
    Tag,
    TagApplication,
)
from movies.services import demo
from movies.services.demo import load_demo_catalogue, remove_demo_people
from movies.services.ratings import rate_movie
from tests.factories import make_movie, make_user

pytestmark = pytest.mark.django_db
LOADED = (
    AlternativeTitle,
    Credit,
    DataSet,
    Genre,
    Movie,
    Person,
    Rating,
    Tag,
    TagApplication,
    User,
)


def row_counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in LOADED}


def test_loading_fills_the_catalogue():
    outcome = load_demo_catalogue()
    assert outcome.is_new
    assert outcome.data_set.is_simulated
    assert outcome.data_set.movie_count == Movie.objects.count() >= 220
    assert outcome.data_set.person_count == User.objects.count() == 300
    assert outcome.data_set.rating_count == Rating.objects.count() > 10_000
    assert TagApplication.objects.count() > 500


def test_loaded_film_has_all_its_facts():
    load_demo_catalogue()
    movie = Movie.objects.get(movielens_id=6016)
    assert (movie.title, movie.original_title, movie.year) == (
        "City of God",
        "Cidade de Deus",
        2002,
    )
    assert (movie.runtime_minutes, movie.language, movie.imdb_code) == (129, "pt", "tt0317248")
    assert "Crime" in [genre.name for genre in movie.genres.all()]
    directors = movie.credits.filter(role=Credit.Role.DIRECTOR)
    assert [credit.person.name for credit in directors] == ["Fernando Meirelles", "Kátia Lund"]
    assert movie.overview.startswith("A boy from a housing project")
    assert "gangs" in movie.keywords


def test_actor_in_two_films_is_one_person():
    load_demo_catalogue()
    names = Counter(Person.objects.values_list("name", flat=True))
    assert names.most_common(1)[0][1] == 1


def test_loading_again_changes_nothing():
    load_demo_catalogue()
    before = row_counts()
    movie = Movie.objects.get(movielens_id=6016)
    movie.delete()
    assert not load_demo_catalogue().is_new
    assert Movie.objects.count() == before["Movie"] - 1


def test_figures_count_the_simulated_ratings():
    load_demo_catalogue()
    counts = MovieStats.objects.values_list("rating_count", flat=True)
    assert sum(counts) == Rating.objects.count()
    stats = MovieStats.objects.order_by("-rating_count").first()
    assert stats.rating_count == Rating.objects.filter(movie=stats.movie_id).count()


def test_simulated_people_are_labelled_and_cannot_sign_in():
    load_demo_catalogue()
    person = User.objects.get(data_set="demo", data_set_user_id=17)
    assert person.display_name == "Simulated viewer 17"
    assert person.is_simulated
    assert not person.has_usable_password()
    assert person.email is None


def test_film_that_is_there_already_stays_as_it_is():
    movie = make_movie("City of God, restored", movielens_id=6016)
    load_demo_catalogue()
    movie.refresh_from_db()
    assert movie.title == "City of God, restored"
    assert Movie.objects.filter(movielens_id=6016).count() == 1
    assert movie.stats.rating_count > 0


def test_failure_half_way_leaves_nothing(monkeypatch):
    before = row_counts()
    monkeypatch.setattr(demo, "COPY_RATINGS", "COPY movies_rating (user_id) FROM STDIN")
    with pytest.raises(DataError):
        load_demo_catalogue()
    assert row_counts() == before


def test_demo_does_not_mix_with_a_real_set():
    DataSet.objects.create(slug="ml-1m", title="MovieLens 1M")
    with pytest.raises(RealRatingsLoadedError):
        load_demo_catalogue()
    assert not User.objects.exists()


def test_removing_the_people_keeps_the_films_and_everybody_else():
    load_demo_catalogue()
    films = Movie.objects.count()
    friend = make_user("Friend")
    movie = Movie.objects.get(movielens_id=6016)
    rate_movie(user=friend, movie_id=movie.pk, stars=4.5)

    assert remove_demo_people() == 300
    assert Movie.objects.count() == films
    assert list(User.objects.all()) == [friend]
    assert Rating.objects.get().user == friend
    assert not DataSet.objects.exists()
    movie.stats.refresh_from_db()
    assert (movie.stats.rating_count, movie.stats.mean) == (1, 4.5)


def test_removing_the_people_keeps_tags_that_others_use_or_curators_hid():
    load_demo_catalogue()
    movie = Movie.objects.first()
    used = Tag.objects.get(slug="noir")
    TagApplication.objects.create(tag=used, user=make_user(), movie=movie)
    hidden = Tag.objects.get(slug="family")
    Tag.objects.filter(pk=hidden.pk).update(is_hidden=True)
    remove_demo_people()
    assert set(Tag.objects.all()) == {used, hidden}


def test_removing_people_who_are_not_there_is_no_error():
    assert remove_demo_people() == 0


def test_demo_can_come_back_after_it_was_removed():
    load_demo_catalogue()
    before = row_counts()
    remove_demo_people()
    assert load_demo_catalogue().is_new
    assert row_counts() == before
