"""The description of the API, for programs and for the docs page."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)

from config.problems import CONTENT_TYPE, PROBLEM_SCHEMA

Schema = dict[str, Any]
PROBLEMS = {
    "400": "Something that was sent cannot be used.",
    "401": "There is no token or session, or none that is valid.",
    "403": "A session's request came without its CSRF token.",
    "404": "There is no such thing.",
    "406": "JSON, the only answer there is, was not accepted.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests. `Retry-After` says how many seconds to wait.",
    "503": "The database does not answer. `Retry-After` says how many seconds to wait.",
}

# JSON first: it is YAML too, so that whoever does not say what they want can read it.
SCHEMA_RENDERERS = [
    OpenApiJsonRenderer2,
    OpenApiJsonRenderer,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tell the schema what a token is."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer"}


def add_problems(result: Schema, **_generation: Any) -> Schema:
    """Add to every operation the problems that may come instead of its answer."""
    result["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    body = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for method, operation in path.items():
            for code in _problem_codes(method, operation):
                operation["responses"][code] = {"description": PROBLEMS[code], "content": body}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _problem_codes(method: str, operation: Schema) -> Iterator[str]:
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    yield from ("401", "406", "429", "503")
    if method != "get":
        yield "403"
    if "path" in places and method != "delete":
        yield "404"
    if "query" in places or "requestBody" in operation:
        yield "400"
    if "requestBody" in operation:
        yield from ("413", "415")
