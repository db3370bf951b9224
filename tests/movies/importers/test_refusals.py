"""Bad input: what is refused as a whole, and what is rejected row by row."""

import csv
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from movies.errors import ImportRefusedError
from movies.models import Movie, Rating
from movies.services.importing import import_movielens
from tests.movies.importers.tiny_sets import (
    write_csv_set,
    write_dat_set,
    write_old_set,
    zip_set,
)

pytestmark = pytest.mark.django_db
HEADER = "userId,movieId,rating,timestamp\n"
GOOD = "1,1,4.0,1000000000\n"


def load(path):
    return import_movielens(path=path, rejects_path=path.parent / "rejects.csv")


def rejected(summary):
    with summary.rejects_path.open(encoding="utf-8", newline="") as stream:
        return [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(stream)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,1,7,1000000000", "'7' is no rating from 0.5 to 5 in halves"),
        ("1,1,3.7,1000000000", "'3.7' is no rating from 0.5 to 5 in halves"),
        ("1,1,,1000000000", "'' is no rating from 0.5 to 5 in halves"),
        ("1,1,4.0", "3 columns, not 4"),
        ("1,1,4.0,1,1", "5 columns, not 4"),
        ("one,1,4.0,1000000000", "'one' is no number of a person"),
        ("1,-1,4.0,1000000000", "'-1' is no number of a movie"),
        ("1,99999999999,4.0,1", "'99999999999' is no number of a movie"),
        ("1,77,4.0,1000000000", "the data set has no movie 77"),
        ("1,2,4.0,yesterday", "'yesterday' is no time in seconds"),
        ("1,2,4.0,9999999999", "'9999999999' is no time in seconds"),
        ("1,1,2.0,999999999", "rated again on line 3"),
    ],
)
def test_a_rating_that_cannot_be_used_is_rejected_and_the_rest_comes_in(tmp_path, row, reason):
    summary = load(write_csv_set(tmp_path, ratings=f"{HEADER}{row}\n{GOOD}2,1,5,1000000000\n"))

    assert (summary.ratings, summary.rows_rejected) == (2, 1)
    assert rejected(summary) == [("ratings.csv", 2, reason)]


def test_of_two_ratings_of_a_movie_the_later_counts(tmp_path):
    load(write_csv_set(tmp_path, ratings=f"{HEADER}1,1,5,2000\n1,1,1,1000\n1,1,2,2000\n"))

    assert Rating.objects.get().half_stars == 4


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,Film (1990),Drama", "'x' is no number of a movie"),
        ("1,Again (1990),Drama", "movie 1 stands on line 2 already"),
        ("5,Film (1990)", "2 columns, not 3"),
        ('5,"Film (1990),Drama', "cannot be read (unexpected end of data)"),
        (f"5,{'x' * 301},Drama", "a title has 1 to 300 characters"),
        ("5,,Drama", "a title has 1 to 300 characters"),
        ("5,Fi\0lm,Drama", "a NUL character"),
    ],
)
def test_a_movie_that_cannot_be_used_is_rejected(tmp_path, row, reason):
    movies = f"movieId,title,genres\n1,The Lighthouse (1995),Drama\n{row}\n"

    summary = load(write_csv_set(tmp_path, movies=movies, ratings=HEADER + GOOD, tags=TAGLESS))

    assert summary.movies == 1
    assert rejected(summary) == [("movies.csv", 3, reason)]


TAGLESS = "userId,movieId,tag,timestamp\n"


def test_tags_links_and_people_that_cannot_be_used_are_rejected(tmp_path):
    tags = f"{TAGLESS}1,1,sea,1\n1,1,SEA,2\n1,77,sea,3\n1,1,{'x' * 101},4\n1,1,storm,soon\n"
    summary = load(write_csv_set(tmp_path, tags=tags, links="movieId,imdbId,tmdbId\n1,tt1,2\n"))

    assert summary.tags_added == 1
    lines = [(file, line) for file, line, _ in rejected(summary)]
    assert sorted(lines) == [("links.csv", 2), *(("tags.csv", line) for line in (3, 4, 5, 6))]


def test_a_person_with_unknown_codes_is_rejected_but_rates(tmp_path):
    summary = load(
        write_dat_set(tmp_path, users="1::X::1::10::0\n2::M::17::3::0\n3::F::25::99::0\n")
    )

    assert summary.rows_rejected == 3
    assert User.objects.filter(data_set="ml-1m", age_band__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ratings": "user,movie,stars\n1,1,4\n"}, "expected the columns userId, movieId"),
        ({"ratings": ""}, "expected the columns"),
        ({"ratings": HEADER}, "no rating that can be used"),
        ({"movies": "movieId,name\n1,x\n"}, "title, genres missing"),
        ({"movies": "movieId,title,genres\n"}, "no movie that can be used"),
    ],
)
def test_a_csv_set_with_wrong_columns_is_refused(tmp_path, changes, message):
    with pytest.raises(ImportRefusedError, match=message):
        load(write_csv_set(tmp_path, **changes))

    assert not Movie.objects.exists()
    assert not (tmp_path / "rejects.csv").exists()


