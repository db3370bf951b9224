"""Check the bundled films against MovieLens and a metadata file.

Run ``python -m movies.demo.check_facts [--data DIRECTORY]``; the directory holds
``movielens/ml-latest-small.zip`` and ``metadata/ml-latest-small-metadata.csv.gz``. Every
disagreement is printed. One that stands in ``known_disagreements.csv`` has its reason written
beside it; any other makes the exit code 1.
"""

import argparse
import csv
import gzip
import io
import os
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from movies.demo.films import DemoFilm, read_films

KNOWN_DISAGREEMENTS_CSV = Path(__file__).with_name("known_disagreements.csv")
MOVIELENS_ZIP = Path("movielens/ml-latest-small.zip")
METADATA_CSV = Path("metadata/ml-latest-small-metadata.csv.gz")
SHARED_RUN_WORDS = 6
# Letters that do not decompose into a base letter and an accent.
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae"})

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sources:
    movies: dict[int, Row]
    links: dict[int, Row]
    metadata: dict[int, Row]


@dataclass(frozen=True, slots=True)
class Disagreement:
    movielens_id: int
    title: str
    field: str
    we_say: str
    source_says: str

    @property
    def key(self) -> tuple[int, str, str]:
        return self.movielens_id, self.field, self.source_says


@dataclass(frozen=True, slots=True)
class FactCheck:
    """Hold what a check found; ``compared`` and ``absent`` count films by field."""

    compared: Counter[str]
    absent: Counter[str]
    justified: list[tuple[Disagreement, str]]
    unexplained: list[Disagreement]
    outdated: list[tuple[int, str, str]]

    @property
    def is_clean(self) -> bool:
        return not self.unexplained and not self.outdated


def data_directory() -> Path:
    beside_the_checkout = Path(__file__).parents[3] / "shared/data"
    return Path(os.environ.get("MARQUEE_TEST_DATA", beside_the_checkout))


def read_sources(directory: Path) -> Sources:
    with zipfile.ZipFile(directory / MOVIELENS_ZIP) as archive:
        movies = _by_movie(_archived_rows(archive, "movies.csv"))
        links = _by_movie(_archived_rows(archive, "links.csv"))
    with gzip.open(directory / METADATA_CSV, "rt", encoding="utf-8", newline="") as lines:
        metadata = _by_movie(csv.DictReader(lines))
    return Sources(movies=movies, links=links, metadata=metadata)


def check_facts(
    *, films: Iterable[DemoFilm], sources: Sources, reasons: dict[tuple[int, str, str], str]
) -> FactCheck:
    found: list[Disagreement] = []
    compared: Counter[str] = Counter()
    absent: Counter[str] = Counter()
    for film in films:
        for field, we_say, source_says, agrees in _comparisons(film, sources):
            if source_says == "":
                absent[field] += 1
                continue
            compared[field] += 1
            if not agrees:
                found.append(
                    Disagreement(film.movielens_id, film.title, field, we_say, source_says)
                )
    keys = {disagreement.key for disagreement in found}
    return FactCheck(
        compared=compared,
        absent=absent,
        justified=[(item, reasons[item.key]) for item in found if item.key in reasons],
        unexplained=[item for item in found if item.key not in reasons],
        outdated=[key for key in reasons if key not in keys],
    )


def read_reasons(path: Path = KNOWN_DISAGREEMENTS_CSV) -> dict[tuple[int, str, str], str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (int(row["movielens_id"]), row["field"], row["source_says"]): row["reason"]
            for row in csv.DictReader(lines)
        }


def shared_run(text: str, other: str, *, length: int = SHARED_RUN_WORDS) -> str:
    """Return the first run of ``length`` words that both texts contain, else an empty string."""
    other_runs = set(_word_runs(other, length))
    return next((run for run in _word_runs(text, length) if run in other_runs), "")


