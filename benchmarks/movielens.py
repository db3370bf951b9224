"""MovieLens sets as the engine's CSV files, for benchmarks and for trying the command line.

    python -m benchmarks.movielens ml-1m DIRECTORY [--data shared/data]

writes ratings.csv, movies.csv and, where the set has them, tags.csv, demographics.csv (gender,
age, occupation), metadata.csv (joined by movieId; not for ml-100k, which numbers films its own
way) and, for ml-100k, the official folds u1.base.csv, u1.test.csv and so on.
"""

import argparse
import csv
import gzip
import os
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

RATING_COLUMNS = ("userId", "movieId", "rating", "timestamp")
SETS = ("ml-100k", "ml-latest-small", "ml-1m")
METADATA = "metadata/ml-latest-small-metadata.csv.gz"


def data_directory() -> Path:
    """Return the folder with real data: MARQUEE_TEST_DATA, else shared/data beside the checkout."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("MARQUEE_TEST_DATA", default))


def write_csv_files(name: str, directory: Path, *, data: Path | None = None) -> Path:
    """Write one of `SETS` into a directory, which is made, and return the directory."""
    source = data_directory() if data is None else data
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(source / "movielens" / f"{name}.zip") as archive:
        texts = {
            Path(member).name: archive.read(member).decode(_encoding_of(name))
            for member in archive.namelist()
            if not member.endswith("/")
        }
    {"ml-100k": _write_100k, "ml-latest-small": _write_small, "ml-1m": _write_1m}[name](
        texts, directory
    )
    if name != "ml-100k":
        with gzip.open(source / METADATA, "rb") as metadata:
            (directory / "metadata.csv").write_bytes(metadata.read())
    return directory


def _encoding_of(name: str) -> str:
    return "utf-8" if name == "ml-latest-small" else "latin-1"


def _write_small(texts: dict[str, str], directory: Path) -> None:
    for name in ("ratings", "movies", "tags"):
        (directory / f"{name}.csv").write_text(texts[f"{name}.csv"], encoding="utf-8")


def _write_1m(texts: dict[str, str], directory: Path) -> None:
    _write(directory / "ratings.csv", RATING_COLUMNS, _cells(texts["ratings.dat"], "::"))
    _write(
        directory / "movies.csv", ("movieId", "title", "genres"), _cells(texts["movies.dat"], "::")
    )
    people = _cells(texts["users.dat"], "::")
    _write(
        directory / "demographics.csv",
        ("userId", "gender", "age", "occupation"),
        (row[:4] for row in people),
    )


def _write_100k(texts: dict[str, str], directory: Path) -> None:
    genres = [name for name, _ in (line.split("|") for line in texts["u.genre"].split())]
    films = (
        (
            row[0],
            row[1],
            "|".join(genre for genre, flag in zip(genres, row[5:], strict=True) if flag == "1"),
        )
        for row in _cells(texts["u.item"], "|")
    )
    _write(directory / "movies.csv", ("movieId", "title", "genres"), films)
    people = ((row[0], row[2], row[1], row[3]) for row in _cells(texts["u.user"], "|"))
    _write(directory / "demographics.csv", ("userId", "gender", "age", "occupation"), people)
    for name, text in texts.items():
        if name == "u.data" or name.endswith((".base", ".test")):
            target = "ratings" if name == "u.data" else name
            _write(directory / f"{target}.csv", RATING_COLUMNS, _cells(text, "\t"))


def _cells(text: str, separator: str) -> list[list[str]]:
    return [line.split(separator) for line in text.splitlines() if line]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SETS)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args()
    write_csv_files(options.name, options.directory, data=options.data)


if __name__ == "__main__":
    main()
