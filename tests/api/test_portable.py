"""Pipelines taken out as YAML and put in again."""

from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.routes.portable import EXAMPLE
from tests.api.conftest import CreatePipeline
from tests.api.graphs import chain
from tests.api.people import sign_in

PIPELINES = "/api/v1/pipelines"
IMPORT = f"{PIPELINES}/import"


def test_an_export_applied_again_is_no_version(client: TestClient, create_pipeline: CreatePipeline) -> None:
    saved = create_pipeline(chain(filters=3, schedule="@daily", tags=["sales"]))
    exported = client.get(f"{PIPELINES}/{saved['id']}/export")

    same = client.post(IMPORT, params={"mode": "apply"}, content=exported.text)
    changed = client.post(IMPORT, params={"mode": "apply"}, content=exported.text.replace("amount > 2", "amount > 99"))
    again = client.post(IMPORT, content=exported.text)

    assert exported.headers["Content-Type"].startswith("application/yaml")
    assert saved["id"] not in exported.text
    assert (same.status_code, same.json()["id"], same.json()["revision"]) == (200, saved["id"], 1)
    assert (changed.status_code, changed.json()["id"], changed.json()["revision"]) == (200, saved["id"], 2)
    told = client.get(f"{PIPELINES}/{saved['id']}/versions/1/diff/2").json()
    assert [value["path"] for each in told["nodes"] for value in each["values"]] == ["/config/condition"]
    assert (told["edges"], told["settings"]) == ([], [])
    assert (again.status_code, again.json()["code"]) == (409, "name-taken")
    events = client.get("/api/v1/audit", params={"action": "pipeline.import"}).json()["items"]
    assert [event["details"] for event in events] == [{"mode": "apply", "revision": 2}]


def test_the_documented_example_becomes_a_pipeline(client: TestClient) -> None:
    created = client.post(IMPORT, params={"mode": "apply"}, content=EXAMPLE)

    assert created.status_code == 201, created.text
    assert (created.json()["status"], created.json()["problems"]) == ("active", [])
    assert created.headers["Location"] == f"{PIPELINES}/{created.json()['id']}"


def test_the_api_s_own_json_is_taken(client: TestClient) -> None:
    assert client.post(IMPORT, json=chain()).json()["status"] == "active"


def test_what_is_wrong_is_told_with_its_line(client: TestClient) -> None:
    unknown = client.post(
        IMPORT, content="name: x\nnodes:\n  - id: a\n    module: csv-extractor\nretries: many\nfoo: 1"
    )
    anchored = client.post(IMPORT, content="name: &a x\ndescription: *a")
    latin = client.post(IMPORT, content=b"name: \xff")
    no_lists = client.post(IMPORT, content="name: x\nnodes: 3\nedges: {from: a, to: b}")
    draft = client.post(IMPORT, content="name: x\nnodes:\n  - {id: a, module: csv-extractor}")

    assert (unknown.status_code, unknown.json()["code"]) == (422, "import-invalid")
    assert {(each["path"], each["line"]) for each in unknown.json()["problems"]} == {("/retries", 5), ("/foo", 6)}
    assert (anchored.status_code, anchored.json()["problems"][0]["line"]) == (422, 1)
    assert latin.json()["problems"][0]["message"] == "The body is not UTF-8."
    assert no_lists.status_code == 422, no_lists.text
    assert [(each["path"], each["line"]) for each in no_lists.json()["problems"]] == [
        ("/config/nodes", 2),
        ("/config/edges", 3),
    ]
    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert "a" in {problem["node_id"] for problem in draft.json()["problems"]}


def test_a_misspelt_key_of_a_node_or_an_edge_is_not_lost_without_a_word(client: TestClient) -> None:
    nodes = "nodes:\n  - id: a\n    module: csv-extractor\n    retires: 3"
    text = f"name: x\n{nodes}\nedges:\n  - {{from: a, to: a, inptu: b}}"

    refused = client.post(IMPORT, content=text)
    mixed = client.post(IMPORT, content=f"{text}\nfoo: 1")

    assert refused.status_code == 422, refused.text
    assert [(each["line"], each["hint"]) for each in refused.json()["problems"]] == [
        (5, "Did you mean “retries”?"),
        (7, "Did you mean “input”?"),
    ]
    assert [each["line"] for each in mixed.json()["problems"]] == [5, 7, 8]


def test_a_private_pipeline_of_others_is_neither_exported_nor_applied_to(
    app: FastAPI, client: TestClient, session: Session
) -> None:
    ann, ben = sign_in(app, "editor", "ann"), sign_in(app, "editor", "ben")
    saved = client.post(PIPELINES, json=chain(), headers=ann).json()
    session.execute(update(Pipeline).where(Pipeline.id == UUID(saved["id"])).values(visibility="private"))
    session.commit()
    text = client.get(f"{PIPELINES}/{saved['id']}/export", headers=ann).text

    hidden = client.get(f"{PIPELINES}/{saved['id']}/export", headers=ben)
    applied = client.post(IMPORT, params={"mode": "apply"}, content=text, headers=ben)

    assert hidden.status_code == 404
    assert (applied.status_code, applied.json()["owner_name"]) == (201, "Ben")
    assert client.post(IMPORT, content=text, headers=sign_in(app, "viewer", "eve")).status_code == 403
