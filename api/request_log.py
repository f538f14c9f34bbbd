"""One JSON line an event in the log, tied to its request by X-Request-ID."""

import json
import logging
import re
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import request_metrics

ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
QUIET_PATHS = frozenset({"/api/v1/health", "/api/v1/ready", "/api/v1/metrics"})
WITH_TOKEN = re.compile(r"(?<=^/api/v1/hooks/).+", re.DOTALL)
access = logging.getLogger("api.access")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_client: ContextVar[str | None] = ContextVar("client", default=None)


def request_id() -> str | None:
    """The id of the request being answered, if one is."""
    return _request_id.get()


def client_address() -> str | None:
    """The address that the request being answered came from; a proxy in front must be one that uvicorn trusts."""
    return _client.get()


class JsonLines(logging.Formatter):
    """A record and its `extra={"fields": …}` as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Never more than one line, never invalid JSON."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id():
            line["request_id"] = current
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str) -> None:
    """Send everything, uvicorn's own lines too, through one JSON handler."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("authlib").setLevel(logging.INFO)  # it logs what a sign-in must keep secret
    for name in ("httpcore", "httpcore2", "openai", "pydantic_ai"):  # at debug level they log headers and prompts
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"


class RequestLog:
    """Give each request its id, log it when answered, and answer what nothing else caught."""

    def __init__(self, app: ASGIApp, on_error: Callable[[], Response]) -> None:
        self.app = app
        self.on_error = on_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass websockets and lifespan through untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        current = given if ACCEPTED_ID.fullmatch(given) else uuid4().hex
        token = _request_id.set(current)
        came_from = _client.set(scope["client"][0] if scope.get("client") else None)
        started, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = current
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            access.exception("unexpected error")
            if status:
                raise
            await self.on_error()(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            request_metrics.answered(scope, status or 500, seconds)
            if scope["path"] not in QUIET_PATHS:
                path = WITH_TOKEN.sub("***", scope["path"])
                fields = {
                    "method": scope["method"],
                    "path": path,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                }
                access.info("%s %s %s", scope["method"], path, status, extra={"fields": fields})
            _client.reset(came_from)
            _request_id.reset(token)
