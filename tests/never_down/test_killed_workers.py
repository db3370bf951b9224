import os
import signal
import subprocess
from collections.abc import Iterator
from itertools import cycle

import pytest

from config.celery import app
from config.environment import broker_url
from recommendations.services.cache import lists_key
from recommendations.tasks import refresh_user
from tests.never_down.servers import children_of, wait_until
from tests.never_down.site import LiveSite


@pytest.fixture(scope="module")
def worker(running_site) -> Iterator[subprocess.Popen[bytes]]:
    """Run one worker, which the last of its tests kills."""
    with running_site.worker() as worker:
        yield worker


def kept_lists(site: LiveSite, user_id: int) -> bool:
    return bool(site.redis_client().exists(lists_key(user_id)))


def version_states(site: LiveSite) -> dict[int, str]:
    return dict(site.query("SELECT number, state FROM recommendations_modelversion"))


def test_without_a_worker_own_lists_are_fresh(site):
    movie = next(iter(site.recommended(by="regular")))

    rated = site.rate(movie, 4)

    assert rated.status == 200
    assert movie not in site.recommended(by="regular")


def test_what_was_left_to_do_is_done_when_a_worker_is_back(site):
    user_id, movie = site.known["regular"]["id"], site.known["musicals"][11]
    redis, stars = site.redis_client(), cycle((4, 4.5))
    redis.flushdb()  # no refresh is coming that an earlier rating asked for
    # For a second or two the site may still leave alone a broker that was full.
    wait_until(lambda: site.rate(movie, next(stars)).status == 200 and redis.llen("celery"))
    redis.delete(lists_key(user_id))

    with site.worker():
        wait_until(lambda: kept_lists(site, user_id))


def test_a_worker_killed_in_its_task_is_replaced_and_the_work_done(site, worker):
    user_id, movie = site.known["newcomer"]["id"], site.known["westerns"][12]
    (pool_process,) = children_of(worker.pid)
    os.kill(pool_process, signal.SIGSTOP)
    rated = site.rate(movie, 5, by="newcomer", X_Request_ID="the-rating-1")
    site.redis_client().delete(lists_key(user_id))
    wait_until(lambda: site.redis_client().hlen("unacked"))
    os.kill(pool_process, signal.SIGKILL)

    wait_until(lambda: kept_lists(site, user_id))

    assert (rated.status, rated.headers["X-Request-ID"]) == (200, "the-rating-1")
    assert site.stored_stars(by="newcomer")[movie] == 5
    assert "[the-rating-1]" in site.log("worker")
    wait_until(lambda: site.metric("marquee_refresh_lag_seconds_count") >= 1)


def test_a_task_waits_for_postgresql(site, worker):
    user_id, before = site.known["newcomer"]["id"], len(site.log("worker"))
    site.redis_client().delete(lists_key(user_id))
    with site.postgres.gone():
        queue_refresh(site, user_id)
        wait_until(lambda: "Retry in" in site.log("worker")[before:])
    wait_until(site.is_whole)

    wait_until(lambda: kept_lists(site, user_id))


def test_a_worker_killed_altogether_leaves_no_process_behind(site, worker):
    pool = children_of(worker.pid)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    wait_until(lambda: not any(is_running(process) for process in pool))

    assert site.rate(site.known["westerns"][13], 5).status == 200


def queue_refresh(site: LiveSite, user_id: int) -> None:
    """Queue a task as the site does, with its own broker."""
    with app.connection_for_write(broker_url(site.redis.url)) as broker:
        refresh_user.apply_async(args=[user_id], connection=broker)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_training_killed_in_the_middle_leaves_no_trace_in_what_is_served(site):
    before = site.recommended(by="newcomer")
    numbers = version_states(site).keys()
    training = site.begin_command("train")
    wait_until(lambda: version_states(site).keys() - numbers)
    os.kill(training.pid, signal.SIGKILL)
    training.wait()

    assert site.recommended(by="newcomer") == before
    assert site.is_whole()
    (killed,) = version_states(site).keys() - numbers
    assert version_states(site)[killed] != "active"

    again = site.command("train")

    assert again.returncode == 0, again.stderr
    assert version_states(site)[killed] == "failed"


def test_a_web_process_that_is_killed_is_replaced_and_what_it_counted_stays(site):
    counted = 'marquee_requests_total{method="GET",status="200",view="livez"}'
    site.ask("/livez")
    before = site.metric(counted)
    (process,) = children_of(site.web.pid)
    os.kill(process, signal.SIGKILL)

    answer = site.ask("/livez")

    assert answer.status == 200
    assert children_of(site.web.pid) != [process]
    assert before > 0
    assert site.metric(counted) == before + 1
    assert site.readiness()["status"] == "ok"