def folded(text: str) -> str:
    """Return the text in lower case without accents, punctuation and spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN_LETTERS))
    return "".join(character for character in decomposed if character.isalnum())


def _comparisons(film: DemoFilm, sources: Sources) -> Iterator[tuple[str, str, str, bool]]:
    """Yield field, our value, the source's value and whether the two agree."""
    movie = sources.movies.get(film.movielens_id, {})
    links = sources.links.get(film.movielens_id, {})
    metadata = sources.metadata.get(film.movielens_id, {})
    for field, ours, theirs in (
        ("year", film.year, _title_year(movie.get("title", ""))),
        ("release year", film.year, metadata.get("release_date", "")[:4]),
        ("runtime", film.runtime_minutes, metadata.get("runtime", "")),
        ("language", film.language, metadata.get("original_language", "")),
        ("imdb id", film.imdb_id, links.get("imdbId", "").lstrip("0")),
        ("tmdb id", film.tmdb_id, links.get("tmdbId", "")),
    ):
        yield field, str(ours), theirs, str(ours) == theirs

    movie_title = movie.get("title", "no such movie")
    titles = (film.title, film.original_title, *film.alternative_titles)
    yield "title", film.title, movie_title, any(_is_named(movie_title, title) for title in titles)

    directors = metadata.get("director", "")
    yield (
        "director",
        "|".join(film.directors),
        directors,
        _folded_names(film.directors) == _folded_names(directors.split("|")),
    )
    cast = metadata.get("cast", "")
    yield (
        "cast",
        "|".join(film.cast),
        cast,
        _folded_names(film.cast) <= _folded_names(cast.split("|")),
    )
    genres = movie.get("genres", "")
    yield "genres", "|".join(film.genres), genres, set(film.genres) <= set(genres.split("|"))

    for field in ("overview", "tagline"):
        run = shared_run(film.synopsis, metadata.get(field, ""))
        yield f"synopsis and {field}", run, metadata.get(field, ""), not run


def _is_named(movie_title: str, title: str) -> bool:
    """Tell whether MovieLens's title (``Matrix, The (1999)``) contains this one."""
    without_article = re.sub(r"^(the|an?|l[ae]s?|il|el|das|der|die) |^l'", "", title.casefold())
    return title != "" and folded(without_article) in folded(movie_title)


def _folded_names(names: Iterable[str]) -> set[str]:
    return {folded(name) for name in names}


def _title_year(movie_title: str) -> str:
    match = re.search(r"\((\d{4})\)\s*$", movie_title)
    return match[1] if match else ""


def _word_runs(text: str, length: int) -> list[str]:
    words = re.findall(r"[\w'’]+", text.casefold())
    return [" ".join(words[start : start + length]) for start in range(len(words) - length + 1)]


def _archived_rows(archive: zipfile.ZipFile, name: str) -> list[Row]:
    with archive.open(f"{MOVIELENS_ZIP.stem}/{name}") as member:
        return list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline="")))


def _by_movie(rows: Iterable[Row]) -> dict[int, Row]:
    return {int(row["movieId"]): row for row in rows}


def report(check: FactCheck) -> str:
    lines = [
        f"{item.title} ({item.movielens_id}), {item.field}: we say {item.we_say!r}, "
        f"the source {item.source_says!r}. {reason}"
        for item, reason in [
            *check.justified,
            *((item, "UNEXPLAINED") for item in check.unexplained),
        ]
    ]
    lines += [f"{key}: in known_disagreements.csv, but no longer true" for key in check.outdated]
    lines += [
        f"{field}: {check.compared[field]} films compared, {check.absent[field]} not in the source"
        for field in sorted(check.compared | check.absent)
    ]
    lines.append(
        f"{len(check.justified)} disagreements explained, {len(check.unexplained)} unexplained"
    )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=data_directory())
    directory = parser.parse_args().data
    try:
        sources = read_sources(directory)
    except FileNotFoundError as error:
        sys.stderr.write(f"Cannot check the facts: {error.filename} is not there.\n")
        return 2
    check = check_facts(films=read_films(), sources=sources, reasons=read_reasons())
    sys.stdout.write(report(check))
    return 0 if check.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
