"""Airflow's span of a task, told which node it is and linked to the request that asked for its run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRACEPARENT = "traceparent"
"""Key in a DAG run's conf: the request that asked for the run, where it was traced."""


def tell_span(node_id: str, conf: Mapping[str, Any]) -> None:
    """Does nothing where Airflow makes no span.

    Args:
        node_id: whose task runs.
        conf: the DAG run's.
    """
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - Airflow has loaded it
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    span = get_current_span()
    if not span.is_recording():
        return
    span.set_attribute("logidata.node_id", node_id)
    span.set_attribute("logidata.request_id", str(conf.get("request_id", "")))
    carrier = {TRACEPARENT: str(conf.get(TRACEPARENT, ""))}
    request = get_current_span(TraceContextTextMapPropagator().extract(carrier)).get_span_context()
    if request.is_valid:
        span.add_link(request)
