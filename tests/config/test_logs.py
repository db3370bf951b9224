import json
import logging
from io import StringIO

import psycopg
import pytest
from celery.exceptions import Reject
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, OperationalError, transaction
from django.test import RequestFactory
from gunicorn.http.errors import (
    ForbiddenProxyRequest,
    InvalidHeader,
    InvalidRequestLine,
    LimitRequestLine,
)
from kombu.exceptions import OperationalError as KombuError
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.models import User
from config.logs import JSONFormatter, PlainFormatter, discreet
from config.request_ids import serving
from recommendations.views import home
from tests.factories import make_movie, make_user


@pytest.fixture
def written():
    """Give what is logged in production's form."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line(client, db, written):
    movie, user = make_movie(), make_user()
    client.force_login(user)
    response = client.get(f"/movies/{movie.pk}/", follow=True)

    line = written()[-1]

    assert (line["method"], line["status"], line["user_id"]) == ("GET", 200, user.pk)
    assert line["route"].startswith("/movies/<int:movie_id>/")
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_what_django_says_of_a_failure_belongs_to_its_request(client, monkeypatch, written):
    def give_up(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(home, "read_curation_revision", give_up)
    client.raise_request_exception = False
    response = client.get("/")

    (line,) = (line for line in written() if line["logger"] == "django.request")
    assert response.status_code == 503
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_nothing_in_it_tells_who_looked_for_what(client, db, written):
    make_user()
    client.get("/movies/", {"q": "embarrassing"}, headers={"X-Forwarded-For": "203.0.113.9"})
    client.post("/accounts/login/", {"login": "jo@example.org", "password": "secret-word"})
    client.get("/accounts/password/reset/key/abc-secretkey/")
    client.get("/nowhere/jo@example.org/")

    said = json.dumps(written())

    for private in ("embarrassing", "203.0.113.9", "127.0.0.1", "jo@", "secret-word", "secretkey"):
        assert private not in said
    assert "/accounts/password/reset/key/" in said


def test_machines_that_ask_all_the_time_are_left_out(client, db, written):
    client.get("/livez")
    client.get("/static/css/base.css")

    assert written() == []


@pytest.mark.parametrize(
    ("state", "is_brief"), [(None, True), ("57P01", True), ("08006", True), ("57014", False)]
)
def test_an_outage_is_a_line_and_a_slow_query_has_its_place(state, is_brief):
    cause = psycopg.OperationalError("the server said so")
    cause.sqlstate = state
    error = OperationalError("gone\nfor ever")
    error.__cause__ = cause

    told = PlainFormatter().formatException((type(error), error, None))

    assert (told == "OperationalError: gone") == is_brief
    assert ("the server said so" in told) != is_brief


def test_an_outage_of_the_broker_is_a_line():
    error = KombuError("Error 111 connecting.\nConnection refused.")
    error.__cause__ = RedisConnectionError("Connection refused.")

    for each in (error, Reject(error)):
        told = PlainFormatter().formatException((type(each), each, None))

        assert told.startswith(type(each).__name__)
        assert "Error 111 connecting." in told
        assert "\n" not in told


def test_a_path_in_a_message_gives_way_to_its_pattern():
    request = RequestFactory().get("/people/jo/")
    request.user = AnonymousUser()
    record = logging.makeLogRecord(
        {"msg": "Gone: %s", "args": ("/people/jo/",), "request": request}
    )

    assert json.loads(JSONFormatter().format(record))["message"] == "Gone: unmatched"


@pytest.mark.parametrize(
    "told",
    [
        "DETAIL:  Key (lower(email::text))=(jo@localhost) already exists.",
        "DETAIL:  Failing row contains (7, pbkdf2_x, Jo\n\nSmith, 1980-01-01, f).",
        'CONTEXT:  COPY people, line 3, column born: "1980-01-01"',
    ],
)
def test_what_postgresql_refused_is_struck_out(told):
    kind = told.partition(":")[0]
    after = "\n\nThe above exception was the direct cause of the following exception:"

    assert discreet(f"IntegrityError: no\n{told}{after}") == f"IntegrityError: no\n{kind}: …{after}"
    assert discreet(told) == f"{kind}: …"


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9", ""])
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidHeader("Cookie: sessionid=secret"), "Invalid HTTP Header"),
        (InvalidRequestLine("GET /?q=secret no"), "Invalid HTTP request line"),
        (ForbiddenProxyRequest("203.0.113.9"), "Proxy request from "),
        (LimitRequestLine(70_000, 65_536), "Request Line is too large (70000 > 65536)"),
    ],
)
def test_of_what_is_no_request_only_the_kind_is_told(address, error, kind):
    assert discreet(f"Invalid request from ip={address}: {error}") == f"Invalid request: {kind}"


def test_a_host_that_is_not_ours_is_a_line(client, written):
    client.get("/", headers={"Host": "elsewhere.example"})

    (line,) = (line for line in written() if line["logger"].startswith("django.security"))
    assert "elsewhere.example" in line["message"]
    assert line["exception"] == "DisallowedHost"


def test_addresses_are_struck_out():
    assert discreet("Mail jo@example.org.") == "Mail (an address)."


@pytest.mark.django_db
def test_a_row_that_a_check_refuses_is_not_logged(written):
    try:
        with transaction.atomic():
            User.objects.filter(pk=make_user().pk).update(profile_revision=-1)
    except IntegrityError:
        logging.getLogger("marquee.test").exception("stumbled")

    line = written()[-1]

    assert "violates check constraint" in line["exception"]
    assert "Failing row" not in line["exception"]


def test_a_traceback_is_part_of_the_line(written):
    try:
        int("of jo@example.org")
    except ValueError:
        logging.getLogger("marquee.test").exception("stumbled")

    line = written()[-1]

    assert line["exception"].endswith("with base 10: 'of (an address)'")


def test_a_developer_reads_plain_lines():
    record = logging.makeLogRecord({"msg": "hello", "name": "here", "levelname": "INFO"})
    formatter = PlainFormatter("{levelname} {name} {message}", style="{")

    with serving("request-1234"):
        assert formatter.format(record) == "INFO here hello [request-1234]"
