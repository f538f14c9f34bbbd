"""Executions over HTTP, as far as no run is claimed: what the routes promise without an Airflow."""

import base64
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.models import ExecutionNode, Pipeline, PipelineExecution, SyncState
from api.services.sync.record import record_gone
from tests.api.graphs import chain

Json = dict[str, Any]
CreatePipeline = Callable[..., Json]


def execute(client: TestClient, pipeline: Json, params: Json | None = None, **headers: str) -> Any:
    return client.post(f"/api/v1/pipelines/{pipeline['id']}/execute", json={"params": params or {}}, headers=headers)


def test_execute_answers_at_once_with_a_pending_execution(client: TestClient, create_pipeline: CreatePipeline) -> None:
    pipeline = create_pipeline()

    answer = execute(client, pipeline, {"min_amount": 3})

    assert answer.status_code == 202
    run = answer.json()
    assert answer.headers["location"] == f"/api/v1/executions/{run['id']}"
    assert (run["status"], run["trigger_type"], run["params"]) == ("pending", "manual", {"min_amount": 3})
    assert run["airflow_dag_run_id"] == f"manual__{run['id']}"
    assert run["pipeline_version"] == pipeline["revision"]
    assert [node["status"] for node in run["nodes"]] == ["pending"] * pipeline["node_count"]
    assert client.get(answer.headers["location"]).json() == run


def test_a_body_is_not_needed(client: TestClient, create_pipeline: CreatePipeline) -> None:
    assert client.post(f"/api/v1/pipelines/{create_pipeline()['id']}/execute").json()["params"] == {}


def test_the_same_idempotency_key_starts_one_execution(client: TestClient, create_pipeline: CreatePipeline) -> None:
    pipeline = create_pipeline()
    first = execute(client, pipeline, {"a": 1}, **{"Idempotency-Key": "k"})
    again = execute(client, pipeline, {"a": 1}, **{"Idempotency-Key": "k"})
    other = execute(client, pipeline, {"a": 2}, **{"Idempotency-Key": "k"})

    assert again.json()["id"] == first.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert client.get("/api/v1/executions").json()["total"] == 1
    events = client.get("/api/v1/audit", params={"action": "execution.create"}).json()
    assert [event["subject_id"] for event in events["items"]] == [first.json()["id"]]


def test_a_draft_cannot_be_run(client: TestClient, create_pipeline: CreatePipeline) -> None:
    graph = chain()
    graph["config"]["edges"] = []
    draft = create_pipeline(graph)

    answer = execute(client, draft)

    assert (answer.status_code, answer.json()["code"]) == (409, "pipeline-invalid")
    assert answer.json()["problems"]


@pytest.mark.parametrize(
    "body", [{"params": []}, {"param": {}}, {"params": {"a": "\x00"}}, {"params": {"a": "x" * 70_000}}]
)
def test_malformed_params_are_refused(client: TestClient, create_pipeline: CreatePipeline, body: Json) -> None:
    answer = client.post(f"/api/v1/pipelines/{create_pipeline()['id']}/execute", json=body)
    assert answer.status_code == 422


def test_the_list_is_filtered_and_says_how_old_it_is(
    client: TestClient, create_pipeline: CreatePipeline, session: Session
) -> None:
    one, two = create_pipeline(name="one"), create_pipeline(name="two")
    old, new, other = (execute(client, each).json() for each in (one, one, two))
    long_ago = datetime.now(UTC) - timedelta(days=3)
    session.execute(
        update(PipelineExecution)
        .where(PipelineExecution.id == old["id"])
        .values(created_at=long_ago, status="success", trigger_type="scheduled")
    )
    session.add(SyncState(name="airflow", synced_at=long_ago))
    session.commit()

    def ids(**query: Any) -> list[str]:
        return [item["id"] for item in client.get("/api/v1/executions", params=query).json()["items"]]

    assert ids() == [other["id"], new["id"], old["id"]]
    assert ids(pipeline_id=one["id"]) == [new["id"], old["id"]]
    assert ids(status=["success", "failed"]) == ids(trigger="scheduled") == [old["id"]]
    border = (long_ago + timedelta(days=1)).isoformat()
    assert (ids(to=border), ids(**{"from": border})) == ([old["id"]], [other["id"], new["id"]])
    assert ids(limit=1, offset=1) == [new["id"]]
    page = client.get("/api/v1/executions", params={"limit": 1}).json()
    assert page["total"] == 3
    assert datetime.fromisoformat(page["synced_at"]) == long_ago
    assert client.get("/api/v1/executions", params={"from": "2026-01-01T00:00:00"}).status_code == 422


