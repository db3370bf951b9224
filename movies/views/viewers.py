"""Who looks at a page: a person, or a guest with what they have said so far."""

from django.http import HttpRequest

from accounts.requests import visitor
from movies.guests import Viewer
from movies.services.guests import read_guest


def viewer_of(request: HttpRequest) -> Viewer:
    """Return the person of a request, or its guest."""
    return visitor(request) or read_guest(request.session)
