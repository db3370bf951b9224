"""What is counted while the site runs, for Prometheus.

Labels take few values: names of views and services, never ids. Under gunicorn each process counts
in files of its own (`config/metrics_files.py`); what workers count goes through Redis
(`config/task_metrics.py`).
"""

from prometheus_client import Counter, Histogram

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUESTS = Counter("marquee_requests", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "marquee_request_seconds", "Time to an answer.", ["view"], buckets=LATENCIES
)
CACHE_READS = Counter(
    "marquee_cache_reads", "Reads of kept lists and front pages.", ["cache", "outcome"]
)
SERVICE_ERRORS = Counter(
    "marquee_service_errors", "Times a service did not answer, or refused.", ["service"]
)


def count_cache_read(*, cache: str, is_hit: bool) -> None:
    """Count one read of something that can be worked out again."""
    CACHE_READS.labels(cache=cache, outcome="hit" if is_hit else "miss").inc()


def count_service_error(*, service: str) -> None:
    """Count one failure of `postgresql`, `redis` or `broker`."""
    SERVICE_ERRORS.labels(service=service).inc()
