"""Who is told of something: a real mail server and a real HTTP server on this machine, which keep what they get."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from stack.ports import free_port

PASSWORD = "canary-mail-pass-3"


@dataclass
class Mailbox:
    """A mail server that asks for a password."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)

    @property
    def bodies(self) -> list[str]:
        """The text of each mail, decoded."""
        parts = [[part for part in mail.walk() if part.get_content_type() == "text/html"] for mail in self.mails]
        return ["".join(part.get_content() for part in each) for each in parts]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # pyright: ignore
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox(free_port())

    def authenticate(_: SMTP, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=is_right, handled=False)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
        ready_timeout=60,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Calls:
    """What an HTTP server was sent: path, headers, and JSON or text."""

    url: str = ""
    received: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    status: int = 200

    def at(self, path: str) -> list[Any]:
        """The bodies that came to a path."""
        return [body for each, _, body in self.received if each == path]


@contextmanager
def http_server() -> Iterator[Calls]:
    calls = Calls()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.loads(body) if "json" in self.headers["Content-Type"] else body.decode()
            calls.received.append((self.path, dict(self.headers.items()), told))
            self.send_response(calls.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    calls.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield calls
    finally:
        server.shutdown()
        server.server_close()
