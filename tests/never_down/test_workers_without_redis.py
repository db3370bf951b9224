"""Workers and the scheduler outlive Redis, and what was left undone is done when it is back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import cycle

import pytest

from recommendations.services.cache import lists_key
from tests.never_down.servers import wait_until
from tests.never_down.site import LiveSite

HOW = KILLED, STALLED = ("killed", "stalled")


@pytest.fixture(scope="module")
def at_work(running_site) -> Iterator[LiveSite]:
    """Run a worker and, which the tests outlive as well, the scheduler."""
    with running_site.worker() as worker, running_site.scheduler() as beat:
        yield running_site
        assert (worker.poll(), beat.poll()) == (None, None)


def outage(site: LiveSite, how: str) -> AbstractContextManager[None]:
    return site.redis.gone() if how == KILLED else site.redis.stalled()


@pytest.mark.parametrize("how", HOW)
def test_a_worker_goes_on_with_what_is_rated_after_an_outage(at_work, site, how):
    user_id, (meanwhile, later) = site.known["regular"]["id"], site.known["musicals"][10:12]
    redis, stars = site.redis_client(), cycle((4, 4.5))
    with outage(site, how):
        assert site.rate(meanwhile, next(stars)).status == 200
    wait_until(site.is_whole)
    before = len(site.log("worker"))
    redis.delete(lists_key(user_id))

    # For a second or two the site still leaves the broker alone.
    wait_until(lambda: site.rate(later, next(stars)).status == 200 and has_refreshed(site, before))

    assert redis.exists(lists_key(user_id))


def has_refreshed(site: LiveSite, since: int) -> bool:
    return "recommendations.refresh_user SUCCESS" in site.log("worker")[since:]


def test_lists_that_an_outage_took_are_made_without_anybody_asking(at_work, site):
    user_id = site.known["newcomer"]["id"]
    for how in HOW:
        with outage(site, how):
            assert site.rate(site.known["musicals"][12], 3, by="newcomer").status == 200
        wait_until(site.is_whole)
    site.redis_client().delete(lists_key(user_id))

    wait_until(lambda: site.redis_client().exists(lists_key(user_id)))
