"""Webhooks: only who has the token (and signs) starts the pipeline, once a delivery, and not too often."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from api.models import RateLimit
from tests.api.conftest import CreatePipeline, Json
from tests.api.graphs import broken
from tests.api.people import sign_in


@pytest.fixture
def pipeline(create_pipeline: CreatePipeline) -> Json:
    return create_pipeline()


def make(client: TestClient, pipeline: Json, **fields: Any) -> Json:
    answer = client.post(f"/api/v1/pipelines/{pipeline['id']}/webhooks", json={"name": "Shop"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def call(client: TestClient, hook: Json, payload: Any = None, **headers: str) -> Response:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode() if payload is not None else b""
    client.headers.pop("Authorization", None)
    return client.post(f"/api/v1/hooks/{hook['token']}", content=content, headers=headers)


def signed(hook: Json, body: bytes, stamp: float) -> dict[str, str]:
    digest = hmac.new(hook["signing_secret"].encode(), f"{int(stamp)}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-LogiData-Timestamp": str(int(stamp)), "X-LogiData-Signature": f"sha256={digest}"}


def test_a_call_starts_the_pipeline_with_what_was_sent(client: TestClient, pipeline: Json) -> None:
    service = dict(client.headers)
    hook = make(
        client, pipeline, params={"order": "$.order.id", "first": 'items[0]["unit price"]', "none": "order.missing"}
    )
    payload = {"order": {"id": 7}, "items": [{"unit price": 1.5}]}

    answer = call(client, hook, payload)

    assert answer.status_code == 202, answer.text
    run = client.get(f"/api/v1/executions/{answer.json()['execution_id']}", headers=service).json()
    assert (run["trigger_type"], run["status"]) == ("webhook", "pending")
    assert run["params"] == {"payload": payload, "order": 7, "first": 1.5}
    [listed] = client.get(f"/api/v1/pipelines/{pipeline['id']}/webhooks", headers=service).json()["items"]
    assert (listed["use_count"], listed["token_hint"]) == (1, hook["token"][-4:])
    assert listed["last_used_at"]
    assert hook["url"].endswith(f"/api/v1/hooks/{hook['token']}")


def test_the_token_is_shown_once_and_kept_nowhere(client: TestClient, session: Session, pipeline: Json) -> None:
    hook = make(client, pipeline, is_signed=True)

    stored = session.execute(text("select row_to_json(webhook)::text from webhook")).scalar_one()
    audit = session.execute(text("select string_agg(row_to_json(audit_event)::text, '') from audit_event")).scalar_one()
    listed = client.get(f"/api/v1/pipelines/{pipeline['id']}/webhooks").text
    for text_ in (stored, audit, listed):
        assert hook["token"] not in text_
        assert hook["signing_secret"] not in text_


def test_an_unknown_or_revoked_token_starts_nothing(client: TestClient, pipeline: Json) -> None:
    hook = make(client, pipeline)
    assert client.delete(f"/api/v1/pipelines/{pipeline['id']}/webhooks/{hook['id']}").status_code == 204

    for token in (hook["token"], "nothing", "\u00fc"):
        answer = call(client, {"token": token})
        assert (answer.status_code, answer.json()["code"]) == (404, "hook-not-found")


def test_a_deleted_pipelines_token_starts_nothing(client: TestClient, pipeline: Json) -> None:
    hook = make(client, pipeline)
    client.delete(f"/api/v1/pipelines/{pipeline['id']}")

    assert call(client, hook).json()["code"] == "hook-not-found"


def test_a_signature_is_needed_fits_the_body_and_is_new(client: TestClient, pipeline: Json) -> None:
    hook = make(client, pipeline, is_signed=True)
    body, now = b'{"a": 1}', time.time()

    assert call(client, hook, body).json()["code"] == "signature-invalid"
    assert call(client, hook, body + b" ", **signed(hook, body, now)).status_code == 401
    assert call(client, hook, body, **signed(hook, body, now - 400)).status_code == 401
    assert call(client, hook, body, **signed(hook, body, now + 400)).status_code == 401
    assert call(client, hook, body, **(signed(hook, body, now) | {"X-LogiData-Timestamp": "x"})).status_code == 401
    assert (
        call(client, hook, body, **(signed(hook, body, now) | {"X-LogiData-Signature": "sha256=00"})).status_code == 401
    )
    assert call(client, hook, body, **signed(hook, body, now)).status_code == 202


def test_githubs_signature_counts_and_a_redelivery_is_the_same_run(client: TestClient, pipeline: Json) -> None:
    hook = make(client, pipeline, is_signed=True)
    body = b'{"ref": "main"}'
    digest = hmac.new(hook["signing_secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}

    first = call(client, hook, body, **headers, **{"X-GitHub-Delivery": "72d3162e"})
    again = call(client, hook, body, **headers, **{"X-GitHub-Delivery": "72d3162e"})

    assert first.status_code == 202
    assert again.json() == first.json()
    assert call(client, hook, body, **headers).status_code == 401, "without a delivery it could be repeated"


def test_an_idempotency_key_counts_for_one_webhook(client: TestClient, pipeline: Json) -> None:
    service = dict(client.headers)
    one, other = make(client, pipeline), make(client, pipeline, name="Other")

    first = call(client, one, {"a": 1}, **{"Idempotency-Key": "k"})

    assert call(client, one, {"a": 1}, **{"Idempotency-Key": "k"}).json() == first.json()
    assert call(client, one, {"a": 2}, **{"Idempotency-Key": "k"}).json()["code"] == "idempotency-key-reused"
    second = call(client, other, {"a": 1}, **{"Idempotency-Key": "k"})
    assert second.json() != first.json()
    events = client.get("/api/v1/audit", params={"action": "execution.create"}, headers=service).json()["items"]
    started = [(event["subject_id"], event["details"]["webhook"]) for event in events]
    assert started == [(second.json()["execution_id"], other["id"]), (first.json()["execution_id"], one["id"])]


def test_too_many_calls_are_told_when_to_come_back(client: TestClient, app: FastAPI, pipeline: Json) -> None:
    hook = make(client, pipeline, calls_per_minute=2)

    statuses = [call(client, hook).status_code for _ in range(4)]
    late = call(client, hook)

    assert statuses == [202, 202, 429, 429]
    assert late.json()["code"] == "too-many-calls"
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    with app.state.sessions.begin() as session:
        session.execute(update(RateLimit).values(expires_at=text("now()")))
    assert call(client, hook).status_code == 202


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, json.dumps("x" * 70_000).encode(), b'"\\u0000"'])
def test_a_payload_that_cannot_be_params_is_refused(client: TestClient, pipeline: Json, body: bytes) -> None:
    hook = make(client, pipeline)

    answer = call(client, hook, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "payload-invalid")


def test_a_draft_is_not_run(client: TestClient) -> None:
    draft = client.post("/api/v1/pipelines", json=broken()).json()
    hook = make(client, draft)

    assert call(client, hook).json()["code"] == "pipeline-invalid"


def test_names_and_paths_are_checked(client: TestClient, pipeline: Json) -> None:
    url = f"/api/v1/pipelines/{pipeline['id']}/webhooks"
    hook, other = make(client, pipeline), make(client, pipeline, name="Other")

    assert client.post(url, json={"name": "Shop"}).json()["code"] == "webhook-name-taken"
    assert client.patch(f"{url}/{other['id']}", json={"name": "Shop"}).json()["code"] == "webhook-name-taken"
    for path in ("a b", "$..a", "a[x]", "a["):
        assert client.post(url, json={"name": "X", "params": {"p": path}}).json()["code"] == "payload-path-invalid"
    changed = client.patch(f"{url}/{hook['id']}", json={"params": {"p": "a"}, "payload_param": None}).json()
    assert (changed["params"], changed["payload_param"], changed["name"]) == ({"p": "a"}, None, "Shop")
    assert call(client, hook, {"a": 1}).status_code == 202


def test_only_editors_see_and_make_webhooks(client: TestClient, app: FastAPI, pipeline: Json) -> None:
    hook = make(client, pipeline)
    viewer, url = sign_in(app, "viewer"), f"/api/v1/pipelines/{pipeline['id']}/webhooks"

    assert client.get(url, headers=viewer).status_code == 403
    assert client.post(url, json={"name": "X"}, headers=viewer).status_code == 403
    assert client.patch(f"{url}/{hook['id']}", json={"name": "X"}, headers=viewer).status_code == 403
    assert client.delete(f"{url}/{hook['id']}", headers=viewer).status_code == 403
