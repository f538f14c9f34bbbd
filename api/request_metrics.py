"""What Prometheus may know of this process's requests; of several processes, they share a folder of counts."""

import os
from pathlib import Path

from starlette.types import Scope

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)  # before the library is imported, which asks for it

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_registry = CollectorRegistry()
_requests = Counter(
    "logidata_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=_registry
)
_seconds = Histogram(
    "logidata_http_request_seconds",
    "Seconds until a request was answered whole.",
    ("method", "route"),
    registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def answered(scope: Scope, status: int, seconds: float) -> None:
    """Count a request under its route's pattern: what people put into addresses would make a series each."""
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = getattr(scope.get("route"), "path", "other")
    _requests.labels(method, route, status).inc()
    _seconds.labels(method, route).observe(seconds)


def as_text() -> bytes:
    """The counts of all processes that share the folder, or of this one."""
    registry = _registry
    if FOLDER:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return generate_latest(registry)
