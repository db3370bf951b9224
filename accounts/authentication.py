"""How programs say whose they are."""

from typing import NoReturn

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services.tokens import authenticate_token
from config.client import limited_address
from config.limiter import Limit, limiter

SCHEME = "bearer"
WRONG_TOKENS = Limit(per_second=1, burst=30)


class TokenAuthentication(BaseAuthentication):
    """Accept `Authorization: Bearer TOKEN` with a personal token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = authenticate_token(secret=secret.strip())
        if token is None:
            refuse(request)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return 'Bearer realm="Marquee"'


def refuse(request: Request) -> NoReturn:
    """Say that the token is wrong, or, after many of them from one address, to wait."""
    verdict = limiter().take(key=f"wrong-token:{limited_address(request)}", limit=WRONG_TOKENS)
    if not verdict.is_allowed:
        raise Throttled(wait=verdict.retry_after)
    raise AuthenticationFailed("This token is not valid.")
