"""Data sets of a few invented films, in every layout of MovieLens."""

import zipfile
from pathlib import Path

from movies.services.importing import ImportSummary, import_movielens

CSV_FILES = {
    "movies.csv": (
        "movieId,title,genres\n"
        '1,"Lighthouse, The (1995)",Drama|Mystery\n'
        '2,"Town of Lost Umbrellas, The (Ville des parapluies égarés, La) (1996)",Fantasy\n'
        "3,Nine (a.k.a. N1ne) (1995),Crime\n"
        "4,Nameless Year,(no genres listed)\n"
    ),
    "links.csv": "movieId,imdbId,tmdbId\n1,0900001,11\n2,0900002,\n",
    "ratings.csv": (
        "userId,movieId,rating,timestamp\n"
        "1,1,4.5,1000000000\n"
        "1,3,3.0,1000000000\n"
        "1,2,0.5,1000000000\n"
        "2,1,5.0,1100000000\n"
        "2,4,2.5,1100000050\n"
    ),
    "tags.csv": (
        "userId,movieId,tag,timestamp\n"
        "1,1,sea,1000000100\n"
        "2,1,Sea,1100000100\n"
        '3,2,"rain, mostly",1200000000\n'
    ),
}
DAT_FILES = {
    "movies.dat": (
        "1::Lighthouse, The (1995)::Drama|Children's\n5::Élan (Élan, L') (1950)::Comedy\n"
    ),
    "ratings.dat": "1::1::5::978300760\n2::5::3::978302109\n2::1::4::978302109\n",
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
}
NO_GENRE, DRAMA = ["0"] * 19, ["0"] * 8 + ["1"] + ["0"] * 10
OLD_FILES = {
    "u.item": "".join(
        "|".join([number, title, date, "", "http://example.org", *genres]) + "\n"
        for number, title, date, genres in (
            ("1", "Nine (N1ne) (1995)", "01-Jan-1995", DRAMA),
            ("2", "Ville des parapluies égarés, La (1996)", "01-Jan-1996", DRAMA),
            ("3", "Hermit's Café, The (1990)", "01-Jan-1990", DRAMA),
            ("4", "Hermit's Café, The (1990)", "01-Jan-1990", DRAMA),
            ("267", "unknown", "", NO_GENRE),
        )
    ),
    "u.data": (
        "1\t1\t4\t881250949\n1\t2\t3\t881250949\n2\t3\t5\t881250950\n"
        "2\t4\t1\t881250990\n2\t267\t1\t881250991\n"
    ),
    "u.user": "1|24|M|technician|85711\n2|15|F|student|94043\n",
}


def write_csv_set(folder: Path, **changes: str) -> Path:
    """Write a set in the layout of latest-small; `movies="..."` replaces `movies.csv`."""
    return _write(folder / "ml-tiny", CSV_FILES, changes, ".csv", "utf-8")


def write_dat_set(folder: Path, **changes: str) -> Path:
    """Write a set in the layout of 1M."""
    return _write(folder / "ml-1m", DAT_FILES, changes, ".dat", "latin-1")


def write_old_set(folder: Path, **changes: str) -> Path:
    """Write a set in the layout of 100K; `data="..."` replaces `u.data`."""
    renamed = {f"u.{name}": text for name, text in changes.items()}
    return _write(folder / "ml-100k", OLD_FILES, renamed, "", "latin-1")


def _write(
    folder: Path, files: dict[str, str], changes: dict[str, str], ending: str, encoding: str
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    changed = {f"{name}{ending}": text for name, text in changes.items()}
    for name, text in (files | changed).items():
        (folder / name).write_text(text, encoding=encoding, newline="")
    return folder


def zip_set(folder: Path, path: Path) -> Path:
    """Pack a set as GroupLens does: its folder at the top."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            packed.write(file, f"{folder.name}/{file.name}")
    return path


def load(path: Path, **options) -> ImportSummary:
    return import_movielens(path=path, rejects_path=path.parent / "rejects.csv", **options)
