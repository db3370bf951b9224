"""`/metrics`: what the processes counted, and what can be read off the services now."""

import logging
import os
from collections.abc import Iterable, Iterator
from itertools import accumulate

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.errors import DATABASE_GONE
from config.metrics_files import VARIABLE
from config.queues import TAKEN, TAKEN_BY_TRAINERS
from config.redis import RedisAwayError, reachable_redis
from config.task_metrics import LAGS, read_counts
from recommendations.models import ModelVersion
from recommendations.services.alerts import count_alerts

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a program that knows the token; without one in the settings there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    if VARIABLE in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(ServicesCollector())
    return registry


class ServicesCollector(Collector):
    """Read queues, workers' counts and model versions; what is away is left out and said so."""

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("marquee_service_up", "Whether it answers.", labels=["service"])
        for service, read in (("redis", _read_redis), ("postgresql", _read_database)):
            try:
                yield from list(read())
            except (RedisAwayError, *DATABASE_GONE):
                up.add_metric([service], 0)
            else:
                up.add_metric([service], 1)
        yield up


def _read_redis() -> Iterator[Metric]:
    names = {settings.CELERY_TASK_DEFAULT_QUEUE}
    names |= {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    lengths = GaugeMetricFamily("marquee_queue_length", "Tasks that wait.", labels=["queue"])
    with reachable_redis() as redis:
        for name in sorted(names):
            lengths.add_metric([name], redis.llen(name))
        taken = redis.hlen(TAKEN) + redis.hlen(TAKEN_BY_TRAINERS)
    yield lengths
    yield GaugeMetricFamily("marquee_tasks_taken", "Tasks that workers hold.", value=taken)
    yield from _workers_counts()


def _workers_counts() -> Iterator[Metric]:
    runs = CounterMetricFamily("marquee_task_runs", "Runs of tasks.", labels=["task", "state"])
    seconds = CounterMetricFamily("marquee_task_seconds", "Time in tasks.", labels=["task"])
    lags, total = [0.0] * (len(LAGS) + 1), 0.0
    for name, value in read_counts().items():
        match name:
            case ("runs", task, state):
                runs.add_metric([task, state], value)
            case ("seconds", task):
                seconds.add_metric([task], value)
            case ("lag", bucket):
                lags[int(bucket)] = value
            case ("lag_seconds",):
                total = value
    yield from (runs, seconds, _lag_histogram(lags, total))


def _lag_histogram(lags: list[float], total: float) -> Metric:
    bounds = [*(str(bound) for bound in LAGS), "+Inf"]
    buckets = list(zip(bounds, accumulate(lags), strict=True))
    help_text = "From a change to the lists that know it."
    return HistogramMetricFamily(
        "marquee_refresh_lag_seconds", help_text, buckets=buckets, sum_value=total
    )


def _read_database() -> Iterator[Metric]:
    states = GaugeMetricFamily("marquee_model_versions", "Versions.", labels=["state"])
    counted = ModelVersion.objects.order_by().values_list("state").annotate(Count("pk"))
    for state, number in (dict.fromkeys(ModelVersion.State.values, 0) | dict(counted)).items():
        states.add_metric([state], number)
    yield states
    yield from _training()
    yield GaugeMetricFamily("marquee_model_alerts", "Versions to look at.", value=count_alerts())
    serving = ModelVersion.objects.filter(state=ModelVersion.State.ACTIVE)
    active = serving.select_related("base").first()
    trained_at = (active.base or active).trained_at if active else None
    if active and trained_at:
        age = (timezone.now() - trained_at).total_seconds()
        yield GaugeMetricFamily("marquee_model_version", "The active version.", value=active.number)
        yield GaugeMetricFamily("marquee_model_age_seconds", "Time since its training.", value=age)


def _training() -> Iterator[Metric]:
    """Tell how far the training that runs has come, by the stage it is in."""
    percent = GaugeMetricFamily("marquee_training_percent", "Of a training.", labels=["stage"])
    memory = GaugeMetricFamily("marquee_training_memory_bytes", "What a training uses.")
    version = ModelVersion.objects.filter(state=ModelVersion.State.TRAINING).first()
    if version is not None:
        percent.add_metric([version.stage], version.percent)
        memory.add_metric([], (version.memory_mb or 0) * 2**20)
    yield from (percent, memory)
