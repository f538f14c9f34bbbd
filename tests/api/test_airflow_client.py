"""What the Airflow client does before Airflow has a say: bounds, addresses, silence."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.clients.airflow import AirflowClient, AirflowUnavailable
from api.clients.airflow_log import LINE_LIMIT, split_lines
from stack.ports import free_port


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_put_together_from_chunks_of_any_size(size: int) -> None:
    text = b"one\n\ntwo and a half\nlast"
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert list(split_lines(chunks)) == [b"one", b"", b"two and a half", b"last"]


def test_an_endless_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = [b"x" * 60_000] * 50 + [b"\nnext\n"]
    lines = list(split_lines(chunks))
    assert [len(line) for line in lines] == [LINE_LIMIT, 4]


def test_silence_is_unavailable_and_names_no_secret() -> None:
    with AirflowClient(f"http://127.0.0.1:{free_port()}", "someone", "a-very-secret-password") as airflow:
        begun = time.monotonic()
        with pytest.raises(AirflowUnavailable) as away:
            airflow.dag("x")
        assert time.monotonic() - begun < 2
        assert "secret" not in f"{away.value} {airflow!r} {airflow.__dict__['_url']}"
        assert "127.0.0.1" not in str(away.value)


def _answering(status: int, body: bytes, path: str) -> type[BaseHTTPRequestHandler]:
    """Signs everybody in, and answers the given path in one way."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(*((status, body) if path in self.path else (201, b'{"access_token": "t"}')))

        def do_GET(self) -> None:
            self._answer(status, body)

        def _answer(self, code: int, content: bytes) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Location", "https://elsewhere.example")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.mark.parametrize(
    ("status", "body", "path"),
    [(401, b"{}", "/dagRuns"), (429, b"{}", "/dagRuns"), (302, b"", "/dagRuns"), (200, b"<html>", "/auth/token")],
)
def test_what_says_nothing_about_the_request_is_no_refusal(status: int, body: bytes, path: str) -> None:
    """A refusal would fail the execution for good; it can start later."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _answering(status, body, path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with AirflowClient(url, "me", "x") as airflow, pytest.raises(AirflowUnavailable):
            airflow.trigger("pipeline_x", "manual__1", {})
        server.shutdown()


def test_at_most_a_page_of_dags_is_asked_for_at_once() -> None:
    with AirflowClient("http://127.0.0.1:9", "", "") as airflow:
        assert airflow.dags_named([]) == {}
        with pytest.raises(ValueError, match="at most 100"):
            airflow.dags_named([f"pipeline_{number}" for number in range(101)])
