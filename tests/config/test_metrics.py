import re
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.redis import redis_client
from config.task_metrics import record_refresh_lags, record_run
from config.task_signals import begin, end
from recommendations.models import ModelVersion
from recommendations.tasks import refresh_user
from tests.factories import make_movie

TOKEN = {"Authorization": "Bearer a-token-for-tests"}


@pytest.fixture
def read(client, settings):
    """Give a function that reads `/metrics` as {(sample, labels): value}."""
    settings.METRICS_TOKEN = "a-token-for-tests"

    def read() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        text = client.get("/metrics", headers=TOKEN).text
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return read


def labels(**named: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(named.items()))


@pytest.mark.django_db
def test_no_such_page_without_a_token_in_the_settings(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("given", [None, "Bearer", "Bearer wrong", "Basic a-token-for-tests"])
def test_nobody_reads_it_without_the_token(client, settings, given):
    settings.METRICS_TOKEN = "a-token-for-tests"
    headers = {"Authorization": given} if given else {}

    response = client.get("/metrics", headers=headers)

    assert response.status_code == 401
    assert not response.content


@pytest.mark.django_db
def test_a_request_counts(client, read):
    movie = make_movie()
    key = ("marquee_requests_total", labels(view="api:movie", method="GET", status="200"))
    timed = ("marquee_request_seconds_count", labels(view="api:movie"))
    before = read()

    client.get(f"/api/v1/movies/{movie.pk}/")

    after = read()
    assert after[key] == before.get(key, 0) + 1
    assert after[timed] == before.get(timed, 0) + 1


@pytest.mark.django_db
def test_strangers_cannot_make_new_labels(client, read):
    client.get("/nowhere/at/all/")
    client.generic("BREW", "/nowhere/else/")

    names = [dict(found) for name, found in read() if name == "marquee_requests_total"]

    assert {"view": "unmatched", "method": "OTHER", "status": "404"} in names
    assert not any(re.search("nowhere|BREW", str(found)) for found in names)


def test_models_and_queues_are_told(two_camps, read):
    redis_client().rpush("training", "a task that waits")

    found = read()

    assert found["marquee_queue_length", labels(queue="training")] == 1
    assert found["marquee_queue_length", labels(queue="celery")] == 0
    assert found["marquee_model_version", ()] == two_camps.version.number
    assert 0 <= found["marquee_model_age_seconds", ()] < 600
    assert found["marquee_service_up", labels(service="redis")] == 1


def test_an_increment_makes_a_model_no_younger(two_camps, read):
    base, now = two_camps.version, timezone.now()
    ModelVersion.objects.filter(pk=base.pk).update(
        state=ModelVersion.State.RETIRED, trained_at=now - timedelta(days=3)
    )
    ModelVersion.objects.create(
        number=base.number + 1,
        kind=ModelVersion.Kind.INCREMENT,
        base=base,
        state=ModelVersion.State.ACTIVE,
        directory="made-up",
        manifest_sha256="0" * 64,
        trained_at=now,
    )

    assert read()["marquee_model_age_seconds", ()] > 2 * 86_400


@pytest.mark.django_db
def test_a_training_that_runs_is_told(read):
    ModelVersion.objects.create(number=1, stage="fitting stars", percent=40, memory_mb=300)
    ModelVersion.objects.create(number=2, state=ModelVersion.State.FAILED, alert="Worse.")

    found = read()

    assert found["marquee_training_percent", labels(stage="fitting stars")] == 40
    assert found["marquee_training_memory_bytes", ()] == 300 * 1024 * 1024
    assert found["marquee_model_alerts", ()] == 1


@pytest.mark.django_db
def test_what_workers_count_is_told(read):
    record_run(task="recommendations.sweep", state="SUCCESS", seconds=0.5)
    record_refresh_lags([0.2, 400])

    found = read()

    runs = labels(task="recommendations.sweep", state="SUCCESS")
    assert found["marquee_task_runs_total", runs] == 1
    assert found["marquee_refresh_lag_seconds_bucket", labels(le="0.25")] == 1
    assert found["marquee_refresh_lag_seconds_bucket", labels(le="300.0")] == 1
    assert found["marquee_refresh_lag_seconds_count", ()] == 2


@pytest.mark.django_db
def test_a_refresh_tells_how_far_it_lagged(read, monkeypatch):
    monkeypatch.setattr(refresh_user.request, "queued_at", 0.0, raising=False)

    begin(task=refresh_user, task_id="one")
    end(task=refresh_user, task_id="one", state="SUCCESS")

    assert read()["marquee_refresh_lag_seconds_count", ()] == 1


@pytest.mark.django_db
def test_without_redis_the_rest_is_told(read, redis_away):
    found = read()

    assert found["marquee_service_up", labels(service="redis")] == 0
    assert found["marquee_service_up", labels(service="postgresql")] == 1
