"""Alerts as they are sent: nothing that people typed becomes markup, and no secret is told when one is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from airflow.sdk import Connection

from module_operators.alerts import notifiers
from module_operators.alerts.message import Message
from module_operators.connections.probe import probe
from module_operators.problems import TargetError
from module_operators.run import Run
from tests.receivers import Calls, http_server

HOSTILE = "x\r\nBcc: all@example.com {{ var.value.secret }} <script>&"
FACTS = {
    "key": "failure-1",
    "event": "failure",
    "pipeline": {"id": "p", "name": HOSTILE, "url": "http://builder/pipelines/p"},
    "execution": {
        "id": "1",
        "url": "http://builder/executions/1",
        "status": "failed",
        "trigger_type": "manual",
        "error_message": "<!channel> " + HOSTILE,
        "due_at": None,
        "started_at": "2026-11-01T10:00:00+01:00",
        "completed_at": None,
    },
    "limit_seconds": None,
}


def connection(**fields: Any) -> Connection:
    return Connection(conn_id="c", **fields)


def test_what_people_typed_stays_text() -> None:
    message = Message.of(FACTS)

    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "<!channel>" not in str(message.slack)
    assert "{{ var.value.secret }}" in message.html
    assert "2026-11-01 09:00:00 UTC" in message.html


def test_an_address_that_is_denied_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIDATA_OUTGOING_DENY", "127.0.0.0/8")
    with http_server() as calls:
        secret = f"{calls.url}/services/canary-secret"
        for receiver, found in (
            ({"type": "slack", "connection_id": "c"}, connection(conn_type="slackwebhook", password=secret)),
            ({"type": "webhook", "connection_id": "c"}, connection(conn_type="http", host=calls.url)),
        ):
            with pytest.raises(TargetError, match="LOGIDATA_OUTGOING_DENY") as refused:
                notifiers.send(receiver, FACTS, lambda _, found=found: found)
            assert "canary" not in str(refused.value)
        assert calls.received == []


def test_a_refusal_is_told_without_the_address_that_is_a_secret() -> None:
    with http_server() as calls:
        calls.status = 403
        found = connection(conn_type="slackwebhook", host=f"{calls.url}/services", password="T0/canary-secret")
        with pytest.raises(TargetError, match="403") as refused:
            notifiers.send({"type": "slack", "connection_id": "c"}, FACTS, lambda _: found)
        assert "canary" not in str(refused.value)
        assert [path for path, _, _ in calls.received] == ["/services/T0/canary-secret"]


def test_a_webhook_of_slacks_is_tried_without_a_message(make_run: Callable[..., Run]) -> None:
    with http_server() as calls:
        webhook = connection(conn_type="slackwebhook", password=f"{calls.url}/services/canary-secret")
        tried = [_tried(make_run("probe", connections={"c": webhook}), calls, status) for status in (400, 403, 404)]
    tried.append(_tried(make_run("probe", connections={"c": webhook}), calls, 200))

    assert calls.at("/services/canary-secret") == [{}, {}, {}]
    assert "known" in tried[0]["message"]
    assert "answered 403" in tried[1]["failed"]
    assert "answered 404" in tried[2]["failed"]
    assert "failed" in tried[3]
    assert "canary" not in str(tried)


def _tried(run: Run, calls: Calls, status: int) -> dict[str, Any]:
    calls.status = status
    return probe({"ask": "test", "connection_id": "c"}, replace(run, time_limit=5.0))
