"""Rows of a data set as every layout gives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from movies.importers.titles import ParsedTitle

# Line, person, movie, half stars and seconds since 1970; all but the line are digits as COPY
# takes them. A plain tuple: there are millions.
RatingRow = tuple[int, bytes, bytes, bytes, bytes]


class Reject(Protocol):
    """Note a row that cannot be used."""

    def __call__(self, *, file: str, line: int, reason: str, row: str) -> None: ...


@dataclass(frozen=True, slots=True)
class MovieRow:
    """A movie; the number is the data set's own."""

    line: int
    number: int
    title: ParsedTitle
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkRow:
    line: int
    movie: int
    imdb_id: int | None
    tmdb_id: int | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a data set knows about a rater, in the codes of MovieLens 1M."""

    line: int
    number: int
    age_band: int
    gender: str
    occupation: int


@dataclass(frozen=True, slots=True)
class TagRow:
    line: int
    person: int
    movie: int
    name: str
    applied_at: int


@dataclass(frozen=True, slots=True)
class Files:
    """What the files of a layout are called."""

    ratings: str
    movies: str
    tags: str = ""

    @property
    def needed(self) -> tuple[str, str]:
        return self.ratings, self.movies


class Layout(Protocol):
    """How the files of a data set are laid out. Rows that cannot be used are rejected."""

    files: ClassVar[Files]
    has_movielens_ids: ClassVar[bool]

    @property
    def slug(self) -> str: ...

    def movies(self, reject: Reject) -> Iterator[MovieRow]: ...

    def links(self, reject: Reject) -> Iterator[LinkRow]: ...

    def people(self, reject: Reject) -> Iterator[PersonRow]: ...

    def ratings(self, reject: Reject) -> Iterator[RatingRow]: ...

    def tags(self, reject: Reject) -> Iterator[TagRow]: ...
