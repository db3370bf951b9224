import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.errors import ImportBusyError
from movies.models import (
    AlternativeTitle,
    DataSet,
    Event,
    Genre,
    Movie,
    MovieStats,
    Rating,
    Tag,
    TagApplication,
    WatchlistEntry,
)
from movies.services import importing
from movies.services.demo import load_demo_catalogue
from movies.services.importing import IMPORT_LOCK, import_movielens
from movies.services.lists import add_to_watchlist
from movies.services.ratings import rate_movie
from tests.factories import make_movie, make_user
from tests.movies.importers.real_data import LATEST_SMALL, OLD_100K, needs
from tests.movies.importers.tiny_sets import (
    load,
    write_csv_set,
    write_dat_set,
    write_old_set,
)

pytestmark = pytest.mark.django_db
EVERYTHING = (
    AlternativeTitle,
    DataSet,
    Genre,
    Movie,
    Movie.genres.through,
    MovieStats,
    Rating,
    Tag,
    TagApplication,
    User,
)


def every_row():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


@pytest.fixture
def rejects(tmp_path):
    return tmp_path / "rejects.csv"


class TestAgain:
    @pytest.mark.parametrize("write", [write_csv_set, write_dat_set, write_old_set])
    def test_the_same_again_changes_nothing(self, tmp_path, write):
        path = write(tmp_path)
        load(path)
        before = every_row()

        load(path)

        assert every_row() == before

    def test_sets_in_any_order_change_nothing_again(self, tmp_path):
        paths = [write_old_set(tmp_path), write_csv_set(tmp_path), write_dat_set(tmp_path)]
        for path in paths:
            load(path)
        before = every_row()

        for path in reversed(paths):
            load(path)

        assert every_row() == before

    def test_what_curators_wrote_stays(self, tmp_path):
        path = write_csv_set(tmp_path)
        load(path)
        Movie.objects.filter(movielens_id=1).update(title="The Old Lighthouse", year=1994)
        Movie.objects.get(movielens_id=1).genres.set([Genre.objects.get(name="Crime")])

        load(path)

        movie = Movie.objects.get(movielens_id=1)
        assert (movie.title, movie.year) == ("The Old Lighthouse", 1994)
        assert [genre.name for genre in movie.genres.all()] == ["Crime"]

    def test_a_changed_rating_replaces_the_former_one(self, tmp_path):
        load(write_csv_set(tmp_path))
        changed = "userId,movieId,rating,timestamp\n1,1,2.0,1300000000\n"

        summary = load(write_csv_set(tmp_path, ratings=changed))

        assert (summary.ratings_added, summary.ratings_changed) == (0, 1)
        rating = Rating.objects.get(user__data_set_user_id=1, movie__movielens_id=1)
        assert (rating.half_stars, rating.rated_at.year) == (4, 2011)
        assert rating.user.profile_revision == 1

    def test_a_dry_run_keeps_nothing(self, tmp_path):
        before = every_row()

        summary = load(write_csv_set(tmp_path), is_dry_run=True)

        assert summary.ratings_added == 5
        assert every_row() == before


class TestDemo:
    def test_simulated_people_go_and_films_stay(self, tmp_path):
        load_demo_catalogue()
        films = Movie.objects.count()

        summary = load(write_csv_set(tmp_path))

        assert summary.demo_people_removed == 300
        assert not User.objects.filter(data_set="demo").exists()
        assert Movie.objects.count() > films

    def test_what_people_did_with_a_film_stays(self, tmp_path):
        film = make_movie("The Lighthouse", year=1995)
        viewer = make_user()
        rate_movie(user=viewer, movie_id=film.pk, stars=4)
        add_to_watchlist(user=viewer, movie_id=film.pk)

        load(write_csv_set(tmp_path))

        film.refresh_from_db()
        assert film.movielens_id == 1
        assert film.ratings.count() == 3
        assert WatchlistEntry.objects.filter(user=viewer, movie=film).exists()
        assert Event.objects.filter(user=viewer, movie=film).exists()

    def test_one_film_is_claimed_once(self, tmp_path):
        film = make_movie("Twins", year=2000)
        movies = (
            "movieId,title,genres\n7,Twins (2000),Drama\n8,Twins (2000),Drama\n1,A (1990),War\n"
        )

        load(write_csv_set(tmp_path, movies=movies))

        film.refresh_from_db()
        assert film.movielens_id == 7
        assert Movie.objects.get(movielens_id=8).title == "Twins"

    def test_a_person_who_took_a_raters_handle_keeps_it(self, tmp_path):
        viewer = make_user()
        User.objects.filter(pk=viewer.pk).update(handle="ml-tiny-1")

        load(write_csv_set(tmp_path))

        assert User.objects.get(data_set_user_id=1).handle == "ml-tiny-rater-1"


