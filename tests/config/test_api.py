import pytest
from django.core.management import call_command
from django.db import OperationalError

from config.limiter import Limiter, Verdict
from movies.models.catalogue import MovieQuerySet
from tests.factories import make_movie, make_user
from tests.programs import Program, assert_problem


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/v1/", "/api/v2/movies/"])
@pytest.mark.django_db
def test_an_unknown_address_is_a_problem(address):
    assert_problem(Program().get(address), 404)


@pytest.mark.django_db
def test_a_missing_slash_is_forgiven():
    assert Program().get("/api/v1/movies")["Location"] == "/api/v1/movies/"


@pytest.mark.django_db
def test_a_method_that_is_not_there_is_a_problem():
    response = Program().post("/api/v1/movies/")
    assert_problem(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.django_db
def test_an_answer_that_is_no_json_is_not_there():
    assert_problem(Program().get("/api/v1/movies/", HTTP_ACCEPT="text/csv"), 406)


@pytest.mark.django_db
def test_too_many_requests_are_told_how_long_to_wait(monkeypatch):
    verdict = Verdict(is_allowed=False, retry_after=1.2)
    monkeypatch.setattr(Limiter, "take", lambda self, *, key, limit: verdict)
    response = Program().get("/api/v1/movies/")
    assert_problem(response, 429)
    assert response["Retry-After"] == "2"


@pytest.mark.django_db
def test_a_burst_is_allowed_and_then_refused(settings):
    settings.API_ANONYMOUS_BURST = 3
    settings.API_ANONYMOUS_PER_SECOND = 0.01
    codes = [Program().get("/api/v1/movies/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def gone(*arguments, **named):
    raise OperationalError("connection refused")


@pytest.mark.django_db
def test_without_a_database_programs_are_told_to_come_back(monkeypatch):
    monkeypatch.setattr(MovieQuerySet, "for_cards", gone)
    response = Program().get("/api/v1/movies/")
    said = assert_problem(response, 503)
    assert response["Retry-After"] == "10"
    assert "refused" not in said["detail"]


@pytest.mark.django_db
def test_without_a_database_nobody_is_taken_for_a_stranger(monkeypatch):
    program = Program(make_user())
    monkeypatch.setattr("accounts.authentication.authenticate_token", gone)
    assert_problem(program.get("/api/v1/me/"), 503)


def broken(*arguments, **named):
    raise ZeroDivisionError("a secret")


@pytest.mark.django_db
def test_our_own_mistakes_are_problems_and_tell_nothing(monkeypatch):
    make_movie()
    monkeypatch.setattr(MovieQuerySet, "for_cards", broken)
    program = Program(raise_request_exception=False)
    said = assert_problem(program.get("/api/v1/movies/"), 500)
    assert "secret" not in str(said)


def test_the_schema_is_valid_and_whole(tmp_path):
    call_command("spectacular", file=str(tmp_path / "schema.yml"), validate=True, fail_on_warn=True)


@pytest.mark.django_db
def test_the_schema_and_the_docs_are_public():
    schema = Program().get("/api/v1/schema/").json()
    assert schema["paths"]["/api/v1/movies/"]["get"]["security"]
    problem = schema["paths"]["/api/v1/movies/{movie_id}/"]["get"]["responses"]["404"]
    assert list(problem["content"]) == ["application/problem+json"]
    page = Program().get("/api/v1/docs/").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "//" not in page.replace("http://www.w3.org", "")
