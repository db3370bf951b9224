"""Workers and the scheduler outlive Redis, and what was left undone is done when it is back."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import pytest

from config.celery import WORKER_TIMEOUT_SECONDS
from recommendations.services.cache import lists_key
from tests.never_down.servers import children_of, wait_until
from tests.never_down.site import LiveSite

HOW = STALLED, KILLED = ("stalled", "killed")


@pytest.fixture(scope="module")
def worker(running_site) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker and the scheduler, which both outlive the tests."""
    with running_site.worker() as worker, running_site.scheduler() as beat:
        yield worker
        assert (worker.poll(), beat.poll()) == (None, None)


@contextmanager
def outage(site: LiveSite, how: str) -> Iterator[None]:
    """Take Redis away until workers and scheduler have noticed, or waited for longer than they do.

    What is killed closes its connections; what is stalled for less than that costs nobody one.
    """
    before, began = len(site.log("worker")), time.monotonic()
    with site.redis.gone() if how == KILLED else site.redis.stalled():
        yield
        if how == KILLED:
            wait_until(lambda: "Trying again in" in site.log("worker")[before:])
        else:
            wait_until(lambda: time.monotonic() > began + WORKER_TIMEOUT_SECONDS + 2)
    wait_until(site.is_whole)


@pytest.mark.parametrize("how", HOW)
def test_a_worker_goes_on_after_an_outage_that_it_was_at_work_in(worker, site, how):
    movie, stars = site.known["musicals"][11], cycle((4, 4.5))
    (at_work,) = children_of(worker.pid)
    with stopped(at_work):
        redis = site.redis_client()
        wait_until(lambda: site.rate(movie, next(stars)).status == 200 and redis.hlen("unacked"))
        with outage(site, how):
            os.kill(at_work, signal.SIGCONT)
    before = len(site.log("worker"))

    # For a second or two the site still leaves the broker alone.
    wait_until(lambda: site.rate(movie, next(stars)).status == 200 and has_refreshed(site, before))

    wait_until(lambda: follows(site, by="regular"))


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def has_refreshed(site: LiveSite, since: int) -> bool:
    return "recommendations.refresh_user SUCCESS" in site.log("worker")[since:]


@pytest.mark.parametrize("how", HOW)
def test_what_was_rated_in_an_outage_is_followed_without_anybody_asking(worker, site, how):
    with outage(site, how):
        assert site.rate(site.known["musicals"][12], 3, by="newcomer").status == 200
        assert site.rate(site.known["musicals"][12], 4, by="newcomer").status == 200

    wait_until(lambda: follows(site, by="newcomer"))


def follows(site: LiveSite, *, by: str) -> bool:
    """Tell whether the kept lists know what their person did last."""
    user_id = site.known[by]["id"]
    sql = "SELECT profile_revision FROM accounts_user WHERE id = %s"
    ((revision,),) = site.query(sql, user_id)
    return int(site.redis_client().hget(lists_key(user_id), "revision") or -1) == revision
