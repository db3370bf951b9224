import zipfile

import pytest

from movies.sources import local
from movies.sources.local import count_ratings, find_set


def make_directory(folder, name, *, ratings, file="ratings.csv"):
    directory = folder / name
    directory.mkdir()
    (directory / file).write_text("1,1,4.0,0\n" * ratings)
    return directory


def make_zip(folder, name, *, ratings, file="ratings.dat"):
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{path.stem}/{file}", "1::1::4::0\n" * ratings)
    return path


@pytest.mark.parametrize("file", ["ratings.csv", "ratings.dat", "u.data"])
def test_directory_with_ratings_is_a_set(file, tmp_path):
    directory = make_directory(tmp_path, "set", ratings=3, file=file)
    assert find_set(directory) == directory


def test_zip_with_ratings_is_a_set(tmp_path):
    path = make_zip(tmp_path, "ml-1m.zip", ratings=3)
    assert find_set(path) == path


def test_largest_of_a_folder_is_found(tmp_path):
    make_zip(tmp_path, "a.zip", ratings=5)
    largest = make_directory(tmp_path, "b", ratings=9)
    make_zip(tmp_path, "c.zip", ratings=7)
    assert find_set(tmp_path) == largest


def test_first_of_two_equally_large_sets_is_found(tmp_path):
    make_zip(tmp_path, "b.zip", ratings=5)
    first = make_zip(tmp_path, "a.zip", ratings=5)
    assert find_set(tmp_path) == first


def test_set_over_a_million_is_found_only_by_its_own_path(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "MOST_RATINGS", 6)
    large = make_zip(tmp_path, "ml-20m.zip", ratings=7)
    small = make_zip(tmp_path, "ml-1m.zip", ratings=6)
    assert find_set(tmp_path) == small
    assert find_set(large) == large


def test_counting_stops_after_the_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "MOST_RATINGS", 100)
    monkeypatch.setattr(local, "CHUNK_BYTES", 1100)
    assert 100 < count_ratings(make_zip(tmp_path, "a.zip", ratings=5000)) <= 300


def test_what_is_no_set_is_passed_over(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK no zip at all")
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "empty").mkdir()
    make_zip(tmp_path, "photos.zip", ratings=1, file="holiday.jpg")
    assert find_set(tmp_path) is None
    good = make_zip(tmp_path, "good.zip", ratings=1)
    assert find_set(tmp_path) == good


def test_place_that_is_not_there_holds_no_set(tmp_path):
    assert find_set(tmp_path / "nowhere") is None
