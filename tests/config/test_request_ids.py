import pytest

from config.celery import mark_task
from config.request_ids import accepted_request_id, present_request_id, serving
from config.task_signals import begin, end
from recommendations.tasks import refresh_user


def test_an_id_that_is_safe_is_sent_back(client, db):
    response = client.get("/livez", headers={"X-Request-ID": "proxy-7f3a_9"})

    assert response.headers["X-Request-ID"] == "proxy-7f3a_9"


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, 'x"} {"level": "x', "line\nbreak12", "é" * 9]
)
def test_any_other_is_replaced(given):
    made = accepted_request_id(given)

    assert made != given
    assert accepted_request_id(made) == made


def test_every_request_has_one_of_its_own(client, db):
    first, second = (client.get("/livez").headers["X-Request-ID"] for _ in range(2))

    assert first != second


def test_it_follows_into_a_task(db, monkeypatch):
    headers = {}
    with serving("request-1234"):
        mark_task(headers=headers)
    monkeypatch.setattr(refresh_user.request, "request_id", headers["request_id"], raising=False)

    begin(task=refresh_user, task_id="other")
    during = present_request_id()
    end(task=refresh_user, task_id="other", state="SUCCESS")

    assert (during, present_request_id()) == ("request-1234", "")
