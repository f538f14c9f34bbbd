"""Every error as an RFC 9457 problem document, mapped here and nowhere else."""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.errors import (
    BadAnswer,
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NoAnswer,
    NoSpace,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from api.request_log import request_id
from dag_factory.plain import pointer

log = logging.getLogger(__name__)
MAX_ERRORS = 100

STATUS_OF: dict[type[DomainError], int] = {
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    Unavailable: 503,
    TooLarge: 413,
    TooMany: 429,
    NoSpace: 507,
    BadAnswer: 502,
    NoAnswer: 504,
}
HEADERS_OF = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}
HTTP_TITLES = {
    400: "Malformed request",
    404: "Not found",
    405: "Method not allowed",
    413: "Body too large",
    415: "Unsupported media type",
}


class ProblemResponse(JSONResponse):
    """A problem may quote the name of a field that is no valid Unicode."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """Replace what UTF-8 cannot hold."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def problem(status: int, code: str, title: str, detail: str, **extension: Any) -> JSONResponse:
    """A problem document; `code` is what a client switches on, `request_id` finds it in the log."""
    body = {"type": f"urn:logidata:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}
    return ProblemResponse(body | {"request_id": request_id()} | extension, status, headers=HEADERS_OF.get(status))


def unexpected_error() -> JSONResponse:
    """The answer to a bug: nothing of it shows but the id under which it was logged."""
    return problem(500, "internal-error", "Internal error", "An unexpected error was logged under this request id.")


def _pointer_of(item: dict[str, Any]) -> str:
    if item["type"] == "json_invalid":
        return ""  # its location is an offset in the text
    inner = item.get("ctx", {}).get("path", "")
    return pointer(item["loc"][1:]) + (inner if isinstance(inner, str) else "")


def register(app: FastAPI) -> None:
    """Make the application answer every error with a problem document."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _malformed_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _database_away)
    app.add_exception_handler(PoolTimeout, _database_away)


def _domain_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    status = next(status for family, status in STATUS_OF.items() if isinstance(error, family))
    answer = problem(status, error.code, error.title, error.message, **error.details)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    return answer


def _malformed_request(_: Request, error: Exception) -> JSONResponse:
    """Say where and why, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "in": str(item["loc"][0]),
            "pointer": _pointer_of(item),
            "code": str(item["type"]).replace("_", "-"),
            "message": str(item["msg"]).removeprefix("Value error, "),
        }
        for item in error.errors()[:MAX_ERRORS]
    ]
    detail = f"{errors[0]['message']} ({errors[0]['in']}{errors[0]['pointer']})"
    return problem(422, "request-invalid", "The request is malformed", detail, errors=errors)


def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = HTTP_TITLES.get(error.status_code, "The request was refused")
    answer = problem(error.status_code, title.lower().replace(" ", "-"), title, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _database_away(_: Request, error: Exception) -> JSONResponse:
    log.error("database error", exc_info=error)
    busy = isinstance(error, DBAPIError) and not error.connection_invalidated and error.orig is not None
    detail = "The database is busy or not reachable." if busy else "The database is not reachable."
    return problem(
        503, "database-unavailable", "The database is unavailable", f"{detail} Nothing was saved; try again."
    )
