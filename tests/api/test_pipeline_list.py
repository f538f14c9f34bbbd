"""Listing pipelines: pages, order, filters, last runs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from api.models import PipelineExecution
from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken

PIPELINES = "/api/v1/pipelines"


@pytest.fixture
def four(client: TestClient, create_pipeline: CreatePipeline) -> None:
    """Four pipelines, the last a draft."""
    create_pipeline(name="beta", tags=["sales", "daily"], description="Orders of the day")
    create_pipeline(name="Alpha", tags=["sales"])
    create_pipeline(name="100%_sure", tags=["odd'\"tag"])
    client.post(PIPELINES, json=broken("gamma"))


def names(client: TestClient, **params: Any) -> list[str]:
    answer = client.get(PIPELINES, params=params)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["gamma", "100%_sure", "Alpha", "beta"]),
        ({"sort": "updated_at"}, ["beta", "Alpha", "100%_sure", "gamma"]),
        ({"sort": "created_at"}, ["beta", "Alpha", "100%_sure", "gamma"]),
        ({"sort": "name"}, ["100%_sure", "Alpha", "beta", "gamma"]),
        ({"sort": "-name"}, ["gamma", "beta", "Alpha", "100%_sure"]),
        ({"tag": "sales", "sort": "name"}, ["Alpha", "beta"]),
        ({"tag": "odd'\"tag"}, ["100%_sure"]),
        ({"tag": "sal"}, []),
        ({"search": "ALPH"}, ["Alpha"]),
        ({"search": "day orders"}, ["beta"]),
        ({"search": "%"}, ["100%_sure"]),
        ({"search": "_"}, ["100%_sure"]),
        ({"search": "\\"}, []),
        ({"status": "draft"}, ["gamma"]),
        ({"status": "active", "tag": "sales", "search": "alpha"}, ["Alpha"]),
    ],
)
def test_filters_and_order(client: TestClient, params: dict[str, str], expected: list[str]) -> None:
    assert names(client, **params) == expected


@pytest.mark.usefixtures("four")
def test_pages_are_disjoint_and_complete(client: TestClient) -> None:
    pages = [client.get(PIPELINES, params={"limit": 3, "offset": offset, "sort": "status"}) for offset in (0, 3, 6)]

    assert [page.json()["total"] for page in pages] == [4, 4, 4]
    assert [len(page.json()["items"]) for page in pages] == [3, 1, 0]
    ids = [item["id"] for page in pages for item in page.json()["items"]]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 201},
        {"offset": -1},
        {"sort": "config"},
        {"status": "gone"},
        {"search": "\0"},
        {"runs": 51},
    ],
)
def test_a_malformed_query_is_refused_with_its_place(client: TestClient, params: dict[str, Any]) -> None:
    answer = client.get(PIPELINES, params=params)

    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["in"], error["pointer"]) == ("query", f"/{next(iter(params))}")


def test_an_item_has_its_newest_run_and_no_graph(
    client: TestClient, create_pipeline: CreatePipeline, session: Session
) -> None:
    saved = create_pipeline(name="ran")
    create_pipeline(name="never ran")
    now = datetime.now(UTC)
    for age, status in ((2, "success"), (1, "failed")):
        session.add(
            PipelineExecution(
                pipeline_id=UUID(saved["id"]),
                airflow_dag_run_id=f"run {age}",
                status=status,
                trigger_type="scheduled",
                params={},
                metrics={},
                created_at=now - timedelta(hours=age),
                duration_seconds=1.5,
            )
        )
    session.commit()

    idle, ran = client.get(PIPELINES, params={"runs": 5}).json()["items"]

    assert idle["last_run"] is None
    assert (ran["last_run"]["status"], ran["last_run"]["duration_seconds"]) == ("failed", 1.5)
    assert "config" not in ran
    assert ran["node_count"] == 3
    assert client.get(f"{PIPELINES}/{saved['id']}").json()["last_run"] == ran["last_run"]
    assert [run["status"] for run in ran["recent_runs"]] == ["failed", "success"]
    assert ran["recent_runs"][0]["id"] == ran["last_run"]["id"]
    assert idle["recent_runs"] == []
    limited = [each["recent_runs"] for each in client.get(PIPELINES, params={"runs": 1}).json()["items"]]
    assert limited == [[], ran["recent_runs"][:1]]
    assert [each["recent_runs"] for each in client.get(PIPELINES).json()["items"]] == [[], []]