def test_what_is_not_there(client: TestClient) -> None:
    for method, path in (("GET", ""), ("POST", "/cancel"), ("GET", "/logs")):
        answer = client.request(method, f"/api/v1/executions/{uuid4()}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "execution-not-found")


def test_cancel_before_and_after_the_trigger(
    client: TestClient, create_pipeline: CreatePipeline, session: Session
) -> None:
    pipeline = create_pipeline()
    waiting, running, ended = (execute(client, pipeline).json()["id"] for _ in range(3))
    now = datetime.now(UTC)
    session.get_one(PipelineExecution, running).triggered_at = now
    session.get_one(PipelineExecution, running).status = "running"
    session.get_one(PipelineExecution, ended).status = "success"
    session.commit()

    here = client.post(f"/api/v1/executions/{waiting}/cancel")
    away = client.post(f"/api/v1/executions/{running}/cancel")
    late = client.post(f"/api/v1/executions/{ended}/cancel")

    assert (here.status_code, here.json()["status"]) == (202, "cancelled")
    assert (away.status_code, away.json()["code"]) == (503, "airflow-unavailable")
    assert client.get(f"/api/v1/executions/{running}").json()["cancel_requested_at"] is None
    assert (late.status_code, late.json()["code"]) == (409, "execution-finished")


def packed(plain: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "eJw",
        "%00",
        *map(packed, ["", "1", "[]", '{"a":[1]}', '{"source":[1,0,0]}', '{"a":[-1,0,0]}', "[" * 99_999]),
    ],
)
def test_a_made_up_cursor_is_refused(client: TestClient, create_pipeline: CreatePipeline, cursor: str) -> None:
    run = execute(client, create_pipeline()).json()
    answer = client.get(f"/api/v1/executions/{run['id']}/logs", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-invalid")


def test_the_log_of_what_has_not_begun_is_empty(client: TestClient, create_pipeline: CreatePipeline) -> None:
    run = execute(client, create_pipeline()).json()
    page = client.get(f"/api/v1/executions/{run['id']}/logs").json()
    assert (page["items"], page["complete"]) == ([], False)
    client.post(f"/api/v1/executions/{run['id']}/cancel")
    page = client.get(f"/api/v1/executions/{run['id']}/logs", params={"cursor": page["cursor"]}).json()
    assert (page["items"], page["complete"]) == ([], True)


def test_a_deleted_pipeline_cannot_be_run_and_keeps_its_executions(
    client: TestClient, create_pipeline: CreatePipeline, session: Session
) -> None:
    pipeline = create_pipeline()
    run = execute(client, pipeline).json()
    client.delete(f"/api/v1/pipelines/{pipeline['id']}")

    assert execute(client, pipeline).status_code == 404
    assert client.get(f"/api/v1/executions/{run['id']}").json()["pipeline_name"] == pipeline["name"]
    assert session.get_one(Pipeline, pipeline["id"]).deleted_at is not None


def test_nothing_of_a_run_that_disappeared_seems_to_go_on(
    client: TestClient, create_pipeline: CreatePipeline, session: Session
) -> None:
    run = execute(client, create_pipeline()).json()
    nodes = [node["node_id"] for node in run["nodes"]]
    for node_id, status in zip(nodes, ("success", "running"), strict=False):
        session.get_one(ExecutionNode, (run["id"], node_id)).status = status
    session.flush()

    record_gone(session, session.get_one(PipelineExecution, run["id"]))
    session.commit()

    gone = client.get(f"/api/v1/executions/{run['id']}").json()
    assert gone["status"] == "cancelled"
    assert [node["status"] for node in gone["nodes"]] == ["success", "removed", "pending"]
