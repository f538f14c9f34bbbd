"""OpenTelemetry traces of requests, when `LOGIDATA_TRACES` asks for them; where they go, `OTEL_*` variables say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

from api.request_log import WITH_TOKEN

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.trace import Span

SERVICE = "logidata"
QUIET = "/api/v1/health$,/api/v1/ready$,/api/v1/metrics$"
_ADDRESSES = ("http.target", "http.url", "url.full", "url.path")
_current: Callable[[], dict[str, str]] | None = None


def traceparent() -> str | None:
    """The request that is being answered, as W3C's header names it; None while nothing is traced."""
    return _current().get("traceparent") if _current is not None else None


def trace(app: FastAPI) -> Callable[[], None]:
    """Send a span of every request but the looks of monitors; what is answered sends what is left, at the end.

    The libraries are imported here: who does not trace does not pay for them.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    service = os.environ.get("OTEL_SERVICE_NAME") or SERVICE
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(
        app,
        server_request_hook=_without_secrets,
        tracer_provider=provider,
        excluded_urls=QUIET,
        http_capture_headers_server_response=["X-Request-ID"],
        exclude_spans=["receive", "send"],
    )
    propagator = TraceContextTextMapPropagator()

    def current() -> dict[str, str]:
        carrier: dict[str, str] = {}
        propagator.inject(carrier)
        return carrier

    global _current  # noqa: PLW0603 - one process answers with one application
    _current = current
    return provider.shutdown


def _without_secrets(span: Span, scope: Scope) -> None:
    """A webhook's address holds its token, and a query may hold a sign-in's code."""
    path = WITH_TOKEN.sub("***", scope["path"])
    attributes: dict[str, Any] = dict(getattr(span, "attributes", None) or {})
    for name in _ADDRESSES:
        if name in attributes:
            origin = re.match(r"https?://[^/]*", str(attributes[name]))
            span.set_attribute(name, f"{origin[0] if origin else ''}{path}")
    for name in ("url.query", "http.query"):
        if name in attributes:
            span.set_attribute(name, "")
