"""Who a request comes from."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the person of a request that `login_required` let through."""
    return cast("User", request.user)


def visitor(request: HttpRequest) -> User | None:
    """Return the person of a request, or None for a guest."""
    return request.user if isinstance(request.user, User) else None
