import csv
from dataclasses import dataclass
from pathlib import Path

FILMS_CSV = Path(__file__).with_name("films.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFilm:
    """Hold the facts of one bundled film; lists keep the order of the file."""

    title: str
    original_title: str
    alternative_titles: tuple[str, ...]
    year: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    cast: tuple[str, ...]
    runtime_minutes: int
    language: str
    movielens_id: int
    imdb_id: int
    tmdb_id: int
    tags: tuple[str, ...]
    synopsis: str

    @property
    def decade(self) -> int:
        return self.year // 10 * 10


def read_films(path: Path = FILMS_CSV) -> list[DemoFilm]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [_film_from(row) for row in csv.DictReader(lines)]


def _film_from(row: dict[str, str]) -> DemoFilm:
    return DemoFilm(
        title=row["title"],
        original_title=row["original_title"],
        alternative_titles=_split(row["alternative_titles"]),
        year=int(row["year"]),
        genres=_split(row["genres"]),
        directors=_split(row["directors"]),
        cast=_split(row["cast"]),
        runtime_minutes=int(row["runtime_minutes"]),
        language=row["language"],
        movielens_id=int(row["movielens_id"]),
        imdb_id=int(row["imdb_id"]),
        tmdb_id=int(row["tmdb_id"]),
        tags=_split(row["tags"]),
        synopsis=row["synopsis"],
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
