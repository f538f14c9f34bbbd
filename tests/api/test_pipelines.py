"""Saving, reading and deleting pipelines."""

import ast
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Pipeline, PipelineVersion
from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain

PIPELINES = "/api/v1/pipelines"


def dag_file(live: Path, pipeline_id: str) -> Path:
    return live / f"pipeline_{UUID(pipeline_id).hex}.py"


def test_a_saved_pipeline_is_active_published_and_reads_back(client: TestClient, live: Path) -> None:
    graph = chain(description="x", tags=["sales"], schedule="0 6 * * *", is_scheduled=True, default_params={"a": 1})

    answer = client.post(PIPELINES, json=graph)

    assert answer.status_code == 201, answer.text
    saved = answer.json()
    assert answer.headers["Location"] == f"{PIPELINES}/{saved['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert saved | graph == saved
    assert (saved["status"], saved["revision"], saved["version"], saved["published_revision"]) == ("active", 1, "1", 1)
    assert (saved["node_count"], saved["problems"], saved["last_run"]) == (3, [], None)
    assert client.get(f"{PIPELINES}/{saved['id']}").json() == saved
    ast.parse(dag_file(live, saved["id"]).read_text())


def test_fields_that_react_flow_adds_come_back(client: TestClient, create_pipeline: CreatePipeline) -> None:
    graph = chain()
    graph["config"]["nodes"][0] |= {"measured": {"width": 180.5}, "selected": False, "zIndex": 3}
    graph["config"]["viewport"] = {"x": 0, "y": 0, "zoom": 1.5}

    saved = create_pipeline(graph)

    assert saved["config"]["nodes"][0]["measured"] == {"width": 180.5}
    assert client.get(f"{PIPELINES}/{saved['id']}").json()["config"]["viewport"]["zoom"] == 1.5


@pytest.mark.parametrize("value", [1e20, -1e300, 1e-7, 2**63 - 1, -(2**63), 0.1, 100.0, "é\u2028\ufeff’'\"{{ }}\\"])
def test_values_read_back_equal(create_pipeline: CreatePipeline, client: TestClient, value: object) -> None:
    saved = create_pipeline(default_params={"value": value})

    read = client.get(f"{PIPELINES}/{saved['id']}").json()["default_params"]["value"]

    assert read == value
    again = client.put(f"{PIPELINES}/{saved['id']}", json=chain(default_params={"value": value}, revision=1))
    assert again.json()["revision"] == 1


def test_a_graph_with_errors_is_saved_as_a_draft(client: TestClient, live: Path) -> None:
    saved = client.post(PIPELINES, json=broken()).json()

    assert (saved["status"], saved["published_revision"]) == ("draft", None)
    assert {problem["node_id"] for problem in saved["problems"]} == {"n1", None} or saved["problems"]
    assert not dag_file(live, saved["id"]).exists()


def test_a_draft_keeps_the_last_valid_version_published(
    client: TestClient, create_pipeline: CreatePipeline, live: Path
) -> None:
    saved = create_pipeline()
    before = dag_file(live, saved["id"]).read_bytes()

    draft = client.put(f"{PIPELINES}/{saved['id']}", json=broken(revision=1)).json()

    assert (draft["status"], draft["revision"], draft["published_revision"]) == ("draft", 2, 1)
    assert dag_file(live, saved["id"]).read_bytes() == before


def test_errors_cannot_be_scheduled(client: TestClient, session: Session) -> None:
    answer = client.post(PIPELINES, json=broken(is_scheduled=True, schedule="0 6 * * *"))

    assert answer.status_code == 422
    assert answer.json()["code"] == "pipeline-invalid"
    assert "error" in {problem["severity"] for problem in answer.json()["problems"]}
    assert session.scalars(select(Pipeline)).all() == []


def test_an_update_makes_a_version_and_keeps_the_old_one(
    client: TestClient, create_pipeline: CreatePipeline, session: Session, live: Path
) -> None:
    saved = create_pipeline()
    url = f"{PIPELINES}/{saved['id']}"

    updated = client.put(url, json=chain("Renamed", filters=2, revision=1, message="Two filters"))

    assert updated.status_code == 200, updated.text
    assert (updated.json()["revision"], updated.headers["ETag"]) == (2, '"2"')
    first, second = session.scalars(select(PipelineVersion).order_by(PipelineVersion.version)).all()
    assert (first.graph["name"], second.graph["name"], second.message) == ("Paid orders", "Renamed", "Two filters")
    assert first.bundle_revision is not None
    assert second.bundle_revision is not None
    assert second.bundle_revision > first.bundle_revision
    assert "Renamed" in dag_file(live, saved["id"]).read_text()


