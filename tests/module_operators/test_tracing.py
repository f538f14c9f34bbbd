"""A task's span, made by OpenTelemetry's own SDK, leads to the request that asked for the run."""

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from module_operators.tracing import tell_span

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def told(conf: dict[str, Any]) -> ReadableSpan:
    with TracerProvider().get_tracer("airflow").start_as_current_span("task") as span:
        tell_span("n1", conf)
    assert isinstance(span, ReadableSpan)
    return span


def test_a_span_names_its_node_and_links_to_the_request() -> None:
    span = told({"request_id": "asked", "traceparent": f"00-{TRACE}-{SPAN}-01"})

    assert span.attributes == {"logidata.node_id": "n1", "logidata.request_id": "asked"}
    (link,) = span.links
    assert (f"{link.context.trace_id:032x}", f"{link.context.span_id:016x}") == (TRACE, SPAN)


@pytest.mark.parametrize("conf", [{}, {"traceparent": "nonsense"}, {"traceparent": 7}])
def test_a_run_that_no_traced_request_asked_for_has_no_link(conf: dict[str, Any]) -> None:
    span = told(conf)

    assert span.attributes == {"logidata.node_id": "n1", "logidata.request_id": ""}
    assert not span.links
