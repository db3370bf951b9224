from datetime import UTC, datetime

import pytest

from accounts.models import User
from movies.models import (
    AlternativeTitle,
    DataSet,
    Genre,
    Movie,
    Rating,
    Tag,
    TagApplication,
)
from tests.factories import make_movie
from tests.movies.importers.tiny_sets import (
    load,
    write_csv_set,
    write_dat_set,
    write_old_set,
    zip_set,
)

pytestmark = pytest.mark.django_db


class TestCsvLayout:
    def test_movies_come_with_titles_years_ids_and_genres(self, tmp_path):
        load(write_csv_set(tmp_path))

        movie = Movie.objects.get(movielens_id=1)
        assert (movie.title, movie.year) == ("The Lighthouse", 1995)
        assert (movie.imdb_id, movie.tmdb_id) == (900001, 11)
        assert [genre.name for genre in movie.genres.all()] == ["Drama", "Mystery"]
        assert not Movie.objects.get(movielens_id=4).genres.exists()

    def test_other_titles_come_too(self, tmp_path):
        load(write_csv_set(tmp_path))

        foreign = Movie.objects.get(movielens_id=2)
        assert foreign.original_title == "La Ville des parapluies égarés"
        names = AlternativeTitle.objects.values_list("movie__title", "title")
        assert ("Nine", "N1ne") in names
        assert ("The Town of Lost Umbrellas", "La Ville des parapluies égarés") in names

    def test_ratings_keep_stars_times_and_the_order_of_the_file(self, tmp_path):
        load(write_csv_set(tmp_path))

        ratings = Rating.objects.filter(user__data_set_user_id=1).order_by("rated_at", "pk")
        assert [(row.movie.movielens_id, row.half_stars) for row in ratings] == [
            (1, 9),
            (3, 6),
            (2, 1),
        ]
        assert ratings[0].rated_at == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)

    def test_figures_of_a_movie_are_right(self, tmp_path):
        load(write_csv_set(tmp_path))

        stats = Movie.objects.get(movielens_id=1).stats
        assert (stats.rating_count, stats.mean) == (2, 4.75)

    def test_raters_cannot_sign_in(self, tmp_path):
        load(write_csv_set(tmp_path))

        rater = User.objects.get(data_set="ml-tiny", data_set_user_id=2)
        assert (rater.handle, rater.display_name) == ("ml-tiny-2", "ml-tiny viewer 2")
        assert rater.email is None
        assert not rater.has_usable_password()

    def test_tags_that_differ_in_case_are_one(self, tmp_path):
        load(write_csv_set(tmp_path))

        assert list(Tag.objects.order_by("pk").values_list("name", "slug")) == [
            ("sea", "sea"),
            ("rain, mostly", "rain, mostly"),
        ]
        assert Tag.objects.get(slug="sea").applications.count() == 2
        assert TagApplication.objects.get(tag__name="rain, mostly").user.data_set_user_id == 3

    def test_the_data_set_is_noted_with_its_counts(self, tmp_path):
        load(write_csv_set(tmp_path))

        data_set = DataSet.objects.get(slug="ml-tiny")
        counts = (data_set.movie_count, data_set.person_count, data_set.rating_count)
        assert counts == (4, 3, 5)
        assert "Harper" in data_set.attribution
        assert not data_set.is_simulated

    def test_a_zip_file_gives_the_same(self, tmp_path):
        summary = load(zip_set(write_csv_set(tmp_path), tmp_path / "any-name.zip"))

        assert (summary.data_set, summary.movies, summary.ratings) == ("ml-tiny", 4, 5)


class TestDatLayout:
    def test_people_come_with_demographics(self, tmp_path):
        load(write_dat_set(tmp_path))

        rater = User.objects.get(data_set="ml-1m", data_set_user_id=2)
        assert (rater.gender, rater.age_band, rater.occupation) == ("M", 56, 16)
        assert rater.display_name == "MovieLens 1M viewer 2"

    def test_latin_letters_and_old_genre_names_are_read(self, tmp_path):
        load(write_dat_set(tmp_path))

        assert Movie.objects.get(movielens_id=5).original_title == "L'Élan"
        assert set(Genre.objects.values_list("name", flat=True)) == {"Drama", "Children", "Comedy"}

    def test_user_one_of_two_sets_is_two_people(self, tmp_path):
        load(write_csv_set(tmp_path))
        load(write_dat_set(tmp_path))

        assert User.objects.filter(data_set_user_id=1).count() == 2
        assert Movie.objects.get(movielens_id=1).stats.rating_count == 4
        assert DataSet.objects.count() == 2


class TestOldLayout:
    def test_its_numbers_are_never_taken_for_movielens_ids(self, tmp_path):
        load(write_csv_set(tmp_path))
        load(write_old_set(tmp_path))

        assert Movie.objects.get(movielens_id=1).stats.rating_count == 2
        assert Movie.objects.get(movielens_id=3).stats.rating_count == 2

    def test_movies_are_found_by_any_of_their_titles(self, tmp_path):
        load(write_csv_set(tmp_path))
        load(write_old_set(tmp_path))

        assert Movie.objects.get(movielens_id=2).stats.rating_count == 2

    def test_a_film_that_stands_there_twice_is_one_movie(self, tmp_path):
        summary = load(write_old_set(tmp_path))

        movie = Movie.objects.get(title="The Hermit's Café")
        assert movie.movielens_id is None
        assert movie.ratings.get().half_stars == 2
        assert "rated again on line 4" in summary.rejects_path.read_text()

    def test_the_set_with_the_ids_claims_its_movies_later(self, tmp_path):
        load(write_old_set(tmp_path))
        load(write_csv_set(tmp_path))

        assert Movie.objects.filter(title="Nine").count() == 1
        assert Movie.objects.get(movielens_id=3).stats.rating_count == 2

    def test_ages_and_occupations_are_put_into_the_codes_of_1m(self, tmp_path):
        load(write_old_set(tmp_path))

        codes = User.objects.order_by("data_set_user_id").values_list("age_band", "occupation")
        assert list(codes) == [(18, 17), (1, 10)]

    @pytest.mark.parametrize(
        ("catalogue_title", "year", "is_same"),
        [
            ("The Hermit's Cafe", 1991, True),
            ("The Hermit's Café", 1992, False),
            ("Tales: Episode 2 - The Hermit's Café", 1990, True),
            ("Tales: Episode 2 - The Hermit's Café", 1991, False),
            ("The Hermit", 1990, False),
        ],
    )
    def test_a_title_or_a_year_may_be_written_a_little_differently(
        self, tmp_path, catalogue_title, year, is_same
    ):
        known = make_movie(catalogue_title, year=year, movielens_id=77)

        load(write_old_set(tmp_path))

        assert known.ratings.exists() == is_same

    def test_of_two_movies_that_come_near_none_is_taken(self, tmp_path):
        for year in (1989, 1991):
            make_movie("The Hermit's Café", year=year)

        load(write_old_set(tmp_path))

        assert Movie.objects.filter(title="The Hermit's Café").count() == 3
