"""What happens to every request and response."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

from config.security import wider_policy


class PathPolicyMiddleware(CSPMiddleware):
    """Send the content security policy: the strict one, or a wider one by path."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - django-csp's signature
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            parts.config = wider_policy(request.path) or parts.config
        return parts
