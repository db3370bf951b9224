import csv
import gzip
from datetime import date

import pytest

from movies.errors import ImportRefusedError
from movies.importers.metadata import COLUMNS
from movies.models import Credit, Movie, Person
from movies.services.importing import import_movielens
from movies.services.importing_metadata import import_metadata
from tests.factories import make_movie
from tests.movies.importers.real_data import LATEST_SMALL, METADATA, needs

pytestmark = pytest.mark.django_db
LIGHTHOUSE = {
    "movieId": "1",
    "imdbId": "900001",
    "tmdbId": "11",
    "overview": "A keeper, a storm, and\na light that goes out.",
    "tagline": "It blinks.",
    "director": "Ada Marsh|Ben Hull",
    "cast": "Cleo Vane|Ada Marsh|Cleo Vane",
    "keywords": "sea|storm",
    "runtime": "96",
    "original_language": "cn",
    "release_date": "1995-11-22",
    "certification": "PG ",
    "poster_path": "/abcDEF123.jpg",
}
EMPTY = dict.fromkeys(COLUMNS, "")


@pytest.fixture
def lighthouse():
    return make_movie("The Lighthouse", movielens_id=1)


def write(path, *rows, columns=COLUMNS):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path, **options):
    return import_metadata(path=path, rejects_path=path.parent / "rejects.csv", **options)


def credits_of(movie):
    rows = movie.credits.order_by("role", "position")
    return [(row.role, row.position, row.person.name) for row in rows]


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.csv.gz"])
def test_facts_and_texts_are_added(tmp_path, lighthouse, name):
    load(write(tmp_path / name, LIGHTHOUSE))

    lighthouse.refresh_from_db()
    assert lighthouse.overview == LIGHTHOUSE["overview"]
    assert (lighthouse.tagline, lighthouse.certification) == ("It blinks.", "PG")
    assert (lighthouse.runtime_minutes, lighthouse.language) == (96, "zh")
    assert lighthouse.release_date == date(1995, 11, 22)
    assert lighthouse.keywords == ["sea", "storm"]
    assert lighthouse.poster_path == "/abcDEF123.jpg"
    assert (lighthouse.imdb_id, lighthouse.tmdb_id) == (900001, 11)


def test_people_are_credited_in_order(tmp_path, lighthouse):
    load(write(tmp_path / "metadata.csv", LIGHTHOUSE))

    assert credits_of(lighthouse) == [
        ("cast", 1, "Cleo Vane"),
        ("cast", 2, "Ada Marsh"),
        ("director", 1, "Ada Marsh"),
        ("director", 2, "Ben Hull"),
    ]
    assert Person.objects.count() == 3


@pytest.mark.parametrize("known", ["movielens_id", "imdb_id", "tmdb_id"])
def test_a_movie_is_found_by_any_of_its_numbers(tmp_path, known):
    numbers = {"movielens_id": 1, "imdb_id": 900001, "tmdb_id": 11}
    movie = make_movie("The Lighthouse", **{known: numbers[known]})

    load(write(tmp_path / "metadata.csv", LIGHTHOUSE))

    movie.refresh_from_db()
    assert movie.tagline == "It blinks."


@pytest.mark.parametrize("replaces", [False, True])
def test_the_same_again_changes_nothing(tmp_path, lighthouse, replaces):
    path = write(tmp_path / "metadata.csv", LIGHTHOUSE)
    load(path)
    before = [list(model.objects.order_by("pk").values()) for model in (Movie, Person, Credit)]

    outcome = load(path, replaces=replaces).outcome

    assert (outcome.movies_changed, outcome.people_added, outcome.credits_added) == (0, 0, 0)
    after = [list(model.objects.order_by("pk").values()) for model in (Movie, Person, Credit)]
    assert after == before


def test_what_curators_wrote_stays(tmp_path, lighthouse):
    Movie.objects.update(tagline="Our own words.")
    lighthouse.credits.create(person=Person.objects.create(name="Zoe Reed"), role="cast")

    load(write(tmp_path / "metadata.csv", LIGHTHOUSE))

    lighthouse.refresh_from_db()
    assert lighthouse.tagline == "Our own words."
    assert lighthouse.runtime_minutes == 96
    assert ("cast", 1, "Zoe Reed") in credits_of(lighthouse)
    assert len(credits_of(lighthouse)) == 3


