"""The layouts of MovieLens: CSV (latest-small, 20M and later), 1M and 10M, and 100K."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from django.utils.text import slugify

from accounts.models import AgeBand, Gender, Occupation
from movies.errors import ImportRefusedError
from movies.importers.archives import Archive
from movies.importers.fields import (
    GENRES_100K,
    OCCUPATIONS,
    band_of,
    read_genres,
    read_number,
    read_second,
)
from movies.importers.rows import (
    Files,
    Layout,
    LinkRow,
    MovieRow,
    PersonRow,
    RatingRow,
    Reject,
    TagRow,
)
from movies.importers.text_files import (
    TextFile,
    csv_fields,
    csv_ratings,
    delimited_fields,
    delimited_ratings,
)
from movies.importers.titles import parse_title

LONGEST_TITLE = 300
LONGEST_GENRE = 40
LONGEST_TAG = 100
PUPILS_AGE = 18
PUPIL = 10


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """`ratings.csv`, `movies.csv`, and where given `links.csv` and `tags.csv`."""

    archive: Archive
    has_movielens_ids: ClassVar[bool] = True
    files: ClassVar[Files] = Files(ratings="ratings.csv", movies="movies.csv", tags="tags.csv")

    @property
    def slug(self) -> str:
        return _slug_of(self.archive.name)

    def movies(self, reject: Reject) -> Iterator[MovieRow]:
        file = TextFile(self.archive, "movies.csv", reject)
        for line, fields in csv_fields(file, ("movieId", "title", "genres")):
            yield from _movie(file, line, *fields)

    def links(self, reject: Reject) -> Iterator[LinkRow]:
        if "links.csv" not in self.archive:
            return
        file = TextFile(self.archive, "links.csv", reject)
        for line, fields in csv_fields(file, ("movieId", "imdbId", "tmdbId")):
            movie, imdb_id, tmdb_id = (read_number(field) for field in fields)
            if movie is None or any(
                text.strip() and number is None
                for text, number in ((fields[1], imdb_id), (fields[2], tmdb_id))
            ):
                file.refuse(line, "an id is no number", fields)
            else:
                yield LinkRow(line, movie, imdb_id, tmdb_id)

    def people(self, reject: Reject) -> Iterator[PersonRow]:
        del reject
        yield from ()

    def ratings(self, reject: Reject) -> Iterator[RatingRow]:
        return csv_ratings(TextFile(self.archive, "ratings.csv", reject))

    def tags(self, reject: Reject) -> Iterator[TagRow]:
        if "tags.csv" not in self.archive:
            return
        file = TextFile(self.archive, "tags.csv", reject)
        for line, fields in csv_fields(file, ("userId", "movieId", "tag", "timestamp")):
            yield from _tag(file, line, fields)


@dataclass(frozen=True, slots=True)
class DatLayout:
    """`ratings.dat` and `movies.dat`, with `users.dat` in 1M and `tags.dat` in 10M."""

    archive: Archive
    has_movielens_ids: ClassVar[bool] = True
    files: ClassVar[Files] = Files(ratings="ratings.dat", movies="movies.dat", tags="tags.dat")

    @property
    def slug(self) -> str:
        return _slug_of(self.archive.name, "ml-1m" if "users.dat" in self.archive else "ml-10m")

    def movies(self, reject: Reject) -> Iterator[MovieRow]:
        file = TextFile(self.archive, "movies.dat", reject)
        for line, fields in delimited_fields(file, "::", 3):
            yield from _movie(file, line, *fields)

    def links(self, reject: Reject) -> Iterator[LinkRow]:
        del reject
        yield from ()

    def people(self, reject: Reject) -> Iterator[PersonRow]:
        if "users.dat" not in self.archive:
            return
        file = TextFile(self.archive, "users.dat", reject)
        for line, fields in delimited_fields(file, "::", 5):
            number, age, occupation = (read_number(fields[place]) for place in (0, 2, 3))
            yield from _person(
                file,
                line,
                number=number,
                gender=fields[1],
                age_band=age,
                occupation=occupation,
            )

    def ratings(self, reject: Reject) -> Iterator[RatingRow]:
        return delimited_ratings(TextFile(self.archive, "ratings.dat", reject), b"::")

    def tags(self, reject: Reject) -> Iterator[TagRow]:
        if "tags.dat" not in self.archive:
            return
        file = TextFile(self.archive, "tags.dat", reject)
        for line, fields in delimited_fields(file, "::", 4):
            yield from _tag(file, line, fields)


@dataclass(frozen=True, slots=True)
class OldLayout:
    """100K: `u.data`, `u.item` and `u.user`. Its movies have numbers of their own."""

    archive: Archive
    has_movielens_ids: ClassVar[bool] = False
    files: ClassVar[Files] = Files(ratings="u.data", movies="u.item")

    @property
    def slug(self) -> str:
        return _slug_of(self.archive.name, "ml-100k")

    def movies(self, reject: Reject) -> Iterator[MovieRow]:
        file = TextFile(self.archive, "u.item", reject)
        for line, fields in delimited_fields(file, "|", 5 + len(GENRES_100K)):
            flags = zip(GENRES_100K, fields[5:], strict=True)
            genres = "|".join(name for name, flag in flags if flag.strip() == "1")
            if fields[1] == "unknown" and not fields[2]:
                file.refuse(line, "the data set does not know this film", fields)
            else:
                yield from _movie(file, line, fields[0], fields[1], genres)

    def links(self, reject: Reject) -> Iterator[LinkRow]:
        del reject
        yield from ()

    def people(self, reject: Reject) -> Iterator[PersonRow]:
        if "u.user" not in self.archive:
            return
        file = TextFile(self.archive, "u.user", reject)
        for line, fields in delimited_fields(file, "|", 5):
            number, age = read_number(fields[0]), read_number(fields[1])
            occupation = OCCUPATIONS.get(fields[3].strip())
            if occupation == Occupation.STUDENT and age is not None and age < PUPILS_AGE:
                occupation = Occupation.PUPIL.value
            band = None if age is None else band_of(age)
            yield from _person(
                file,
                line,
                number=number,
                gender=fields[2],
                age_band=band,
                occupation=occupation,
            )

    def ratings(self, reject: Reject) -> Iterator[RatingRow]:
        return delimited_ratings(TextFile(self.archive, "u.data", reject), b"\t")

    def tags(self, reject: Reject) -> Iterator[TagRow]:
        del reject
        yield from ()


def find_layout(archive: Archive, path: Path) -> Layout:
    """Return the layout of the files; raise ImportRefusedError if they are no MovieLens set."""
    layouts = (CsvLayout, DatLayout, OldLayout)
    for layout in layouts:
        if all(name in archive for name in layout.files.needed):
            return layout(archive)
    for layout in layouts:
        present = [name for name in layout.files.needed if name in archive]
        if present:
            missing = " and ".join(name for name in layout.files.needed if name not in archive)
            raise ImportRefusedError(f"{path} has {present[0]}, but no {missing}.")
    raise ImportRefusedError(
        f"{path} is no MovieLens data set: expected ratings.csv and movies.csv, "
        "ratings.dat and movies.dat, or u.data and u.item."
    )


def _slug_of(name: str, usual: str = "") -> str:
    slug = slugify(name)[:28].strip("-_").replace("_", "-")
    return slug if slug.startswith("ml-") or not usual else usual


def _movie(
    file: TextFile, line: int, number_text: str, raw_title: str, genre_names: str
) -> Iterator[MovieRow]:
    number = read_number(number_text)
    title = parse_title(raw_title)
    genres = read_genres(genre_names)
    names = (title.title, *title.alternatives)
    if number is None:
        file.refuse(line, f"{number_text[:20]!r} is no number of a movie", raw_title)
    elif not title.title or any(len(name) > LONGEST_TITLE for name in names):
        file.refuse(line, f"a title has 1 to {LONGEST_TITLE} characters", raw_title)
    elif any(len(genre) > LONGEST_GENRE or not slugify(genre) for genre in genres):
        file.refuse(line, "a genre has no name that can be used", genre_names)
    else:
        yield MovieRow(line, number, title, genres)


def _person(
    file: TextFile,
    line: int,
    *,
    number: int | None,
    gender: str,
    age_band: int | None,
    occupation: int | None,
) -> Iterator[PersonRow]:
    row = f"{number} {gender} {age_band} {occupation}"
    if number is None:
        file.refuse(line, "no number of a person", row)
    elif gender not in Gender.values:
        file.refuse(line, f"{gender[:20]!r} is no gender of the data set", row)
    elif age_band not in AgeBand.values or occupation not in Occupation.values:
        file.refuse(line, "an age or an occupation that the data set does not have", row)
    else:
        yield PersonRow(line, number, age_band, gender, occupation)


def _tag(file: TextFile, line: int, fields: list[str]) -> Iterator[TagRow]:
    person_text, movie_text, raw_name, when = fields
    person, movie, applied_at = read_number(person_text), read_number(movie_text), read_second(when)
    name = " ".join(raw_name.split())
    if person is None or movie is None or applied_at is None:
        file.refuse(line, "a number or a time that is none", (person_text, movie_text, when))
    elif not name or len(name.casefold()) > LONGEST_TAG or len(name) > LONGEST_TAG:
        file.refuse(line, f"a tag has 1 to {LONGEST_TAG} characters", raw_name)
    else:
        yield TagRow(line, person, movie, name, applied_at)
