"""The site at each size: servers, database and artefacts of its own under var/scale."""

import csv
import random
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import private_site
from benchmarks.scale.sizes import Size
from movies.simulation import make_films, make_people, rate_films
from runner.places import make_directory

PEOPLE_IN_BATCH = 20_000
PEOPLE_WHO_RATED, RATINGS_EACH, RATED_MOVIES = 1_000, 16, 2_000
PEOPLE_ON_DEMAND = 300
VISITORS = 20
SEARCHED_TITLES = 4_000


def prepare(directory: Path) -> None:
    """Set Django up with the private servers of a size, their tables made."""
    private_site.prepare(directory)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def simulate(size: Size) -> dict[str, Any]:
    """Make the site up, unless that was done before."""
    prepare(size.directory / "site")
    from movies.models import Rating
    from movies.services.simulating import simulate_site

    started = time.monotonic()
    if not Rating.objects.exists():
        simulate_site(plan=size.plan)
    return {"simulate_seconds": round(time.monotonic() - started, 1)}


def write_csv(size: Size) -> dict[str, Any]:
    """Write the same movies and ratings as files of MovieLens' layout."""
    directory = make_directory(size.directory / "ml-simulated")
    films = make_films(size.plan)
    with (directory / "movies.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("movieId", "title", "genres"))
        for number, (title, year, genres) in enumerate(
            zip(films.titles, films.years.tolist(), films.genres, strict=True), start=1
        ):
            writer.writerow((number, f"{title} ({year})", "|".join(genres)))
    with (directory / "ratings.csv").open("w", encoding="ascii") as stream:
        stream.write("userId,movieId,rating,timestamp\n")
        for block in rate_films(size.plan, films, make_people(size.plan)):
            columns = (block.users + 1, block.items + 1, block.half_stars / 2, block.seconds)
            rows = zip(*(column.tolist() for column in columns), strict=True)
            stream.writelines(f"{user},{item},{stars},{when}\n" for user, item, stars, when in rows)
    return {"megabytes": round((directory / "ratings.csv").stat().st_size / 2**20)}


def import_csv(size: Size) -> dict[str, Any]:
    """Import these files into a database of their own, which is removed afterwards."""
    directory = size.directory / "import"
    shutil.rmtree(directory, ignore_errors=True)
    prepare(directory)
    from movies.services.importing import import_movielens

    started = time.monotonic()
    summary = import_movielens(path=size.directory / "ml-simulated")
    return {
        "import_seconds": round(time.monotonic() - started, 1),
        "ratings": summary.ratings_added,
        "database_mb": _database_mb(),
    }


def remove_import(size: Size) -> dict[str, Any]:
    """Remove the files and the database of the import, which nothing else needs."""
    for directory in (size.directory / "import", size.directory / "ml-simulated"):
        shutil.rmtree(directory, ignore_errors=True)
    return {"is_removed": True}


def _database_mb() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576")
        return int(cursor.fetchone()[0])


def train(size: Size) -> dict[str, Any]:
    """Train what is served on the whole site, gate and all, and activate it."""
    prepare(size.directory / "site")
    from recommendations.services.training import train_version

    started = time.monotonic()
    stages: list[dict[str, Any]] = []

    def note(message: str) -> None:
        stages.append({"at": round(time.monotonic() - started, 1), "what": message})

    version = train_version(activate=True, report=note)
    return {
        "train_seconds": round(time.monotonic() - started, 1),
        "stages": stages,
        "counts": version.training_counts,
        "disk_mb": sum(
            _megabytes(size.directory / "site" / place / version.directory)
            for place in ("artefacts", "trainer")
        ),
    }


def increment(size: Size) -> dict[str, Any]:
    """Count what a thousand people rated since the training; the site is then as it was."""
    prepare(size.directory / "site")
    from movies.models import Rating
    from recommendations.services.increments import make_increment
    from recommendations.services.registry import activate_version, active_version

    before, newest = active_version(), Rating.objects.latest("pk").pk
    people = _raters(PEOPLE_WHO_RATED)
    n_ratings = _rate_some_movies(people)
    stages: list[str] = []
    started = time.monotonic()
    try:
        version = make_increment(report=stages.append)
        seconds = time.monotonic() - started
    finally:
        Rating.objects.filter(pk__gt=newest).delete()
        _count_a_change(people)
        activate_version(number=before.number)
    return {
        "increment_seconds": round(seconds, 1),
        "people": len(people),
        "ratings": n_ratings,
        "artefact_mb": _megabytes(size.directory / "site" / "artefacts" / version.directory),
        "state_mb": _megabytes(size.directory / "site" / "trainer"),
        "stages": stages,
    }


def _rate_some_movies(user_ids: list[int]) -> int:
    """Let each of these people rate movies of the most rated they have not; return how many."""
    from django.db.models import F
    from django.utils import timezone

    from movies.models import Movie, Rating

    movies = Movie.objects.order_by(F("stats__rating_count").desc(nulls_last=True), "pk")
    wanted = list(movies.values_list("pk", flat=True)[:RATED_MOVIES])
    own: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    for user_id, movie_id in Rating.objects.filter(user__in=user_ids).values_list(
        "user_id", "movie_id"
    ):
        own[user_id].add(movie_id)
    rng = random.Random(7)  # noqa: S311 - no secret
    rated = [
        Rating(user_id=user_id, movie_id=movie_id, half_stars=rng.randint(4, 10), rated_at=at)
        for at in [timezone.now()]
        for user_id, seen in own.items()
        for movie_id in rng.sample([movie for movie in wanted if movie not in seen], RATINGS_EACH)
    ]
    Rating.objects.bulk_create(rated, batch_size=10_000)
    _count_a_change(user_ids)
    return len(rated)


def _count_a_change(user_ids: list[int]) -> None:
    from accounts.models import User
    from accounts.services.people import profile_change

    User.objects.filter(pk__in=user_ids).update(**profile_change())


def _megabytes(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.rglob("*.npy")) // 2**20


def batch_lists(size: Size) -> dict[str, Any]:
    """Make the lists of many people at once: ranked ahead, as after an activation, and whole."""
    prepare(size.directory / "site")
    from config.redis import redis_client
    from recommendations.services import warming

    user_ids = _raters(PEOPLE_IN_BATCH)
    figures: dict[str, Any] = {}
    for name, make in (("ranked", warming.rank_block), ("whole", warming.make_block)):
        redis_client().flushdb()
        warming.warm_people(user_ids[:500], make=make)  # the arrays come into memory
        report = warming.warm_people(user_ids[500:], make=make)
        figures[f"{name}_people"] = report.kept
        figures[f"{name}_a_second"] = round(report.kept / report.seconds, 1)
    return figures


def lists_on_demand(size: Size) -> dict[str, Any]:
    """Make the lists of one person after the other, as a request does that finds none.

    And complete those of the same people from movies ranked ahead.
    """
    prepare(size.directory / "site")
    from config.blas import use_one_blas_thread
    from config.redis import redis_client
    from recommendations.services import warming

    redis_client().flushdb()
    use_one_blas_thread()
    user_ids = _raters(PEOPLE_ON_DEMAND + 30)
    clock, processor = _read_lists(user_ids)
    redis_client().flushdb()
    warming.warm_people(user_ids, make=warming.rank_block)
    completed, _ = _read_lists(user_ids)
    return {
        **{f"p{q}_ms": _percentile(clock, q) for q in (50, 95, 99)},
        "processor_p95_ms": _percentile(processor, 95),
        "completed_p95_ms": _percentile(completed, 95),
    }


def _read_lists(user_ids: list[int]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of clock and of processor that each person's lists took."""
    from accounts.models import User
    from movies.services.curation import read_curation_revision
    from recommendations.services.personal import read_personal_lists

    revision = read_curation_revision()
    clock, processor = [], []
    for user in User.objects.filter(pk__in=user_ids):
        started, used = time.perf_counter(), time.process_time()
        read_personal_lists(user=user, curation_revision=revision)
        clock.append(1e3 * (time.perf_counter() - started))
        processor.append(1e3 * (time.process_time() - used))
    return clock[30:], processor[30:]  # without what a process reads once


def _percentile(milliseconds: list[float], q: int) -> float:
    return round(float(np.percentile(milliseconds, q)), 2)


def _raters(count: int) -> list[int]:
    """Return people who rated, evenly from the first to the last who joined."""
    from accounts.models import User

    user_ids = list(User.objects.exclude(data_set="").order_by("pk").values_list("pk", flat=True))
    places = np.linspace(0, len(user_ids) - 1, min(count, len(user_ids))).astype(int)
    return [user_ids[place] for place in places]


def search(size: Size) -> dict[str, Any]:
    """Search for titles, names and their misspellings."""
    prepare(size.directory / "site")
    from benchmarks.search import make_queries, percentile, times
    from movies.models import Movie, Person
    from movies.services.search import search_movies

    titles = list(Movie.objects.order_by("pk").values_list("title", flat=True)[:SEARCHED_TITLES])
    names = list(Person.objects.order_by("pk").values_list("name", flat=True)[:SEARCHED_TITLES])
    queries = make_queries(titles, names, random.Random(7))  # noqa: S311 - no secret
    taken = [
        each
        for texts in queries.values()
        for each in times(lambda q: search_movies(query=q), texts)
    ]
    return {f"p{q}_ms": round(percentile(taken, q), 2) for q in (50, 95, 99)}


def web(size: Size) -> dict[str, Any]:
    """Serve the front page from a warm cache beside the bare view, and see what that holds."""
    prepare(size.directory / "site")
    from benchmarks.load.site import kinds_of, measure_bare, measure_site
    from benchmarks.private_site import make_visitors

    kinds = kinds_of(make_visitors(VISITORS), only=["home"])
    bare = measure_bare()
    home = measure_site(kinds)["home"]
    again = measure_bare()
    usual = (bare["a_second"] + again["a_second"]) / 2
    return {
        "bare": bare,
        "home": home,
        "share_percent": round(100 * home["a_second"] / usual, 1),
        "share_of_processor_percent": round(100 * bare["processor_ms"] / home["processor_ms"], 1),
        "private_mb": round(max(each["private"] for each in home["memory_mb"])),
        "pss_mb": round(max(each["pss"] for each in home["memory_mb"])),
    }
