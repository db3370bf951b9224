import pytest
from django.urls import reverse

from recommendations.models import ModelVersion
from recommendations.services.store import store
from tests.factories import make_movie


@pytest.mark.django_db
def test_alive_before_anything_else(client):
    assert client.get("/livez").json() == {"status": "ok"}


@pytest.mark.django_db
def test_not_ready_before_catalogue_and_model(client):
    first = client.get(reverse("readyz"))
    make_movie()
    second = client.get(reverse("readyz"))

    assert (first.status_code, first.json()["catalogue"]) == (503, "empty")
    assert (second.status_code, second.json()["model"]) == (503, "missing")
    assert second.headers["Retry-After"]


def test_ready_with_catalogue_and_model(two_camps, client):
    assert client.get(reverse("readyz")).json()["status"] == "ok"


def test_degraded_without_redis(two_camps, client, redis_away):
    response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert (response.json()["status"], response.json()["redis"]) == ("degraded", "away")


def test_a_model_that_is_missing_after_there_was_one_only_degrades(two_camps, client):
    ModelVersion.objects.update(state=ModelVersion.State.FAILED)
    store.forget()

    response = client.get(reverse("readyz"))

    assert (response.status_code, response.json()["model"]) == (200, "missing")
