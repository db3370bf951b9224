"""allauth's limits, counted by the site's own limiter.

allauth keeps a list of times in the cache: it takes a lock, reads, and writes back, five round
trips an attempt, refuses people while a lock is contended, and fails altogether without Redis.
It has no setting for another way of counting. All of its limits, the one of failed sign-ins
included, go through two functions of one module, so those two are replaced, once, in
`AppConfig.ready`; what is limited, and by how much, stays in ACCOUNT_RATE_LIMITS.
`tests/accounts/test_limits.py` fails if a new version of allauth counts elsewhere.
"""

import math
from dataclasses import dataclass
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import Rate, get_cache_key, get_rates
from django.http import HttpRequest

from config.limiter import RETRY_AFTER, Limit, limiter


@dataclass(frozen=True, slots=True)
class Usage:
    """One counted attempt, which a successful sign-in takes back."""

    key: str
    limit: Limit

    def rollback(self) -> None:
        limiter().give_back(key=self.key, limit=self.limit)


def consume_rate(
    request: HttpRequest,
    *,
    rate: Rate,
    dry_run: bool = False,
    raise_exception: bool = False,
    **source: Any,
) -> Usage | None:
    """Count one attempt against one rate; None means that it is refused."""
    key = get_cache_key(request, rate=rate, **source)
    limit = Limit(per_second=rate.amount / rate.duration, burst=rate.amount)
    ask = limiter().peek if dry_run else limiter().take
    verdict = ask(key=key, limit=limit)
    if verdict.is_allowed:
        return Usage(key, limit)
    request.META[RETRY_AFTER] = math.ceil(verdict.retry_after)
    if raise_exception:
        raise RateLimited
    return None


def clear(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    config: dict[str, str] | None = None,
    **source: Any,
) -> None:
    """Uncount every attempt at an action."""
    for rate in get_rates(app=app, action=action, config=config):
        limiter().forget(key=get_cache_key(request, app=app, action=action, rate=rate, **source))


def install() -> None:
    """Put the site's limiter under allauth."""
    ratelimit._consume_single_rate = consume_rate  # noqa: SLF001 - see the module's docstring
    ratelimit.clear = clear
