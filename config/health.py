"""Is the process alive, and can the site serve?"""

import logging
from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.errors import DATABASE_GONE, RETRY_AFTER_SECONDS, first_line
from config.redis import RedisAwayError, reachable_redis
from movies.models import Movie
from recommendations.errors import ModelNotReadyError
from recommendations.services.registry import has_ever_served
from recommendations.services.store import store

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def livez(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while the site can serve, once it has ever had a catalogue and a model."""
    states = _database_states() | {"redis": _redis_state()}
    is_whole = set(states.values()) == {"ok"}
    if states["postgresql"] != "ok" or not _has_begun(states):
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return JsonResponse({"status": "unavailable"} | states, status=503, headers=headers)
    return JsonResponse({"status": "ok" if is_whole else "degraded"} | states)


def _database_states() -> dict[str, str]:
    try:
        return {"catalogue": _catalogue_state(), "model": _model_state(), "postgresql": "ok"}
    except DATABASE_GONE as error:
        logger.warning("PostgreSQL does not answer: %s", first_line(error))
        return {"postgresql": "away"}


def _has_begun(states: Mapping[str, str]) -> bool:
    return states["catalogue"] == states["model"] == "ok" or has_ever_served()


def _redis_state() -> str:
    try:
        with reachable_redis() as redis:
            redis.ping()
    except RedisAwayError:
        return "away"
    return "ok"


def _catalogue_state() -> str:
    return "ok" if Movie.objects.exists() else "empty"


def _model_state() -> str:
    try:
        store.get()
    except ModelNotReadyError:
        return "missing"
    return "ok"
