import pytest
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def policy_of(address: str, client: Client | None = None) -> dict[str, str]:
    header = (client or Client()).get(address)["Content-Security-Policy"]
    directives = (part.strip().partition(" ") for part in header.split(";"))
    return {name: sources for name, _, sources in directives}


@pytest.mark.parametrize("address", ["/", "/movies/", "/accounts/login/", "/nothing/", "/api/v1/"])
def test_pages_of_people_have_the_strict_policy(address):
    policy = policy_of(address)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


def test_the_admin_may_evaluate_and_style_inline():
    curator = Client()
    curator.force_login(make_user(is_staff=True, is_superuser=True))
    policy = policy_of("/admin/", curator)
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["connect-src"] == "'self'"


def test_the_docs_may_style_inline_and_nothing_more():
    policy = policy_of("/api/v1/docs/")
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"


@pytest.mark.parametrize("address", ["/", "/admin/login/", "/api/v1/docs/"])
def test_nothing_comes_from_elsewhere(address):
    assert "http" not in str(policy_of(address))


@pytest.mark.parametrize("address", ["/", "/admin/", "/api/v1/docs/"])
def test_nobody_may_frame_a_page(address):
    assert policy_of(address)["frame-ancestors"] == "'none'"
