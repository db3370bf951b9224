import inspect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import allauth.account
import pytest
from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.test import RequestFactory

from accounts import limits

ACTION = {"app": "allauth.account", "action": "login_failed", "key": "somebody"}


@pytest.fixture(autouse=True)
def slow_rate(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/h/key"}


def post():
    return RequestFactory().post("/")


def consume(**extra):
    return ratelimit.consume(post(), **ACTION, **extra)


def test_parallel_attempts_let_exactly_the_amount_through():
    with ThreadPoolExecutor(30) as pool:
        usages = list(pool.map(lambda _: consume(), range(30)))
    assert sum(usage is not None for usage in usages) == 5


def test_attempt_taken_back_can_be_made_again():
    usages = [consume() for _ in range(5)]
    assert consume() is None
    usages[0].rollback()
    assert consume() is not None


def test_cleared_attempts_count_no_more():
    for _ in range(6):
        consume()
    ratelimit.clear(post(), **ACTION)
    assert consume() is not None


def test_dry_run_counts_nothing():
    assert all(consume(dry_run=True) is not None for _ in range(9))


def test_refusal_is_raised_if_asked_for():
    for _ in range(5):
        consume()
    with pytest.raises(RateLimited):
        consume(raise_exception=True)


def test_shorter_of_two_rates_decides(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,2/h/key"}
    assert [consume() is not None for _ in range(3)] == [True, True, False]


def test_every_limit_of_allauth_is_counted_here():
    """Fails when a new version counts in another place than the two that are replaced."""
    assert ratelimit._consume_single_rate is limits.consume_rate
    assert ratelimit.clear is limits.clear
    counting = inspect.getsource(ratelimit.consume)
    assert "_consume_single_rate(" in counting
    assert "cache" not in counting
    for source in Path(allauth.account.__file__).parent.rglob("*.py"):
        assert "django.core.cache" not in source.read_text()
