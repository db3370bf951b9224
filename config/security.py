"""The content security policy: what a page of Marquee may load and run.

Strict on every page that people see. The admin and the API's docs are other people's work and
need more; each gets no more than that, and neither may load anything from elsewhere.
docs/security.md says why.
"""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

Policy = dict[str, list[Any]]

STRICT: Policy = {
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
CONTENT_SECURITY_POLICY = {"DIRECTIVES": STRICT}

# Alpine reads its expressions with `new Function`, and both Unfold and Alpine set styles inline.
ADMIN = STRICT | {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}
# Swagger UI sets styles inline and has its icons in data: addresses.
DOCS = STRICT | {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]}

WIDER = {"/admin/": ADMIN, "/api/v1/docs/": DOCS}


def wider_policy(path: str) -> Policy | None:
    """Return the policy of a path that needs more than the strict one; None for all others."""
    return next((WIDER[prefix] for prefix in WIDER if path.startswith(prefix)), None)
