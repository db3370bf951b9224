"""What a request asked for, in words that are few and name nobody.

Paths carry people's handles, and the secrets of links in mails: neither logs nor metrics get them.
"""

from django.conf import settings
from django.http import HttpRequest

STATIC = "static"
UNMATCHED = "unmatched"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """Return the pattern that the path matched, such as `movies/<int:movie_id>/`."""
    match = request.resolver_match
    return f"/{match.route}" if match else _unresolved(request)


def view_of(request: HttpRequest) -> str:
    """Return the name of the view that answered."""
    match = request.resolver_match
    return match.view_name if match else _unresolved(request)


def method_of(request: HttpRequest) -> str:
    method = request.method or ""
    return method if method in METHODS else "OTHER"


def _unresolved(request: HttpRequest) -> str:
    return STATIC if request.path.startswith(settings.STATIC_URL) else UNMATCHED
