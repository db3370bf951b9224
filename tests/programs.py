"""Programs that ask the API: with a token, or with nothing."""

import json

from django.test import Client

from accounts.models import User
from accounts.services.tokens import create_token

PROBLEM = "application/problem+json"


class Program(Client):
    """A test client that sends JSON, and a person's token if it has one."""

    def __init__(self, user: User | None = None, **defaults) -> None:
        if user is not None:
            _, secret = create_token(user=user, name="Test")
            defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        super().__init__(**defaults)

    def put(self, path, data=None, content_type="application/json", **extra):
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        return super().put(path, "" if data is None else body, content_type=content_type, **extra)


def assert_problem(response, status: int) -> dict:
    """Check the form of a problem and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    said = response.json()
    assert said["status"] == status
    assert said["type"] == "about:blank"
    assert said["title"]
    assert said["detail"]
    assert said["instance"] == response.request["PATH_INFO"]
    return said
