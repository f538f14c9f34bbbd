"""The live stream's door: who gets in, with what, and what is said to those who do not."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.routes import stream as routes
from api.schemas.stream import StreamMessage
from tests.api.conftest import TOKEN
from tests.api.people import sign_in

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


def made_private(client: TestClient, pipeline_id: str) -> None:
    answer = client.patch(f"/api/v1/pipelines/{pipeline_id}/sharing", json={"visibility": "private"})
    assert answer.status_code == 200, answer.text


def signed_out_by_an_admin(client: TestClient, pipeline_id: str) -> None:
    for user in client.get("/api/v1/users").json()["items"]:
        answer = client.patch(f"/api/v1/users/{user['id']}", json={"is_active": False})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("lose_the_right", "code", "close"),
    [(made_private, "execution-not-found", 4404), (signed_out_by_an_admin, "login-ended", 4401)],
)
def test_an_open_stream_ends_when_its_viewer_loses_the_right_to_see_it(
    *,
    client: TestClient,
    app: FastAPI,
    create_pipeline: CreatePipeline,
    monkeypatch: pytest.MonkeyPatch,
    lose_the_right: Callable[[TestClient, str], None],
    code: str,
    close: int,
) -> None:
    monkeypatch.setattr(routes, "ASK_AGAIN_EVERY", 0.1)
    pipeline_id = create_pipeline()["id"]
    run = client.post(f"/api/v1/pipelines/{pipeline_id}/execute").json()
    token = sign_in(app, "viewer")["Authorization"].removeprefix("Bearer ")
    with stream(client, run["id"]) as socket:
        start(socket, token=token)
        assert socket.receive_json()["status"] == "pending"

        lose_the_right(client, pipeline_id)

        error = socket.receive_json()
        assert (error["type"], error["code"]) == ("error", code)
        assert closed(socket) == close


def test_an_execution_that_is_not_there(client: TestClient) -> None:
    with stream(client, uuid4()) as socket:
        start(socket)
        assert socket.receive_json()["code"] == "execution-not-found"
        assert closed(socket) == 4404


def test_the_messages_are_part_of_the_openapi_document(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"StreamMessage", "StreamRequest", "LogMessage", "NodeMessage", "StreamStart"} <= schemas.keys()
