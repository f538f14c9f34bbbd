"""The live stream's door: who gets in, with what, and what is said to those who do not."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.schemas.stream import StreamMessage
from tests.api.conftest import TOKEN

Json = dict[str, Any]
CreatePipeline = Callable[..., Json]


def stream(client: TestClient, execution_id: object) -> WebSocketTestSession:
    return client.websocket_connect(f"/api/v1/executions/{execution_id}/stream")


def start(socket: WebSocketTestSession, cursor: str | None = None, token: str = TOKEN) -> None:
    socket.send_json({"type": "start", "token": token, "cursor": cursor})


def closed(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as end:
        socket.receive_json()
    return end.value.code


def everything(client: TestClient, execution_id: str, cursor: str | None = None) -> list[Json]:
    with stream(client, execution_id) as socket:
        start(socket, cursor)
        found = [socket.receive_json()]
        while found[-1]["type"] not in {"end", "error"}:
            found.append(socket.receive_json())
        assert closed(socket) == 1000
    return found


@pytest.fixture
def cancelled(client: TestClient, create_pipeline: CreatePipeline) -> str:
    """An execution that ended before it started, so that no Airflow is needed."""
    run = client.post(f"/api/v1/pipelines/{create_pipeline()['id']}/execute").json()
    assert client.post(f"/api/v1/executions/{run['id']}/cancel").status_code == 202
    return run["id"]


def test_what_happened_comes_in_order_then_the_end(client: TestClient, cancelled: str) -> None:
    found = everything(client, cancelled)

    assert [(message["type"], message["status"]) for message in found] == [
        ("status", "pending"),
        ("status", "cancelled"),
        ("end", "cancelled"),
    ]
    for message in found:
        StreamMessage.model_validate(message)


def test_every_message_can_be_the_last_that_was_received(client: TestClient, cancelled: str) -> None:
    found = everything(client, cancelled)
    for number, message in enumerate(found[:-1]):
        assert everything(client, cancelled, message["cursor"]) == found[number + 1 :]


@pytest.mark.parametrize("token", ["", "surely-not-it", "x" * 5000, "\u00e9"])
def test_without_a_good_token_nobody_gets_in(client: TestClient, cancelled: str, token: str) -> None:
    with stream(client, cancelled) as socket:
        start(socket, token=token)
        error = socket.receive_json()
        assert (error["type"], error["code"]) == ("error", "token-invalid")
        assert token == "" or token not in error["detail"]
        assert closed(socket) == 4401


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"type": "start"}',
        '{"type": "token", "token": "early"}',
        json.dumps({"type": "start", "token": TOKEN, "more": 1}),
        json.dumps({"type": "start", "token": "x" * 100_000}),
        json.dumps({"type": "start", "token": TOKEN, "cursor": "made up"}),
        json.dumps({"type": "start", "token": TOKEN, "cursor": base64.b64encode(b"[1]").decode()}),
        json.dumps({"type": "start", "token": TOKEN, "cursor": base64.b64encode(b'[-1, ""]').decode()}),
        json.dumps({"type": "start", "token": TOKEN, "cursor": base64.b64encode(b'[1, "eJw"]').decode()}),
    ],
)
def test_what_is_malformed_is_said_and_closed(client: TestClient, cancelled: str, text: str) -> None:
    with stream(client, cancelled) as socket:
        socket.send_text(text)
        error = socket.receive_json()
        assert error["type"] == "error", error
        assert error["code"] in {"invalid", "cursor-invalid"}
        assert closed(socket) == 4400


def test_an_execution_that_is_not_there(client: TestClient) -> None:
    with stream(client, uuid4()) as socket:
        start(socket)
        assert socket.receive_json()["code"] == "execution-not-found"
        assert closed(socket) == 4404


def test_the_messages_are_part_of_the_openapi_document(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"StreamMessage", "StreamRequest", "LogMessage", "NodeMessage", "StreamStart"} <= schemas.keys()