def test_other_layouts_with_wrong_columns_are_refused(tmp_path):
    with pytest.raises(ImportRefusedError, match="expected 4 columns, found 3"):
        load(write_dat_set(tmp_path, ratings="1::1::5\n"))
    with pytest.raises(ImportRefusedError, match="expected 24 columns, found 2"):
        load(write_old_set(tmp_path, item="1|Film (1990)\n"))


def test_columns_in_another_order_and_a_byte_order_mark_are_read(tmp_path):
    ratings = "\ufefftimestamp,rating,extra,movieId,userId\n1000,2.5,x,1,9\n"

    load(write_csv_set(tmp_path, ratings=ratings))

    rating = Rating.objects.get()
    assert (rating.half_stars, rating.user.data_set_user_id) == (5, 9)


def test_quotes_and_windows_line_ends_are_read(tmp_path):
    ratings = (HEADER + '"1","1","4.0","1000"\n').replace("\n", "\r\n")

    assert load(write_csv_set(tmp_path, ratings=ratings)).ratings == 1


def test_what_is_no_data_set_is_refused(tmp_path):
    half = write_csv_set(tmp_path / "half")
    (half / "movies.csv").unlink()
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "text.zip"
    text.write_text("no zip")

    for path, message in (
        (half, "has ratings.csv, but no movies.csv"),
        (empty, "no MovieLens data set"),
        (text, "not a zip file"),
        (tmp_path / "missing.zip", "does not exist"),
    ):
        with pytest.raises(ImportRefusedError, match=message):
            load(path)


@pytest.mark.parametrize("cut", [30, 400])
def test_a_zip_cut_short_is_refused(tmp_path, cut):
    whole = zip_set(write_csv_set(tmp_path), tmp_path / "ml-tiny.zip")
    whole.write_bytes(whole.read_bytes()[:-cut])

    with pytest.raises(ImportRefusedError, match="broken"):
        load(whole)


def test_altered_bytes_in_a_zip_are_noticed_and_nothing_stays(tmp_path):
    path = tmp_path / "ml-tiny.zip"
    folder = write_csv_set(tmp_path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for file in folder.iterdir():
            packed.write(file, f"ml-tiny/{file.name}")
    path.write_bytes(path.read_bytes().replace(b"1,3,3.0", b"1,3,4.0"))

    with pytest.raises(ImportRefusedError, match=r"ratings\.csv is broken"):
        load(path)
    assert not Movie.objects.exists()


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "ml-bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ml-bomb/movies.csv", "movieId,title,genres\n1,A,Drama\n")
        packed.writestr("ml-bomb/ratings.csv", HEADER + "0" * 20_000_000)

    with pytest.raises(ImportRefusedError, match="would unpack to"):
        load(path)


def test_an_endless_line_is_refused(tmp_path):
    with pytest.raises(ImportRefusedError, match="longer than"):
        load(write_csv_set(tmp_path, ratings=HEADER + "1" * 100_000))


def test_nothing_in_a_zip_is_ever_written_to_disk(tmp_path):
    path = tmp_path / "ml-evil.zip"
    folder = write_csv_set(tmp_path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../outside.csv", "x")
        packed.writestr("README", "x")
        for file in folder.iterdir():
            packed.write(file, f"ml-evil/{file.name}")
    before = sorted(tmp_path.parent.rglob("*"))

    load(path)

    assert sorted(tmp_path.parent.rglob("*")) == before


def test_the_command_prints_a_summary(tmp_path):
    out = StringIO()
    path = write_csv_set(tmp_path, ratings=f"{HEADER}1,1,7,1\n{GOOD}")

    call_command("import_movielens", path, rejects=tmp_path / "bad.csv", stdout=out)

    assert "movies              4, of them new 4" in out.getvalue()
    assert f"1 rows could not be used: {tmp_path / 'bad.csv'}" in out.getvalue()


def test_the_command_fails_with_one_clear_line(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.zip does not exist\."):
        call_command("import_movielens", tmp_path / "missing.zip")
    with pytest.raises(CommandError, match="is a directory"):
        call_command("import_metadata", tmp_path)


def test_an_older_reject_file_goes_when_there_is_nothing_to_reject(tmp_path):
    load(write_csv_set(tmp_path, ratings=f"{HEADER}1,1,7,1\n{GOOD}"))
    assert (tmp_path / "rejects.csv").exists()

    load(write_csv_set(tmp_path))

    assert not (tmp_path / "rejects.csv").exists()
