"""What was saved when, and the DAG file of it."""

import ast
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain
from tests.api.people import sign_in

PIPELINES = "/api/v1/pipelines"


def test_versions_are_listed_newest_first_without_graphs(client: TestClient, create_pipeline: CreatePipeline) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"
    client.put(url, json=broken("Second", revision=1, message="Half done"))
    client.put(url, json=chain("Third", revision=2))

    page = client.get(f"{url}/versions", params={"limit": 2}).json()

    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 0)
    third, second = page["items"]
    assert (third["version"], third["valid"], third["error_count"]) == (3, True, 0)
    assert (second["version"], second["valid"], second["bundle_revision"]) == (2, False, None)
    assert second["error_count"] > 0
    assert second["message"] == "Half done"
    assert "graph" not in second


def test_a_version_can_be_saved_again(client: TestClient, create_pipeline: CreatePipeline) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"
    client.put(url, json=chain("Second", revision=1))

    first = client.get(f"{url}/versions/1").json()
    restored = client.put(url, json=first["graph"] | {"revision": 2})

    assert first["graph"]["name"] == "Paid orders"
    assert restored.json()["name"] == "Paid orders"
    assert client.get(f"{url}/versions/3").json()["graph"] == first["graph"]


def test_an_unknown_version_is_not_found(client: TestClient, create_pipeline: CreatePipeline) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"

    assert client.get(f"{url}/versions/9").json()["code"] == "version-not-found"
    assert client.get(f"{url}/versions/0").status_code == 422
    assert client.get(f"{url}/versions/99999999999").status_code == 422


def test_the_dag_is_what_was_published(client: TestClient, create_pipeline: CreatePipeline, live: Path) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"

    answer = client.get(f"{url}/dag")

    assert answer.headers["Content-Type"].startswith("text/x-python")
    assert answer.headers["X-Pipeline-Revision"] == "1"
    assert next(live.glob("*.py")).read_text() == answer.text
    ast.parse(answer.text)
    unchanged = client.get(f"{url}/dag", headers={"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    client.put(url, json=broken(revision=1))
    assert client.get(f"{url}/dag").text == answer.text


def test_a_draft_that_never_was_valid_has_no_dag(client: TestClient) -> None:
    saved = client.post(PIPELINES, json=broken()).json()

    answer = client.get(f"{PIPELINES}/{saved['id']}/dag")

    assert (answer.status_code, answer.json()["code"]) == (409, "not-published")
    assert answer.json()["problems"] == saved["problems"]


def test_the_changes_between_two_versions_are_told_without_moves_and_notes(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"
    graph = chain("Third", filters=2, tags=["new"], revision=1)
    graph["config"]["nodes"][1]["data"]["config"] = {"condition": "amount > 99"}
    graph["config"]["nodes"][0]["position"]["x"] = -500
    graph["config"]["notes"] = [{"id": "note_1", "position": {"x": 1, "y": 2}, "text": "Why 99?", "color": "blue"}]
    client.put(url, json=graph)

    assert client.get(f"{url}/versions/2").json()["graph"]["config"]["notes"] == graph["config"]["notes"]
    told = client.get(f"{url}/versions/1/diff/2").json()

    assert (told["before"]["version"], told["after"]["version"]) == (1, 2)
    assert [(node["change"], node["node_id"]) for node in told["nodes"]] == [("changed", "f1"), ("added", "f2")]
    assert told["nodes"][0]["values"] == [
        {"change": "changed", "path": "/config/condition", "before": "amount > 1", "after": "amount > 99"}
    ]
    assert {(edge["change"], edge["source"], edge["target"]) for edge in told["edges"]} == {
        ("removed", "f1", "target"),
        ("added", "f1", "f2"),
        ("added", "f2", "target"),
    }
    assert [(value["path"], value["before"], value["after"]) for value in told["settings"]] == [
        ("/name", "Paid orders", "Third"),
        ("/tags", [], ["new"]),
    ]
    assert (
        client.get(f"{url}/versions/1/diff/1").json() | {"nodes": [], "edges": [], "settings": []}
        == client.get(f"{url}/versions/1/diff/1").json()
    )
    assert client.get(f"{url}/versions/1/diff/9").json()["code"] == "version-not-found"


def test_an_outdated_edit_is_told_who_changed_what_since(
    client: TestClient, app: FastAPI, create_pipeline: CreatePipeline
) -> None:
    ann = sign_in(app, "editor", "ann")
    url = f"{PIPELINES}/{create_pipeline()['id']}"
    client.put(url, json=chain("Second", revision=1, message="Renamed"), headers=ann)
    client.put(url, json=chain("Third", revision=2, schedule="@daily"), headers=ann)

    answer = client.put(url, json=chain("Mine", revision=1))

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["revision"]) == (409, "revision-outdated", 3)
    assert [(save["version"], save["author_name"], save["message"]) for save in problem["since"]] == [
        (3, "Ann", None),
        (2, "Ann", "Renamed"),
    ]
    assert [value["path"] for value in problem["diff"]["settings"]] == ["/name", "/schedule"]
    assert problem["diff"]["settings"][0]["before"] == "Paid orders"
    assert "diff" not in client.put(url, json=chain("Mine", revision=99)).json()


def test_a_version_is_restored_as_the_newest(client: TestClient, create_pipeline: CreatePipeline, live: Path) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"
    client.put(url, json=broken("Second", revision=1))

    restored = client.post(f"{url}/versions/1/restore", json={"revision": 2})

    assert restored.status_code == 200, restored.text
    assert (restored.json()["name"], restored.json()["status"], restored.json()["revision"]) == (
        "Paid orders",
        "active",
        3,
    )
    assert restored.headers["ETag"] == '"3"'
    assert client.get(f"{url}/versions/3").json()["message"] == "Restored version 1"
    assert "Version 3" in next(live.glob("*.py")).read_text()
    again = client.post(f"{url}/versions/1/restore")
    assert again.json()["revision"] == 3
    outdated = client.post(f"{url}/versions/2/restore", headers={"If-Match": '"1"'})
    assert (outdated.status_code, outdated.json()["code"]) == (409, "revision-outdated")


def test_a_restored_version_is_checked_as_any_save(client: TestClient, create_pipeline: CreatePipeline) -> None:
    first = create_pipeline()
    url = f"{PIPELINES}/{first['id']}"
    client.put(url, json=chain("Second", revision=1))
    create_pipeline()
    client.patch("/api/v1/modules/transformer/filter-transformer", json={"is_active": False})

    taken = client.post(f"{url}/versions/1/restore")
    draft = client.post(f"{url}/versions/2/restore")

    assert (taken.status_code, taken.json()["code"]) == (409, "name-taken")
    assert (draft.status_code, draft.json()["status"], draft.json()["revision"]) == (200, "draft", 3)