def test_the_file_is_believed_when_asked(tmp_path, lighthouse):
    Movie.objects.update(tagline="Our own words.", overview="Kept?", imdb_id=5)
    lighthouse.credits.create(person=Person.objects.create(name="Zoe Reed"), role="cast")

    load(write(tmp_path / "metadata.csv", LIGHTHOUSE | {"overview": ""}), replaces=True)

    lighthouse.refresh_from_db()
    assert (lighthouse.tagline, lighthouse.overview) == ("It blinks.", "Kept?")
    assert lighthouse.imdb_id == 5
    assert "Zoe Reed" not in [name for _, _, name in credits_of(lighthouse)]


def test_of_namesakes_the_one_known_longest_is_meant(tmp_path, lighthouse):
    first, _ = (Person.objects.create(name="Ben Hull") for _ in range(2))

    load(write(tmp_path / "metadata.csv", LIGHTHOUSE))

    assert first.credits.count() == 1


def test_a_dry_run_keeps_nothing(tmp_path, lighthouse):
    summary = load(write(tmp_path / "metadata.csv", LIGHTHOUSE), is_dry_run=True)

    assert summary.outcome.movies_changed == 1
    assert not Credit.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"movieId": "x"}, "is no number"),
        ({"movieId": "77", "imdbId": "", "tmdbId": ""}, "no such movie"),
        ({"runtime": "99999"}, "no number of minutes"),
        ({"release_date": "22/11/1995"}, "is no date"),
        ({"original_language": "english"}, "no code of two letters"),
        ({"poster_path": "https://example.org/a.jpg"}, "no path of TMDB"),
        ({"tagline": "x" * 501}, "longer than 500"),
        ({"cast": "x" * 201}, "more than 200"),
        ({"overview": "a\0b"}, "no UTF-8"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected(tmp_path, lighthouse, change, reason):
    path = write(tmp_path / "metadata.csv", LIGHTHOUSE | change, {**EMPTY, "movieId": "1"})

    summary = load(path)

    assert (summary.rows_rejected, summary.rejects_path) == (1, tmp_path / "rejects.csv")
    assert reason in summary.rejects_path.read_text()


def test_a_row_too_long_or_not_utf8_is_rejected(tmp_path, lighthouse):
    path = write(tmp_path / "metadata.csv", LIGHTHOUSE)
    with path.open("ab") as stream:
        stream.write(b"2,,,caf\xe9,,,,,,,,,\r\n1,2\r\n" + b"3" + b"," * 40 + b"\r\n")

    assert load(path).rows_rejected == 3


def test_the_second_row_of_a_movie_is_rejected(tmp_path, lighthouse):
    load(write(tmp_path / "metadata.csv", LIGHTHOUSE, LIGHTHOUSE | {"tagline": "Later."}))

    lighthouse.refresh_from_db()
    assert lighthouse.tagline == "It blinks."
    assert "the same movie as on line" in (tmp_path / "rejects.csv").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"movieId,overview\n1,x\n", "lacks the columns imdbId"),
        (b"", "lacks the columns"),
        (",".join(COLUMNS).encode() + b"\n", "no row that can be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, content, message):
    path = tmp_path / "metadata.csv"
    path.write_bytes(content)

    with pytest.raises(ImportRefusedError, match=message):
        load(path)


def test_a_broken_a_missing_and_no_file_are_refused(tmp_path, lighthouse):
    whole = write(tmp_path / "metadata.csv.gz", LIGHTHOUSE)
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(whole.read_bytes()[:-20])
    no_gzip = tmp_path / "none.csv.gz"
    no_gzip.write_text("movieId")

    for path in (broken, no_gzip, tmp_path / "missing.csv", tmp_path):
        with pytest.raises(ImportRefusedError):
            load(path)
    assert not Credit.objects.exists()


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("movies.importers.metadata.SMALL_FILE", 1024)
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wt") as stream:
        stream.write(",".join(COLUMNS) + "\n")
        stream.writelines("1" + "," * (len(COLUMNS) - 1) + "\n" for _ in range(60_000))

    with pytest.raises(ImportRefusedError, match="far more than metadata"):
        load(path)


@needs(LATEST_SMALL)
@needs(METADATA)
def test_the_real_file_comes_in_whole(tmp_path):
    import_movielens(path=LATEST_SMALL, rejects_path=tmp_path / "rejects.csv")

    summary = import_metadata(path=METADATA, rejects_path=tmp_path / "rejects.csv")

    assert (summary.rows, summary.rows_rejected) == (9_742, 0)
    assert Movie.objects.exclude(overview="").count() == 9_623
    directors = Credit.objects.filter(movie__movielens_id=2571, role="director")
    assert directors.count() >= 1
    assert import_metadata(path=METADATA).outcome.movies_changed == 0
