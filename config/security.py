"""The content security policy: what a page of Marquee may load and run.

Strict on every page that people see. The admin and the API's docs are other people's work and
need more; each gets no more than that, and neither may load anything from elsewhere.
docs/security.md says why.
"""

from collections.abc import Mapping

HEADER = "Content-Security-Policy"
NONE, SELF = "'none'", "'self'"
UNSAFE_EVAL, UNSAFE_INLINE = "'unsafe-eval'", "'unsafe-inline'"

Policy = Mapping[str, list[str]]

STRICT = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}

# Alpine reads its expressions with `new Function`, and both Unfold and Alpine set styles inline.
ADMIN = STRICT | {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}
# Swagger UI sets styles inline and has its icons in data: addresses.
DOCS = STRICT | {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}


def _written(policy: Policy) -> str:
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in policy.items())


_STRICT = _written(STRICT)
_WIDER = {"/admin/": _written(ADMIN), "/api/v1/docs/": _written(DOCS)}


def policy_of(path: str) -> str:
    """Return the policy of a page: the strict one, unless the path needs more."""
    return next((_WIDER[prefix] for prefix in _WIDER if path.startswith(prefix)), _STRICT)
