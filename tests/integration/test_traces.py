"""Traces: a real service sends its spans to a collector, and the run that it starts knows the request."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from stack.ports import free_port
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, second_service

CALLER = "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """Takes OTLP over HTTP and keeps the spans, with the service that sent them."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    named = {each.key: each.value.string_value for each in resource.resource.attributes}
                    for scope in resource.scope_spans:
                        collector.spans += [(named["service.name"], span) for span in scope.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    threading.Thread(target=collector.server.serve_forever, daemon=True).start()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()


def test_requests_are_traced_into_the_run_that_they_start(
    stack: RunningStack, runs: Runs, by_hand: PipelinesByHand, collector: Collector
) -> None:
    # given
    pipeline_id = by_hand.save("Step(task_id='n1', work=lambda context: None)", nodes=["n1"])
    port = free_port()
    settings = {"LOGIDATA_TRACES": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    headers = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01", "X-Request-ID": "asked-by-a-test"}

    # when
    with second_service(stack, port=port, **settings):
        url, token = f"http://127.0.0.1:{port}/api/v1", stack.api.headers["Authorization"]
        headers |= {"Authorization": str(token)}
        started = requests.post(f"{url}/pipelines/{pipeline_id}/execute", headers=headers, timeout=30)
        requests.post(f"{url}/hooks/a-canary-of-a-token?code=canary-code", timeout=30)
        requests.get(f"{url}/health", timeout=30)

    # then: ended with the service, every span is there
    spans = {span.name: span for service, span in collector.spans if service == "logidata"}
    assert sorted(spans) == ["POST /api/v1/hooks/{token}", "POST /api/v1/pipelines/{pipeline_id}/execute"]
    request = spans["POST /api/v1/pipelines/{pipeline_id}/execute"]
    assert request.trace_id.hex() == CALLER
    attributes = {each.key: each.value for each in request.attributes}
    assert attributes["http.response.header.x_request_id"].array_value.values[0].string_value == "asked-by-a-test"
    assert "canary" not in str(collector.spans)

    # and: the run says which span asked for it
    ended = runs.ended(started.json()["id"])
    (run,) = runs.in_airflow(pipeline_id)
    assert ended["status"] == "success"
    traceparent = f"00-{CALLER}-{request.span_id.hex()}-01"
    assert run["conf"] == {"request_id": "asked-by-a-test", "traceparent": traceparent}
