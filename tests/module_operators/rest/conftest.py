"""A real API on a free port: it pages in four ways, limits, breaks off, redirects, and counts what it is asked."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from airflow.sdk import Connection

CANARY = "canary-8f2d11c0"
Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Api:
    """What the server answers, by path, and what it was asked."""

    url: str
    answers: dict[str, Callable[[Asked], Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def connection(self, **changes: Any) -> Connection:
        told: dict[str, Any] = {"host": self.url, "extra": {}} | changes
        return Connection(conn_id="api", conn_type="http", **told | {"extra": json.dumps(told["extra"])})

    def gives(self, path: str, *replies: Any, headers: dict[str, str] | None = None) -> None:
        """Each reply once, the last one again and again: a status, a JSON value, or `(status, headers, body)`."""
        rest = list(replies)

        def answer(_: Asked) -> Any:
            reply = rest.pop(0) if len(rest) > 1 else rest[0]
            return (200, headers, json.dumps(reply).encode()) if headers else reply

        self.answers[path] = answer


def plain(reply: Any) -> Reply:
    if isinstance(reply, int):
        return reply, {}, b""
    if isinstance(reply, tuple):
        return reply
    return 200, {"Content-Type": "application/json"}, json.dumps(reply).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: Api

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
        with self.api.lock:
            self.api.asked.append(asked)
            answer = self.api.answers.get(parts.path)
            reply = answer(asked) if answer else 404
        if callable(reply):
            reply(self)
            return
        status, headers, content = plain(reply)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
        pass


@pytest.fixture
def start_api() -> Iterator[Callable[[], Api]]:
    servers = []

    def start() -> Api:
        handler = type("Handler", (_Handler,), {})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        handler.api = Api(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return handler.api

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def api(start_api: Callable[[], Api]) -> Api:
    return start_api()


def cut(records: Any) -> Callable[[Any], None]:
    """Promises a whole body and drops the connection in its middle."""

    def reply(handler: Any) -> None:
        content = json.dumps(records).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.close_connection = True

    return reply


def slow(seconds: float) -> Callable[[Any], None]:
    """Answers the headers, and then nothing for a while."""

    def reply(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        handler.wfile.flush()
        time.sleep(seconds)
        handler.close_connection = True

    return reply


def bomb(megabytes: int) -> Reply:
    content = gzip.compress(b"[" + b" " * (megabytes << 20) + b"]", mtime=0)
    return 200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, content
