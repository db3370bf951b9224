"""What is asked of the site under load, and the bare view beside it."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from benchmarks.load.locust import Ask, load
from benchmarks.load.processes import memory_mb, on_core, processor_seconds, web_processes
from benchmarks.private_site import BARE_VIEW, SITE, Visitor, ask, free_port, web_server

SECONDS = 15.0
SERVER_CORE, CLIENT_CORE = 0, 1
BARE = "bare view"


def measure_bare(*, seconds: float = SECONDS) -> dict[str, Any]:
    """Return what the server answers for the view that does nearly nothing."""
    from config.redis import redis_client

    redis_client().set("marquee:bench:bare", "kept")
    return _measure(BARE_VIEW, {BARE: [Ask(BARE, "/")]}, seconds=seconds)[BARE]


def measure_site(
    kinds: dict[str, list[Ask]], *, seconds: float = SECONDS
) -> dict[str, dict[str, Any]]:
    """Return what the server answers for each kind of request, and what its processes hold."""
    return _measure(SITE, kinds, seconds=seconds)


def kinds_of(visitors: Sequence[Visitor], *, only: Sequence[str] = ()) -> dict[str, list[Ask]]:
    """Return what people ask for, by kind: all of it, or those kinds only."""
    kinds = _all_kinds(visitors)
    if unknown := [name for name in only if name not in kinds]:
        raise SystemExit(f"There is no {', '.join(unknown)} among {', '.join(kinds)}.")
    return {name: asks for name, asks in kinds.items() if not only or name in only}


def _all_kinds(visitors: Sequence[Visitor]) -> dict[str, list[Ask]]:
    from movies.models import Movie

    movies = list(Movie.objects.most_rated_first()[:200])
    cookies = [{"Cookie": f"sessionid={visitor.session}"} for visitor in visitors]
    tokens = [
        {"Authorization": f"Bearer {visitor.token}", "Content-Type": "application/json"}
        for visitor in visitors
    ]
    return {
        "home": [Ask("home", "/", headers) for headers in cookies],
        "open-page": [
            Ask("open-page", f"/?token={token}", {"HX-Request": "true"} | headers)
            for token, headers in zip(_tokens_of_pages(visitors), cookies, strict=True)
        ],
        "movie": [
            Ask("movie", movie.get_absolute_url(), cookies[number % len(cookies)])
            for number, movie in enumerate(movies)
        ],
        "search": [
            Ask("search", f"/movies/?q={movie.title.split()[-1]}", cookies[number % len(cookies)])
            for number, movie in enumerate(movies)
        ],
        "own-list": [
            Ask("own-list", "/api/v1/me/recommendations/?limit=20", headers) for headers in tokens
        ],
        "rate": [
            Ask(
                "rate",
                f"/api/v1/me/ratings/{movie.pk}/",
                tokens[number % len(tokens)],
                method="PUT",
                body=json.dumps({"rating": stars}),
            )
            for stars in (2.5, 4.5)  # in turn: the same again would save nothing
            for number, movie in enumerate(movies)
        ],
    }


def _tokens_of_pages(visitors: Sequence[Visitor]) -> list[str]:
    """Return what the open front page of each person sends while it shows what is true."""
    from accounts.models import User
    from movies.services.curation import read_curation_revision
    from recommendations.services.following import Basis

    people = User.objects.in_bulk([visitor.user_id for visitor in visitors])
    revision = read_curation_revision()
    return [
        Basis.of(viewer=people[visitor.user_id], curation_revision=revision).token
        for visitor in visitors
    ]


def _measure(
    application: str, kinds: dict[str, list[Ask]], *, seconds: float
) -> dict[str, dict[str, Any]]:
    """Start a server and load it with one kind of request after the other, its caches warm."""
    port, found = free_port(), {}
    with ExitStack() as servers:
        with on_core(SERVER_CORE):
            servers.enter_context(web_server(port, application=application))
        for name, asks in kinds.items():
            for each in asks:
                if each.method == "GET":
                    ask(port, each.method, each.path, each.headers)
            pids = web_processes()
            before = processor_seconds(pids)
            with on_core(CLIENT_CORE):
                loaded = load(port, asks, seconds=seconds)
            spent = processor_seconds(pids) - before
            found[name] = asdict(loaded) | {
                "processor_ms": 1e3 * spent / max(loaded.asked, 1),
                "memory_mb": [memory_mb(pid) for pid in pids],
            }
    return found
