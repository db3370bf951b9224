import pytest

from recommendations.services.cache import lists_key
from tests.never_down.servers import wait_until

HIDE = (
    "UPDATE recommendations_modelversion SET state = 'failed' WHERE state IN ('active', 'retired')"
)
SHOW = "UPDATE recommendations_modelversion SET state = %s WHERE number = %s"
STATES = "SELECT state, number FROM recommendations_modelversion"


@pytest.fixture
def without_model(site):
    """Take every version out of service until the end."""
    states = site.query(STATES)
    try:
        site.query(HIDE)
        wait_until(lambda: site.readiness().get("model") == "missing")
        yield site
    finally:
        for state, number in states:
            site.query(SHOW, state, number)
    wait_until(site.is_whole)


def test_without_any_model_popular_movies_are_shown(without_model):
    site = without_model
    movie = site.known["westerns"][11]

    home, recommended = site.ask("/"), site.recommended(by="regular")
    ready = site.ask("/readyz")

    assert home.status == 200
    assert "Western" in home.text
    assert recommended
    assert not set(recommended) & set(site.stored_stars(by="regular"))
    assert site.ask(f"/movies/{movie}/").status in {200, 301}
    assert site.rate(movie, 4).status == 200
    assert (ready.status, ready.said["status"], ready.said["model"]) == (200, "degraded", "missing")


def test_somebody_without_history_gets_something_then_their_own(site):
    site.query("DELETE FROM movies_rating WHERE user_id = %s", site.known["newcomer"]["id"])
    site.redis_client().delete(lists_key(site.known["newcomer"]["id"]))
    first = site.recommended(by="newcomer")

    for western in site.known["westerns"][:3]:
        assert site.rate(western, 5, by="newcomer").status == 200
    own = site.recommended(by="newcomer")[:5]

    assert first
    assert len(set(own) & set(site.known["westerns"])) > len(own) / 2
