"""A server that speaks OpenAI's chat completions and answers from a script."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Answer = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request; `endpoint` is the server's own record."""

    endpoint: "ChatEndpoint"
    body: Json

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.asked.append((self.path, self.headers["Authorization"], self.body))
        answers = self.endpoint.script
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class ChatEndpoint:
    """Its address, what it was asked, and what it answers next; the last answer is repeated."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[tuple[str, str, Json]] = []
        self.script: list[Answer] = []
        self.gone = threading.Event()
        """Set once a client that waited for `slow` has gone."""

    def says(self, *texts: str) -> None:
        """Completions with these texts, one after the other."""
        self.script = [_completion(text) for text in texts]

    def fails(self, status: int, body: bytes = b"{}") -> None:
        self.script = [lambda asked: asked.answer(status, body)]

    def endless(self) -> None:
        """An answer that does not stop."""

        def answer(asked: Asked) -> None:
            asked.send_response(200)
            asked.send_header("Content-Type", "application/json")
            asked.end_headers()
            try:
                while True:
                    asked.wfile.write(b" " * 100_000)
            except OSError:
                self.gone.set()

        self.script = [answer]

    def slow(self) -> None:
        """Says nothing until the client goes away."""

        def answer(asked: Asked) -> None:
            deadline = time.monotonic() + 60
            asked.connection.settimeout(0.05)
            while time.monotonic() < deadline:
                try:
                    if not asked.connection.recv(1):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.gone.set()

        self.script = [answer]


@contextmanager
def chat_endpoint() -> Iterator[ChatEndpoint]:
    handler = type("Handler", (Asked,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.endpoint = endpoint = ChatEndpoint(f"http://127.0.0.1:{server.server_port}/v1")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield endpoint
        server.shutdown()


def _completion(text: str) -> Answer:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}
    return lambda asked: asked.answer(200, json.dumps(body).encode())
