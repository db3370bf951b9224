import pytest

from tests.factories import make_user
from tests.programs import Program, assert_problem

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/"


def test_a_token_tells_whose_it_is():
    owner = make_user("Owner", profile_revision=3)
    make_user("Friend")
    said = Program(owner).get(ADDRESS).json()
    assert said == {
        "id": owner.pk,
        "email": owner.email,
        "display_name": "Owner",
        "handle": owner.handle,
        "profile_revision": 3,
    }


def test_a_session_will_do():
    owner = make_user("Owner")
    browser = Program()
    browser.force_login(owner)
    assert browser.get(ADDRESS).json()["id"] == owner.pk


def test_a_stranger_is_asked_for_a_token():
    response = Program().get(ADDRESS)
    assert_problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_token_is_refused_where_none_is_needed():
    assert_problem(Program(HTTP_AUTHORIZATION="Bearer mq_wrong").get("/api/v1/movies/"), 401)


def test_nobody_keeps_what_is_personal():
    assert "no-store" in Program(make_user()).get(ADDRESS)["Cache-Control"]
