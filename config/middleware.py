"""What happens to every request and response."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from config.database.patience import serving_request
from config.metrics import REQUEST_SECONDS, REQUESTS
from config.request_ids import HEADER, accepted_request_id, remember, serving
from config.routes import STATIC, method_of, route_of, view_of
from config.security import HEADER as POLICY
from config.security import policy_of

access_log = logging.getLogger("marquee.access")

# Asked for again and again by machines; they are counted, and seen in a log only on demand.
QUIET_VIEWS = frozenset({STATIC, "livez", "readyz", "metrics"})

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ObservingMiddleware:
    """Give each request an id, count it, and write one line about it; the outermost of all."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request_id = accepted_request_id(request.headers.get(HEADER, ""))
        remember(request, request_id)
        with serving(request_id):
            response = self._get_response(request)
            _observe(request, response, seconds=time.perf_counter() - started)
        response.headers[HEADER] = request_id
        return response


class ImpatientMiddleware:
    """Let no request wait long for a service that does not answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with serving_request():
            return self._get_response(request)


class PolicyMiddleware:
    """Send the content security policy, which nothing but the path decides."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers[POLICY] = policy_of(request.path)
        return response


def _observe(request: HttpRequest, response: HttpResponseBase, *, seconds: float) -> None:
    view, method = view_of(request), method_of(request)
    REQUESTS.labels(view=view, method=method, status=response.status_code).inc()
    REQUEST_SECONDS.labels(view=view).observe(seconds)
    route, milliseconds = route_of(request), round(seconds * 1000, 1)
    level = logging.DEBUG if view in QUIET_VIEWS else logging.INFO
    access_log.log(
        level,
        "%s %s %s in %s ms",
        method,
        route,
        response.status_code,
        milliseconds,
        extra={
            "method": method,
            "route": route,
            "view": view,
            "status": response.status_code,
            "milliseconds": milliseconds,
            "user_id": _known_user_id(request),
        },
    )


def _known_user_id(request: HttpRequest) -> int | None:
    """Return whose request it was if somebody asked already; a log line is worth no query."""
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    return None if isinstance(user, SimpleLazyObject) else getattr(user, "pk", None)
