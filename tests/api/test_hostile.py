"""What no row can hold is refused with its place; everything else is only text."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from tests.api.graphs import chain, node

PIPELINES = "/api/v1/pipelines"


def post(client: TestClient, body: str | bytes) -> Response:
    return client.post(PIPELINES, content=body, headers={"Content-Type": "application/json"})


def graph_with(config: dict[str, Any]) -> dict[str, Any]:
    graph = chain()
    graph["config"]["nodes"][1]["data"]["config"] = config
    return graph


NODE = "/config/nodes/1/data/config"


@pytest.mark.parametrize(
    ("graph", "pointer"),
    [
        (chain(name="a\0b"), "/name"),
        (chain(description="\ud800"), "/description"),
        (chain(tags=["ok", "\udfff"]), "/tags/1"),
        (chain(default_params={"a": [{"b/c~d": "\0"}]}), "/default_params/a/0/b~1c~0d"),
        (graph_with({"condition": "x\0"}), f"{NODE}/condition"),
        (graph_with({"\0": 1}), NODE),
        (graph_with({"value": float("nan")}), f"{NODE}/value"),
        (graph_with({"value": float("-inf")}), f"{NODE}/value"),
        (graph_with({"value": 2**63}), f"{NODE}/value"),
        (chain(name=""), "/name"),
        (chain(name=" \n"), "/name"),
        (chain(name="x" * 201), "/name"),
        (chain(type="elephant"), "/type"),
        (chain(is_scheduled="yes"), "/is_scheduled"),
        (chain(retries="3"), "/retries"),
        (chain(surprise=1), "/surprise"),
        (chain(revision=1), "/revision"),
        (chain(config={"nodes": [{"id": "", "data": {"moduleId": "x"}}]}), "/config/nodes/0/id"),
        (chain(config={"nodes": [node("n", "csv-extractor", {}) | {"data": {"moduleId": 3}}]}), None),
        (chain(message="x" * 501), "/message"),
    ],
)
def test_a_graph_that_cannot_be_stored_is_refused_with_its_place(
    client: TestClient, graph: dict[str, Any], pointer: str | None
) -> None:
    answer = post(client, json.dumps(graph))

    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert (problem["code"], answer.headers["Content-Type"]) == ("request-invalid", "application/problem+json")
    places = [error["pointer"] for error in problem["errors"]]
    assert pointer is None or places == [pointer]
    assert all(error["in"] == "body" for error in problem["errors"])
    assert client.get(PIPELINES).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"name": "\xff"}', 400),
        (b"[" * 100_000, 400),
        (b'{"name": "x", "default_params": ' + b'{"a":' * 500 + b"1" + b"}" * 501, 422),
        (b'{"name": ' + b"9" * 5_000 + b"}", 400),
        (b'{"name": "x", "default_params": {"a": 1e999}}', 422),
    ],
)
def test_a_body_that_is_no_graph_is_refused(client: TestClient, body: bytes, status: int) -> None:
    answer = post(client, body)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_thousand_errors_are_not_all_listed(client: TestClient) -> None:
    answer = post(client, json.dumps(chain(config={"nodes": [{}] * 1000})))

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize(
    "text",
    [
        "Ünïcødé 数据 🚀 \u202e reversed",
        "'; drop table pipeline; --",
        "{{ 7 * 7 }} {% raw %} ${PATH} :name %s %(x)s \\N",
        "\"\"\"\n'''\\",
        "</script><script>alert(1)</script>",
        "name ending in .sql",
        "\u2028\u2029\x85\ufeff\x7f",
    ],
)
def test_any_other_text_is_saved_and_read_back(client: TestClient, text: str) -> None:
    graph = chain(name=text, description=text, tags=[text], default_params={text: text})
    graph["config"]["nodes"][1]["data"] |= {"label": text, "config": {"condition": text}}

    saved = client.post(PIPELINES, json=graph)

    assert saved.status_code == 201, saved.text
    read = client.get(f"{PIPELINES}/{saved.json()['id']}").json()
    assert read | graph == read
    assert client.get(PIPELINES, params={"search": text, "tag": text}).json()["total"] == 1


def test_a_draft_holds_what_only_validation_complains_about(client: TestClient) -> None:
    graph = chain(retries=2**40, timeout_seconds=-1, timezone="Mars/Olympus", schedule="whenever", engine="duckdb")
    graph["config"]["nodes"] *= 2

    saved = client.post(PIPELINES, json=graph)

    assert saved.status_code == 201, saved.text
    assert saved.json()["status"] == "draft"
    assert saved.json() | graph == saved.json()
