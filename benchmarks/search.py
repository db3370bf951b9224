"""Measure search and suggestions over 87,000 made-up titles.

    make bench-search

The titles are put together from the words of latest-small's titles where the test data is at
hand, else of the demo catalogue's. A private server is started for it and thrown away afterwards.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import django

from benchmarks.page import say
from runner.places import ROOT
from runner.services import ensure_services

MOVIES, PEOPLE, CREDITS_A_MOVIE, TAGS = 87_000, 60_000, 6, 2_000
QUERIES = 100
TEST_DATA = Path(os.environ.get("MARQUEE_TEST_DATA", ROOT.parent / "shared" / "data"))
LATEST_SMALL = TEST_DATA / "movielens" / "ml-latest-small.zip"
SYLLABLES = ("ka", "ro", "mi", "len", "dar", "vo", "sti", "an", "bel", "cor", "du", "fen", "gra")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movies", type=int, default=MOVIES)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="bench-"))
    directory.chmod(0o755)
    os.environ |= {"MARQUEE_ENV": "test", "MARQUEE_VAR": str(directory)}
    os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    leases = ensure_services(is_disposable=True)
    try:
        django.setup()
        measure(fill(options.movies, random.Random(7)))  # noqa: S311 - no secret
    finally:
        for lease in leases:
            lease.leave()
        shutil.rmtree(directory, ignore_errors=True)


def fill(movies: int, rng: random.Random) -> dict[str, list[str]]:
    """Fill the catalogue; return what to search for, by kind."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    titles = make_titles(movies, rng)
    names = [make_name(rng) for _ in range(PEOPLE)]
    tags = [f"{make_name(rng).lower()} {number}" for number in range(TAGS)]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    started = time.perf_counter()
    copy(
        "movies_movie (id, title, original_title, year, added_at, language, certification, "
        "overview, tagline, keywords, poster_path, is_hidden)",
        (
            (number, title, "", 1930 + number % 95, "2020-01-01", "", "", "", "", "{}", "", False)
            for number, title in enumerate(titles, start=1)
        ),
    )
    say(f"{movies:,} titles saved and indexed in {time.perf_counter() - started:.1f} s.")
    copy("movies_person (id, name)", enumerate(names, start=1))
    copy(
        "movies_tag (id, name, slug, is_hidden)",
        ((number, tag, tag, False) for number, tag in enumerate(tags, start=1)),
    )
    copy(
        "movies_credit (movie_id, person_id, role, position, character)",
        (
            (movie, person, "cast", place, "")
            for movie in range(1, movies + 1)
            for place, person in enumerate(rng.sample(range(1, PEOPLE + 1), CREDITS_A_MOVIE))
        ),
    )
    with connection.cursor() as cursor:
        # As popularity goes: a few are rated by many, most by hardly anybody.
        cursor.execute(
            "UPDATE movies_moviestats SET rating_count = 60000 / (1 + (hashint8(movie_id) & 65535))"
        )
        cursor.execute("VACUUM ANALYZE")
    return make_queries(titles, names, rng)


def make_titles(count: int, rng: random.Random) -> list[str]:
    """Put titles together, as long as real ones, from words as frequent as in real ones."""
    real = [title.split() for title in real_titles()]
    words = [word for title in real for word in title]
    return [" ".join(rng.choices(words, k=len(rng.choice(real)))) for _ in range(count)]


def real_titles() -> list[str]:
    from movies.demo.films import read_films
    from movies.importers.archives import open_archive
    from movies.importers.layouts import find_layout

    if not LATEST_SMALL.exists():
        say(f"No {LATEST_SMALL}: words of the demo catalogue instead.")
        return [film.title for film in read_films()]
    layout = find_layout(open_archive(LATEST_SMALL), LATEST_SMALL)
    return [row.title.title for row in layout.movies(lambda **_: None)]


def make_name(rng: random.Random) -> str:
    parts = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 3))).capitalize() for _ in range(2)]
    return " ".join(parts)


def make_queries(
    titles: Sequence[str], names: Sequence[str], rng: random.Random
) -> dict[str, list[str]]:
    some = rng.sample(titles, QUERIES)
    return {
        "the whole title": some,
        "title and year": [f"{title} {1930 + (titles.index(title) + 1) % 95}" for title in some],
        "title, wrong year": [f"{title} {rng.randint(1930, 2020)}" for title in some],
        "one word": [longest_word(title) for title in some],
        "one letter wrong": [misspell(title, rng) for title in some],
        "two letters wrong": [misspell(misspell(title, rng), rng) for title in some],
        "one word misspelt": [misspell(longest_word(title), rng) for title in some],
        "somebody's name": rng.sample(names, QUERIES),
        "1 letter": [title[:1] for title in some],
        "2 letters": [title[:2] for title in some],
        "3 letters": [title[:3] for title in some],
        "half a title": [title[: len(title) // 2] for title in some],
        "nothing known": [make_name(rng)[::-1] for _ in some],
    }


def longest_word(title: str) -> str:
    return max(title.split(), key=len)


def misspell(text: str, rng: random.Random) -> str:
    """Swap two letters, leave one out, or put one in."""
    at = rng.randrange(max(len(text) - 1, 1))
    swapped = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return rng.choice([swapped, text[:at] + text[at + 1 :], f"{text[:at]}e{text[at:]}"])


def copy(table: str, rows: Iterable[tuple[object, ...]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def measure(queries: dict[str, list[str]]) -> None:
    from movies.services.search import search_movies, suggest

    trivial = percentile(times(ask_nothing, [""] * 1_000), 50)
    say(f"A trivial query takes {trivial:.2f} ms.\n")
    say(f"{'ms':<20}{'search: p50':>12}{'p95':>8}{'suggest: p50':>15}{'p95':>8}")
    all_searched: list[float] = []
    all_suggested: list[float] = []
    for kind, texts in queries.items():
        searched = times(lambda text: search_movies(query=text, limit=24), texts)
        suggested = times(lambda text: suggest(query=text), texts)
        all_searched += searched
        all_suggested += suggested
        report_line(kind, searched, suggested)
    report_line("all", all_searched, all_suggested)
    say(
        f"\nIn trivial queries, at p95: search {percentile(all_searched, 95) / trivial:.0f}, "
        f"suggest {percentile(all_suggested, 95) / trivial:.0f}."
    )


def ask_nothing(_text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def times(function: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    function(texts[0])
    taken = []
    for text in texts:
        started = time.perf_counter()
        function(text)
        taken.append((time.perf_counter() - started) * 1_000)
    return taken


def percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def report_line(kind: str, searched: Sequence[float], suggested: Sequence[float]) -> None:
    say(
        f"{kind:<20}{percentile(searched, 50):>12.1f}{percentile(searched, 95):>8.1f}"
        f"{percentile(suggested, 50):>15.1f}{percentile(suggested, 95):>8.1f}"
    )


if __name__ == "__main__":
    main()