class TestAlone:
    def test_two_imports_at_once_are_refused(self, tmp_path):
        before = every_row()
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])

            with pytest.raises(ImportBusyError, match="Another import is running"):
                load(write_csv_set(tmp_path))

        assert every_row() == before

    @pytest.mark.parametrize(
        "step", ["stage_data_set", "merge_movies", "merge_people", "merge_tags", "merge_ratings"]
    )
    def test_an_error_on_the_way_leaves_the_old_state(self, tmp_path, monkeypatch, step):
        before = every_row()
        real = getattr(importing, step)

        def fail_after(*arguments, **options):
            real(*arguments, **options)
            raise KeyboardInterrupt

        monkeypatch.setattr(importing, step, fail_after)
        with pytest.raises(KeyboardInterrupt):
            load(write_csv_set(tmp_path, tags="userId,movieId,tag,timestamp\n1,x,sea,1\n"))

        assert every_row() == before
        assert not (tmp_path / "rejects.csv").exists()


class TestLargeLoad:
    @pytest.fixture(autouse=True)
    def everything_is_large(self, monkeypatch):
        monkeypatch.setattr("movies.importers.bulk.LARGE_LOAD", 1)

    def keys(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
                "WHERE conrelid = 'movies_rating'::regclass ORDER BY conname"
            )
            return cursor.fetchall()

    def test_foreign_keys_are_there_again_afterwards(self, tmp_path):
        before = self.keys()

        with CaptureQueriesContext(connection) as queries:
            load(write_csv_set(tmp_path))

        assert any("DROP CONSTRAINT" in query["sql"] for query in queries)
        assert self.keys() == before
        assert Rating.objects.count() == 5

    def test_an_error_on_the_way_leaves_them_too(self, tmp_path, monkeypatch):
        before = self.keys()

        def fail(*arguments, **options):
            raise KeyboardInterrupt

        monkeypatch.setattr(importing, "merge_ratings", fail)
        with pytest.raises(KeyboardInterrupt):
            load(write_csv_set(tmp_path))

        assert self.keys() == before

    def test_opposite_changes_of_a_movie_are_counted(self, tmp_path):
        header = "userId,movieId,rating,timestamp\n"
        load(write_csv_set(tmp_path, ratings=f"{header}1,1,3.0,964982703\n2,1,3.0,964982703\n"))
        load(write_csv_set(tmp_path, ratings=f"{header}1,1,2.0,964982704\n2,1,4.0,964982704\n"))

        (movie,) = Movie.objects.filter(ratings__isnull=False).distinct()
        assert movie.stats.rating_count == 2
        assert movie.stats.histogram == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0]

    def test_a_site_where_people_rate_is_not_locked(self, tmp_path, monkeypatch):
        monkeypatch.setattr("movies.importers.bulk.FEW_OWN_RATINGS", 1)
        rate_movie(user=make_user(), movie_id=make_movie().pk, stars=4)

        with CaptureQueriesContext(connection) as queries:
            load(write_csv_set(tmp_path))

        assert not any("DROP CONSTRAINT" in query["sql"] for query in queries)


class TestRealData:
    @needs(LATEST_SMALL)
    @needs(OLD_100K)
    def test_latest_small_and_100k_come_in_whole(self, rejects):
        small = import_movielens(path=LATEST_SMALL, rejects_path=rejects)
        assert (small.movies, small.people, small.ratings) == (9_742, 610, 100_836)
        assert (small.tags_added, small.rows_rejected) == (3_683, 0)
        assert User.objects.get(handle="ml-latest-small-1").ratings.count() == 232

        # 18 films stand in 100K twice, and 307 ratings with them; 9 are of an unknown film.
        old = import_movielens(path=OLD_100K, rejects_path=rejects)
        assert (old.movies, old.people, old.ratings) == (1_663, 943, 100_000 - 307 - 9)
        assert Movie.objects.get(movielens_id=260).ratings.count() == 251 + 583

        again = import_movielens(path=LATEST_SMALL, rejects_path=rejects)
        assert (again.movies_added, again.ratings_added, again.ratings_changed) == (0, 0, 0)
