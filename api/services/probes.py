"""Connections tried and asked, by the process that has the drivers."""

from typing import Any

from api.clients.previewer import GRACE, PreviewerProcess
from api.clients.worker import WorkerUnavailable
from api.errors import PreviewUnavailable, ProbeFailed

SECONDS = 8.0
TOO_SLOW = f"No answer within {SECONDS:g} seconds. Are host and port right, and may this machine reach it?"


def test(previewer: PreviewerProcess, connection: dict[str, Any]) -> tuple[bool, str]:
    """Whether a connection works, and what it or its failure says.

    Args:
        previewer: the process that tries it.
        connection: `connection_id` of a saved one, or `connection`, the fields of one that is not.
    """
    try:
        return True, _asked(previewer, {"ask": "test", **connection})["message"]
    except ProbeFailed as failed:
        return False, failed.message


def tell(previewer: PreviewerProcess, request: dict[str, Any]) -> tuple[bool, str]:
    """Whether a receiver takes a test of an alert, and what it or its refusal says.

    Args:
        previewer: the process that sends it.
        request: `connection_id`, the alert's `receiver` and its `facts`.
    """
    try:
        return True, _asked(previewer, {"ask": "tell", **request})["message"]
    except ProbeFailed as failed:
        return False, failed.message


def tables(previewer: PreviewerProcess, connection_id: str, search: str | None) -> list[dict[str, Any]]:
    """Tables and views whose names contain the text."""
    return _asked(previewer, {"ask": "tables", "connection_id": connection_id, "search": search})["tables"]


def columns(previewer: PreviewerProcess, connection_id: str, table: str) -> list[dict[str, Any]]:
    """The columns of `table` or `schema.table`."""
    return _asked(previewer, {"ask": "columns", "connection_id": connection_id, "table": table})["columns"]


def _asked(previewer: PreviewerProcess, request: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = previewer.ask({**request, "timeout": SECONDS}, SECONDS + GRACE)
    except WorkerUnavailable as error:
        if "time-out" in str(error):
            raise ProbeFailed(TOO_SLOW) from error
        raise PreviewUnavailable(str(error)) from error
    if "failed" in answer:
        raise ProbeFailed(answer["failed"])
    return answer
