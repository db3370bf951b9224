"""Errors of the API, said as RFC 9457 asks for (`application/problem+json`)."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.errors import DATABASE_GONE, RETRY_AFTER_SECONDS

CONTENT_TYPE = "application/problem+json"
API_PREFIX = "/api/"
DATABASE_AWAY = "The database does not answer. What was sent may be lost; please try again soon."
NO_SUCH_ADDRESS = "There is nothing at this address. Every address of the API ends with a slash."
DETAILS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read.",
    HTTPStatus.FORBIDDEN: "This is not allowed.",
    HTTPStatus.NOT_FOUND: NO_SUCH_ADDRESS,
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side. It has been noted.",
    HTTPStatus.SERVICE_UNAVAILABLE: DATABASE_AWAY,
}


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "What every error looks like (RFC 9457).",
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong this time, for people."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "errors": {
            "type": "object",
            "description": "What is wrong with each field or parameter, where some are wrong.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail", "instance"],
}


def problem(
    *, status: int, detail: str, instance: str, errors: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the body of a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": instance,
    }
    return body | {"errors": errors} if errors else body


def for_programs_too(
    page: Callable[..., HttpResponse], *, status: HTTPStatus
) -> Callable[..., HttpResponse]:
    """Let an error page answer programs, whose paths are the API's, with a problem."""

    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not request.path.startswith(API_PREFIX):
            return page(request, *args, **named)
        is_away = isinstance(sys.exception(), DATABASE_GONE)
        said = HTTPStatus.SERVICE_UNAVAILABLE if is_away else status
        body = problem(status=said, detail=DETAILS[said], instance=request.path)
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if is_away else None
        return HttpResponse(
            json.dumps(body), status=said, content_type=CONTENT_TYPE, headers=headers
        )

    return answer
