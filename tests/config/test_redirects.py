"""The way back from a form, and pages that are not there."""

import pytest
from django.test import Client, RequestFactory

from config.redirects import way_back


def back_to(wanted):
    return way_back(RequestFactory().post("/", {"next": wanted}), fallback="/fallback/")


def test_address_of_ours_is_taken():
    assert back_to("/movies/?q=heat&page=2") == "/movies/?q=heat&page=2"


@pytest.mark.parametrize(
    "wanted",
    ["", "home", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"],
)
def test_anything_else_is_the_fallback(wanted):
    assert back_to(wanted) == "/fallback/"


@pytest.mark.django_db
def test_unknown_address_is_a_plain_404():
    assert Client().get("/nowhere/").status_code == 404
