"""Measure the admin's pages over 87,000 movies and a million ratings.

    make bench-admin

Invents the rows in a database of its own (servers under var/benchmarks/admin, kept for the next
run) and asks for every kind of page in this process, so that what is measured is ours.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

from runner.development import prepare_environment
from runner.places import ROOT, make_directory

TIMES = 7
EMAIL = "superuser@bench.example"


def fill_database() -> None:
    """Invent the rows, unless an earlier run did."""
    from django.core.management import call_command
    from django.db import connection

    from movies.models import Rating

    call_command("migrate", verbosity=0)
    if Rating.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute((Path(__file__).parent / "admin_rows.sql").read_text())


def pages() -> dict[str, str]:
    """Return the addresses to ask for, by what they show."""
    from movies.models import Genre, Movie, Rating

    movie = Movie.objects.order_by("pk")[40_000]
    rating = Rating.objects.order_by("pk")[500_000]
    word = movie.title.split()[0]
    genre = Genre.objects.order_by("pk")[7]
    find_person = "app_label=movies&model_name=credit&field_name=person"
    return {
        "movies, first page": "/admin/movies/movie/",
        "movies, page 1,000": "/admin/movies/movie/?p=1000",
        "movies by title": f"/admin/movies/movie/?q={word}",
        "movies by a letter": "/admin/movies/movie/?q=a",
        "movies by IMDb code": f"/admin/movies/movie/?q=tt{movie.imdb_id}",
        "movies of a genre": f"/admin/movies/movie/?genres__id__exact={genre.pk}",
        "hidden movies": "/admin/movies/movie/?decision=hidden",
        "movies by rating count": "/admin/movies/movie/?o=-4",
        "one movie": f"/admin/movies/movie/{movie.pk}/change/",
        "people by name": "/admin/movies/person/?q=ab",
        "people offered for a credit": f"/admin/autocomplete/?{find_person}&term=ab",
        "tags": "/admin/movies/tag/",
        "applied tags": "/admin/movies/tagapplication/",
        "ratings, first page": "/admin/movies/rating/",
        "ratings, page 10,000": "/admin/movies/rating/?p=10000",
        "ratings of a movie": f"/admin/movies/rating/?movie__id__exact={rating.movie_id}",
        "ratings of a person": f"/admin/movies/rating/?q=bench-{rating.user.data_set_user_id}",
        "accounts": "/admin/accounts/user/",
        "accounts by handle": "/admin/accounts/user/?q=bench-19",
    }


def measure(client: object, address: str) -> tuple[float, float]:
    """Return the median and the longest of a few answers, in milliseconds."""
    taken = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        response = client.get(address)
        taken.append((time.perf_counter() - start) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
    return float(np.median(taken[1:])), max(taken[1:])


def main() -> None:
    os.environ["MARQUEE_VAR"] = str(make_directory(ROOT / "var" / "benchmarks" / "admin"))
    os.environ.setdefault("MARQUEE_ENV", "test")
    prepare_environment(["benchmark"])
    import django

    django.setup()
    from django.test import Client

    from accounts.models import User

    fill_database()
    superuser = User.objects.filter(email=EMAIL).first() or User.objects.create_superuser(
        EMAIL, "only for measuring", display_name="Superuser", handle="superuser"
    )
    client = Client()
    client.force_login(superuser)
    for name, address in pages().items():
        median, longest = measure(client, address)
        sys.stdout.write(f"{name:30} {median:6.0f} ms  (longest {longest:.0f})\n")


if __name__ == "__main__":
    main()
