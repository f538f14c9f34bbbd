"""What was saved when, and the DAG file of it."""

import ast
from pathlib import Path

from fastapi.testclient import TestClient

from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain

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
