import pytest

from tests.never_down.servers import wait_until

# What a silent service may cost a request, and what a busy machine may add.
SECOND = 1.0
SLACK = 0.5
PAGES = [
    "/",
    "/movies/",
    "/movies/?q=western",
    "/your-data/",
    "/api/v1/movies/",
    "/accounts/login/",
]


@pytest.fixture(params=["killed", "stalled"])
def broken(request, site):
    """Break Redis, and see that the site notices and gets over it."""
    redis = site.redis
    with redis.gone() if request.param == "killed" else redis.stalled():
        yield site
    wait_until(site.is_whole)


def test_everything_goes_on(broken):
    movie, other = broken.known["westerns"][9:11]

    pages = [broken.ask(path) for path in PAGES]
    rated = broken.rate(movie, 4.5)
    rated_too = broken.rate(other, 4)
    readiness = broken.readiness()

    assert [page.status for page in pages] == [200] * len(PAGES)
    assert (rated.status, rated_too.status) == (200, 200)
    assert max(answer.seconds for answer in (*pages, rated, rated_too)) < SECOND + SLACK
    assert {movie: 4.5, other: 4.0}.items() <= broken.stored_stars(by="regular").items()
    assert movie not in broken.recommended(by="regular")
    assert (readiness["status"], readiness["redis"]) == ("degraded", "away")


def test_people_sign_in(broken):
    page = broken.sign_in(by="regular")

    assert page.status == 200
    assert "account-sign-out" in page.text
