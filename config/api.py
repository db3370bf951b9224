"""How errors become answers of the API. The apps' errors get their HTTP status here."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from config.errors import DATABASE_GONE, RETRY_AFTER_SECONDS
from config.problems import CONTENT_TYPE, DATABASE_AWAY, problem
from movies.errors import AccountGoneError, MovieNotFoundError, StarsError
from recommendations.errors import ModelNotReadyError, MovieUnknownToModelError

STATUSES: Mapping[type[Exception], HTTPStatus] = {
    MovieNotFoundError: HTTPStatus.NOT_FOUND,
    AccountGoneError: HTTPStatus.NOT_FOUND,
    StarsError: HTTPStatus.BAD_REQUEST,
    MovieUnknownToModelError: HTTPStatus.NOT_FOUND,
    ModelNotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
}
WAIT = {"Retry-After": str(RETRY_AFTER_SECONDS)}
WRONG_VALUES = "Some values cannot be used; `errors` says which and why."


def answer_with_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the problem of an error; None for our own mistakes, which Django reports."""
    instance = context["request"].path
    if isinstance(error, DATABASE_GONE):
        return _respond(HTTPStatus.SERVICE_UNAVAILABLE, DATABASE_AWAY, instance, headers=WAIT)
    if type(error) in STATUSES:
        status = STATUSES[type(error)]
        headers = WAIT if status is HTTPStatus.SERVICE_UNAVAILABLE else None
        return _respond(status, str(error), instance, headers=headers)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _respond(error.status_code, WRONG_VALUES, instance, errors=_per_field(error))
    if isinstance(error, exceptions.APIException):
        return _respond(error.status_code, str(error.detail), instance, headers=_headers(error))
    return None


def _respond(
    status: int,
    detail: str,
    instance: str,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = problem(status=status, detail=detail, instance=instance, errors=errors)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _per_field(error: exceptions.ValidationError) -> Mapping[str, Any]:
    if isinstance(error.detail, dict):
        return {name: _messages(said) for name, said in error.detail.items()}
    return {"body": _messages(error.detail)}


def _messages(said: Any) -> list[str]:
    """Return the messages of one field; those of a list's members in the order of the members."""
    if isinstance(said, dict):
        said = [message for messages in said.values() for message in messages]
    return [str(message) for message in said]


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers
