"""What holds for every route: the token, request ids, problem documents, body sizes."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.main import create_app
from api.request_log import JsonLines
from api.settings import Settings
from tests.api.catalogue import catalog
from tests.api.graphs import chain

PIPELINES = "/api/v1/pipelines"
OPEN = {"/api/v1/health", "/api/v1/ready", "/api/v1/hooks/{token}"}  # whose token is its own
OPEN |= {
    f"/api/v1/auth/{name}"
    for name in ("methods", "login", "refresh", "logout", "invitation", "oidc/start", "oidc/callback")
}


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic YTpi", "Bearer ü".encode(), "Bearer "])
def test_every_route_but_the_probes_needs_the_token(app: FastAPI, header: str | bytes | None) -> None:
    document = app.openapi()
    with TestClient(app) as client:
        for path, operations in document["paths"].items():
            for method in operations.keys() - {"parameters"}:
                if path in OPEN:
                    continue
                url = path.replace("{", "").replace("}", "")
                headers = {} if header is None else {"Authorization": header}
                answer = client.request(method, url, headers=headers)
                assert answer.status_code == 401, (method, path, answer.text)
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                sent = header is not None and len(header) > len("Bearer ") and "Basic" not in str(header)
                assert answer.json()["code"] == ("token-invalid" if sent else "unauthenticated")


def test_a_request_id_is_taken_or_made(client: TestClient) -> None:
    assert client.get(PIPELINES, headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    made = client.get(PIPELINES, headers={"X-Request-ID": "a b;"}).headers["X-Request-ID"]
    assert len(made) == 32
    missing = client.get(f"{PIPELINES}/00000000-0000-0000-0000-000000000000", headers={"X-Request-ID": "abc-2"})
    assert missing.json()["request_id"] == "abc-2"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PATCH", PIPELINES, 405), ("GET", "/api/v1/", 404)]
)
def test_what_no_route_answers_is_a_problem_too(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_bug_shows_nothing_but_its_request_id(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("password is hunter2")

    app.router.routes.append(APIRoute("/broken", broken))
    with TestClient(app) as client:
        answer = client.get("/broken", headers={"X-Request-ID": "find-me"})

    assert answer.status_code == 500
    assert (answer.json()["code"], answer.json()["request_id"]) == ("internal-error", "find-me")
    assert answer.headers["X-Request-ID"] == "find-me"
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text


def test_a_body_over_the_limit_is_refused(settings: Settings) -> None:
    small = create_app(settings.model_copy(update={"max_body_bytes": 2000}), catalog=catalog(), background=False)
    with TestClient(small, headers={"Authorization": f"Bearer {settings.service_token.get_secret_value()}"}) as client:
        assert client.post(PIPELINES, json=chain()).status_code == 201
        declared = client.post(PIPELINES, json=chain("Big", filters=50))
        chunks: Iterator[bytes] = (b" " * 500 for _ in range(10))
        counted = client.post(PIPELINES, content=chunks, headers={"Content-Type": "application/json"})

    for answer in (declared, counted):
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_log_line_is_one_json_object() -> None:
    record = logging.LogRecord("api", logging.INFO, "x.py", 1, "a\n%s", ("b\u2028",), None)
    record.fields = {"status": 200, "path": Path("/x")}

    line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line) | {"message": "a\nb\u2028", "status": 200, "path": "/x"} == json.loads(line)


def test_the_database_away_is_said_plainly(settings: Settings, app: FastAPI, client: TestClient) -> None:
    away = settings.model_copy(update={"database_url": "postgresql+psycopg2://nobody:x@127.0.0.1:9/nothing"})
    app.state.sessions.configure(bind=create_app(away, catalog=catalog(), background=False).state.engine)

    answer = client.get(PIPELINES)

    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    assert "127.0.0.1" not in answer.text
    app.state.sessions.configure(bind=app.state.engine)
