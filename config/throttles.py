"""How often programs may ask the API."""

from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken
from config.client import limited_address
from config.limiter import Limit, limiter

if TYPE_CHECKING:
    # Views read the settings, which name this module, while they are imported.
    from rest_framework.views import APIView


class RequestThrottle(BaseThrottle):
    """Count reads and writes of a token or a session, and everything of a stranger's address."""

    _retry_after: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002 - DRF's signature
        kind, limit = limit_of(request)
        verdict = limiter().take(key=f"api:{kind}:{asker_of(request)}", limit=limit)
        self._retry_after = verdict.retry_after
        return verdict.is_allowed

    def wait(self) -> float | None:
        return self._retry_after


def limit_of(request: Request) -> tuple[str, Limit]:
    """Return the name and the size of the limit that a request falls under."""
    if not request.user.is_authenticated:
        burst = settings.API_ANONYMOUS_BURST
        return "anonymous", Limit(settings.API_ANONYMOUS_PER_SECOND, burst)
    if request.method in SAFE_METHODS:
        return "reads", Limit(settings.API_READS_PER_SECOND, settings.API_BURST)
    return "writes", Limit(settings.API_WRITES_PER_SECOND, settings.API_BURST)


def asker_of(request: Request) -> str:
    """Return who asks. A session's key opens an account, so only its digest leaves us."""
    if isinstance(request.auth, ApiToken):
        return f"token-{request.auth.pk}"
    if not request.user.is_authenticated:
        return limited_address(request)
    session = request.session.session_key or f"person-{request.user.pk}"
    return f"session-{sha256(session.encode()).hexdigest()[:32]}"
