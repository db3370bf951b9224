"""Measure the browse page, the search and the posters over a large synthetic catalogue.

    make bench-browse                     # 87,000 films, 30 requests of each kind

Fills a database of its own on private servers (or on those of DATABASE_URL) and drops it again. A
request goes through the whole of Django, without a network. `bare` is one address again and again;
the other kinds ask for something else each time, so that their counts are not in Redis yet.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import django

from runner.places import make_directory, var_directory
from runner.services import ensure_services

DIRECTORY = Path(tempfile.mkdtemp(dir=make_directory(var_directory() / "benchmarks")))
DIRECTORY.chmod(0o755)
os.environ["MARQUEE_ENV"] = "test"
os.environ["MARQUEE_VAR"] = str(DIRECTORY)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks")
LEASES = ensure_services(is_disposable=True)
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from movies.models import Movie  # noqa: E402

GENRES = ("drama", "comedy", "crime", "war", "horror", "action", "romance", "musical")
LANGUAGES = ("en", "fr", "ja", "de", "it", "es", "ru", "sv")
SORTS = ("popular", "rated", "newest", "oldest", "title")
DECADES = range(1920, 2030, 10)


def kinds() -> dict[str, Iterator[str]]:
    """Return endless addresses of each kind."""
    return {
        "bare": cycle(["/movies/"]),
        "one filter": (f"/movies/?decade={decade}" for decade in cycle(DECADES)),
        "two genres": cycle(
            f"/movies/?genre={one}&genre={two}" for one in GENRES for two in GENRES if one < two
        ),
        "three filters": cycle(
            f"/movies/?genre={genre}&language={language}&stars=3.5"
            for language in LANGUAGES
            for genre in GENRES
        ),
        "orders": (f"/movies/?sort={sort}" for sort in cycle(SORTS)),
        "page 2000": (f"/movies/?sort={sort}&page=2000" for sort in cycle(SORTS)),
        "search": cycle(f"/movies/?q=a{letter}" for letter in "bcdefghijklmnop"),
        "suggestions": cycle(f"/movies/suggestions/?q=a{letter}" for letter in "bcdefghijklmnop"),
        "posters": (movie.poster_url for movie in cycle(Movie.objects.for_cards()[:200])),
    }


def fill(movies: int) -> None:
    statements = (
        Path(__file__).with_name("catalogue.sql").read_text().replace(":movies", f"{movies}")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statements.replace(":movies", str(movies)))
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def milliseconds(client: Client, path: str) -> tuple[float, float]:
    """Return how long a request took, and how long this process worked for it."""
    start, work_start = time.perf_counter(), time.process_time()
    response = client.get(path)
    taken, worked = time.perf_counter() - start, time.process_time() - work_start
    if response.status_code != 200:
        sys.exit(f"{path} answered {response.status_code}")
    return taken * 1000, worked * 1000


def measure(requests: int) -> None:
    client = Client()
    milliseconds(client, "/movies/")
    sys.stdout.write(f"{'ms':15}{'median':>8}{'p95':>8}{'python':>8}{'queries':>9}\n")
    for kind, paths in kinds().items():
        times = [milliseconds(client, next(paths)) for _ in range(requests)]
        taken, worked = zip(*times, strict=True)
        with CaptureQueriesContext(connection) as queries:
            milliseconds(client, next(paths))
        figures = (statistics.median(taken), statistics.quantiles(taken, n=20)[-1])
        figures += (statistics.median(worked),)
        cells = "".join(f"{figure:8.0f}" for figure in figures)
        sys.stdout.write(f"{kind:15}{cells}{len(queries):9}\n")
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the browse page.")
    parser.add_argument("--movies", type=int, default=87_000)
    parser.add_argument("--requests", type=int, default=30)
    options = parser.parse_args()
    own_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill(options.movies)
        measure(options.requests)
    finally:
        connection.creation.destroy_test_db(own_name, verbosity=0)
        for lease in LEASES:
            lease.leave()
        shutil.rmtree(DIRECTORY, ignore_errors=True)


if __name__ == "__main__":
    main()