def test_an_unchanged_update_makes_no_version(client: TestClient, create_pipeline: CreatePipeline, live: Path) -> None:
    saved = create_pipeline(description="same")
    before = dag_file(live, saved["id"]).stat().st_mtime_ns

    answer = client.put(f"{PIPELINES}/{saved['id']}", json=chain(description="same", revision=1, message="again"))

    assert answer.json() == saved
    assert dag_file(live, saved["id"]).stat().st_mtime_ns == before


def test_saving_again_after_a_module_is_switched_on_again_publishes(client: TestClient) -> None:
    module = "/api/v1/modules/transformer/filter-transformer"
    client.patch(module, json={"is_active": False})
    draft = client.post(PIPELINES, json=chain()).json()
    assert draft["status"] == "draft"
    client.patch(module, json={"is_active": True})

    saved = client.put(f"{PIPELINES}/{draft['id']}", json=chain(revision=1)).json()

    assert (saved["status"], saved["revision"]) == ("active", 2)


@pytest.mark.parametrize("if_match", ['"1"', 'W/"1"', "1"])
def test_if_match_stands_for_the_revision(client: TestClient, create_pipeline: CreatePipeline, if_match: str) -> None:
    saved = create_pipeline()

    answer = client.put(f"{PIPELINES}/{saved['id']}", json=chain("New"), headers={"If-Match": if_match})

    assert answer.json()["revision"] == 2


def test_an_outdated_revision_is_refused_with_the_newer_one(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline()
    client.put(f"{PIPELINES}/{saved['id']}", json=chain("Second", revision=1))

    answer = client.put(f"{PIPELINES}/{saved['id']}", json=chain("Third", revision=1))

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["revision"]) == ("revision-outdated", 2)


@pytest.mark.parametrize("if_match", [None, "*", '"x"'])
def test_an_update_must_name_its_revision(
    client: TestClient, create_pipeline: CreatePipeline, if_match: str | None
) -> None:
    saved = create_pipeline()

    headers = {"If-Match": if_match} if if_match else {}
    answer = client.put(f"{PIPELINES}/{saved['id']}", json=chain(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "revision-missing")


def test_a_name_is_taken_until_its_pipeline_is_deleted(client: TestClient, create_pipeline: CreatePipeline) -> None:
    saved = create_pipeline()
    other = create_pipeline(name="Other")

    assert client.post(PIPELINES, json=chain()).json()["code"] == "name-taken"
    renamed = client.put(f"{PIPELINES}/{other['id']}", json=chain(revision=1))
    assert (renamed.status_code, renamed.json()["code"]) == (409, "name-taken")
    client.delete(f"{PIPELINES}/{saved['id']}")
    assert client.post(PIPELINES, json=chain()).status_code == 201


def test_a_deleted_pipeline_is_gone_with_its_file(
    client: TestClient, create_pipeline: CreatePipeline, live: Path, session: Session
) -> None:
    saved = create_pipeline()
    url = f"{PIPELINES}/{saved['id']}"

    assert client.delete(url).status_code == 204

    assert not dag_file(live, saved["id"]).exists()
    for answer in (
        client.get(url),
        client.delete(url),
        client.put(url, json=chain(revision=1)),
        client.post(f"{url}/validate"),
        client.get(f"{url}/versions"),
        client.get(f"{url}/versions/1"),
        client.get(f"{url}/dag"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "pipeline-not-found")
    assert client.get(PIPELINES).json()["total"] == 0
    assert session.scalars(select(PipelineVersion)).one().version == 1


def test_an_unknown_pipeline_is_not_found(client: TestClient) -> None:
    assert client.get(f"{PIPELINES}/{uuid4()}").status_code == 404
    assert client.get(f"{PIPELINES}/not-a-uuid").status_code == 422


def test_validating_saves_nothing(client: TestClient) -> None:
    good = client.post(f"{PIPELINES}/validate", json=chain()).json()
    bad = client.post(f"{PIPELINES}/validate", json=broken()).json()

    assert (good["valid"], good["problems"]) == (True, [])
    assert not bad["valid"]
    assert set(bad["problems"][0]) == {"code", "severity", "node_id", "edge_id", "path", "message", "hint", "place"}
    assert client.get(PIPELINES).json()["total"] == 0


def test_a_saved_pipeline_is_validated_by_the_modules_as_they_are_now(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline()
    client.patch("/api/v1/modules/transformer/filter-transformer", json={"is_active": False})

    verdict = client.post(f"{PIPELINES}/{saved['id']}/validate").json()

    assert not verdict["valid"]
    assert [problem["node_id"] for problem in verdict["problems"]] == ["f1"]
