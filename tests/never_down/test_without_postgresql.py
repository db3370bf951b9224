import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.never_down.guest import Guest
from tests.never_down.servers import wait_until
from tests.never_down.site import LiveSite
from tests.never_down.test_without_redis import SECOND, SLACK

# A browser that was here before: whether it is signed in only the database knows.
VISITOR = {"Cookie": "sessionid=6q2m4n8v0c1x3z5l7k9j2h4g6f8d0s1a"}
PAGES = [
    "/",
    "/movies/",
    "/movies/?q=western",
    "/movies/suggestions/?q=w",
    "/picks/",
    "/admin/",
    "/admin/login/",
    "/accounts/signup/",
    "/account/",
    "/posters/1-0.svg",
]
NUMBERS = "SELECT number FROM recommendations_modelversion"
STILL_THERE = ["/livez", "/static/css/base.css"]
RATERS = 4
HOW = KILLED, STALLED = ("killed", "stalled")


@pytest.fixture(params=HOW)
def broken(request, site):
    with breaking(site, request.param):
        yield site


@contextmanager
def breaking(site: LiveSite, how: str) -> Iterator[None]:
    """Break PostgreSQL while threads have connections open, and see that the site gets over it."""
    for _ in range(8):
        site.ask("/")
    postgres = site.postgres
    with postgres.gone() if how == KILLED else postgres.stalled():
        if how == KILLED:
            # Its processes may answer once more before they notice.
            wait_until(lambda: site.ask("/readyz").status == 503)
        yield
    wait_until(site.is_whole)
    assert site.ask("/").status == 200


def test_pages_say_so_and_when_to_return(broken):
    answers = {path: broken.ask(path, **VISITOR) for path in PAGES}

    for path, answer in answers.items():
        assert answer.status == 503, path
        assert answer.headers["Retry-After"], path
        assert "Back shortly" in answer.text, path
        assert answer.seconds < SECOND + SLACK, path


def test_programs_are_told_and_nothing_is_pretended(broken):
    movie = broken.known["musicals"][9]

    rated = broken.rate(movie, 2)
    read = broken.ask("/api/v1/movies/")

    for answer in (rated, read):
        assert (answer.status, answer.said["status"]) == (503, 503)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
        assert answer.seconds < SECOND + SLACK


@pytest.mark.parametrize("how", HOW)
def test_what_a_guest_says_meanwhile_is_refused_and_not_half_done(site, how):
    guest, (rated, meant, unwanted) = Guest(site), site.known["westerns"][9:12]
    assert guest.rate(rated, 4).status == 200
    with breaking(site, how):
        refused = [guest.rate(meant, 2), guest.rate(rated, 1), guest.dismiss(unwanted)]

        for answer in refused:
            assert answer.status == 503
            assert answer.headers["Retry-After"]
            assert answer.seconds < SECOND + SLACK
    assert [guest.stars_of(movie) for movie in (rated, meant)] == ["4.0", ""]
    assert not guest.has_dismissed(unwanted)

    assert guest.rate(meant, 2).status == guest.dismiss(unwanted).status == 200

    assert [guest.stars_of(movie) for movie in (rated, meant)] == ["4.0", "2.0"]
    assert guest.has_dismissed(unwanted)


def test_a_silent_postgresql_and_a_silent_redis_are_waited_for_once_each(site):
    movie = site.known["musicals"][9]
    with breaking(site, STALLED), site.redis.stalled():
        answers = [site.rate(movie, 2), site.ask("/", **VISITOR), site.ask("/readyz")]

    assert [answer.status for answer in answers] == [503, 503, 503]
    assert answers[2].said["redis"] == "away"
    assert max(answer.seconds for answer in answers) < SECOND + SLACK


def test_processes_that_hang_while_others_are_served_cost_a_request_each(site):
    for _ in range(8):
        site.ask("/")
    with site.postgres.sessions_stalled():
        answers = [site.ask(path, **VISITOR) for path in PAGES]
        wait_until(lambda: site.ask("/", **VISITOR).status == 200)  # by connections that are new

    refused = [answer for answer in answers if answer.status >= 500]
    assert refused
    for answer in refused:
        assert answer.status == 503
        assert answer.headers["Retry-After"]
        assert answer.seconds < SECOND + SLACK


def test_what_needs_no_database_is_there(broken):
    ready = broken.ask("/readyz")

    assert [broken.ask(path).status for path in STILL_THERE] == [200, 200]
    assert (ready.status, ready.said["postgresql"]) == (503, "away")
    assert ready.headers["Retry-After"]
    assert ready.seconds < SECOND + SLACK


def test_many_at_once_wait_no_longer_than_one(broken):
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(broken.ask, ["/movies/"] * 16))

    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < SECOND + SLACK


def test_a_training_fails_with_a_restart_and_the_next_one_succeeds(site):
    served = site.recommended(by="regular")
    numbers = {number for (number,) in site.query(NUMBERS)}
    training = site.begin_command("train")
    wait_until(lambda: {number for (number,) in site.query(NUMBERS)} - numbers)

    restart(site)

    assert training.wait(timeout=300) == 1
    assert "PostgreSQL is away; run this again" in site.log("command")
    assert site.recommended(by="regular") == served
    again = site.command("train")
    assert again.returncode == 0, again.stderr
    assert not site.query(f"{NUMBERS} WHERE state = 'training'")


def restart(site: LiveSite) -> None:
    before = site.postgres.process
    site.postgres.restart()
    wait_until(lambda: has_changed(site, before))
    wait_until(site.is_whole)


def test_every_acknowledged_rating_outlives_a_restart(site):
    """Rate from several threads while PostgreSQL shuts down and comes back."""
    movies = [*site.known["westerns"], *site.known["musicals"]]
    acknowledged: dict[int, float] = {}
    statuses: set[int] = set()
    is_over = threading.Event()

    def rate_for_ever(own: list[int]) -> None:
        round_number = 0
        while not is_over.is_set():
            round_number += 1
            for movie in own:
                stars = 0.5 + (round_number % 10) / 2
                answer = site.rate(movie, stars, by="newcomer")
                statuses.add(answer.status)
                if answer.status == 200:
                    acknowledged[movie] = stars
                else:
                    # The commit may have come through; what counts is what is told next.
                    acknowledged.pop(movie, None)

    with ThreadPoolExecutor(RATERS) as pool:
        raters = [pool.submit(rate_for_ever, movies[n::RATERS]) for n in range(RATERS)]
        try:
            for _ in range(2):
                restart(site)
        finally:
            is_over.set()
    for rater in raters:
        rater.result()

    assert statuses == {200, 503}
    stored = site.stored_stars(by="newcomer")
    assert acknowledged
    assert {movie: stored.get(movie) for movie in acknowledged} == acknowledged


def has_changed(site, before: int) -> bool:
    try:
        return site.postgres.process != before
    except ValueError:
        return False
