"""The palette and what administrators change in it."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from module_operators.expressions import FUNCTIONS
from tests.api.catalogue import PRESET
from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain

MODULES = "/api/v1/modules"
FILTER = f"{MODULES}/transformer/filter-transformer"


def names(client: TestClient, **params: Any) -> list[str]:
    answer = client.get(MODULES, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return [item["name"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {},
            [
                "csv-extractor",
                "select-columns-transformer",
                "filter-transformer",
                "join-transformer",
                "csv-loader",
            ],
        ),
        ({"type": "loader"}, ["csv-loader"]),
        ({"category": "file"}, ["csv-extractor", "csv-loader"]),
        ({"search": "SELECT"}, ["select-columns-transformer"]),
        ({"search": "where"}, ["filter-transformer"]),
        ({"search": "csv file", "type": "extractor"}, ["csv-extractor"]),
        ({"search": "%"}, []),
    ],
)
def test_filters(client: TestClient, params: dict[str, str], expected: list[str]) -> None:
    assert names(client, **params) == expected


def test_a_module_says_how_it_is_drawn_connected_and_configured(client: TestClient) -> None:
    join = client.get(f"{MODULES}/transformer/join-transformer").json()

    assert [handle["handle"] for handle in join["inputs"]] == ["left", "right"]
    assert join["input_schema"]["required"] == ["left", "right"]
    assert join["output_schema"]["type"] == "array"
    assert join["python_class"].startswith("module_operators.transformers.join.")
    schema = client.get(f"{MODULES}/transformer/join-transformer/schema").json()
    assert schema == join["config_schema"]
    extractor, loader = (client.get(f"{MODULES}/{kind}/csv-{kind}").json() for kind in ("extractor", "loader"))
    assert (extractor["input_schema"], loader["output_schema"]) == (None, None)


def test_the_functions_of_expressions_are_those_that_expressions_may_call(client: TestClient) -> None:
    items = client.get(f"{MODULES}/functions").json()["items"]

    assert {each["name"]: each["signature"] for each in items} == {
        name: function.signature for name, function in FUNCTIONS.items()
    }
    assert all(each["category"] and each["description"] and each["example"] for each in items)


@pytest.mark.parametrize("path", ["transformer/gone", "loader/filter-transformer", "transformer/gone/schema"])
def test_an_unknown_module_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"{MODULES}/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "module-not-found")
    assert client.get(f"{MODULES}/teapot/{path.split('/')[1]}").status_code == 422


def test_usage_counts_nodes_of_newest_versions(client: TestClient, create_pipeline: CreatePipeline) -> None:
    first = create_pipeline(filters=3)
    create_pipeline(name="Other", filters=2)
    client.post("/api/v1/pipelines", json=broken("Draft"))
    client.put(f"/api/v1/pipelines/{first['id']}", json=chain(filters=1, revision=1))
    gone = create_pipeline(name="Gone", filters=5)
    client.delete(f"/api/v1/pipelines/{gone['id']}")

    usage = {item["name"]: item["usage_count"] for item in client.get(MODULES).json()["items"]}

    assert usage == {
        "csv-extractor": 3,
        "filter-transformer": 3,
        "csv-loader": 2,
        "join-transformer": 0,
        "select-columns-transformer": 0,
    }
    assert client.get(FILTER).json()["usage_count"] == 3


def test_a_module_that_is_switched_off_is_hidden_unless_asked_for(client: TestClient) -> None:
    changed = client.patch(FILTER, json={"is_active": False})

    assert changed.json()["is_active"] is False
    assert "filter-transformer" not in names(client)
    assert "filter-transformer" in names(client, include_inactive=True)
    assert client.get(FILTER).json()["is_active"] is False
    client.patch(FILTER, json={"is_active": True})
    assert "filter-transformer" in names(client)


def test_presets_are_edited_and_taken_back(client: TestClient) -> None:
    mine = {"name": "paid", "title": "Paid only", "config": {"condition": "status = 'paid'"}}

    edited = client.patch(FILTER, json={"presets": [mine]}).json()

    assert edited["presets"] == [mine | {"description": ""}]
    assert edited["presets_edited"] is True
    reset = client.patch(FILTER, json={"presets": None}).json()
    assert (reset["presets"], reset["presets_edited"]) == ([PRESET], False)


def test_documentation_can_be_linked_and_unlinked(client: TestClient) -> None:
    link = "https://wiki.example/filter"

    assert client.patch(FILTER, json={"documentation_url": link}).json()["documentation_url"] == link
    assert client.patch(FILTER, json={"is_active": True}).json()["documentation_url"] == link
    assert client.patch(FILTER, json={"documentation_url": None}).json()["documentation_url"] is None


def preset(**changes: Any) -> dict[str, Any]:
    return {"name": "p", "title": "P", "config": {}} | changes


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"presets": [preset(config={"condition": 3})]}, "/presets/0/config/condition"),
        ({"presets": [preset(config={"unknown": 3})]}, "/presets/0/config"),
        ({"presets": [preset(), preset()]}, "/presets/1/name"),
        ({"presets": [preset(name="Not A Slug")]}, "/presets/0/name"),
        ({"presets": [preset(config={"condition": "a\0b"})]}, "/presets/0/config/condition"),
        ({"presets": [preset(title="\ud800")]}, "/presets/0/title"),
        ({"is_active": True, "name": "x"}, "/name"),
        ({"documentation_url": "javascript:alert(1)"}, "/documentation_url"),
        ({}, ""),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_its_place(
    client: TestClient, body: dict[str, Any], pointer: str
) -> None:
    answer = client.patch(FILTER, content=json.dumps(body), headers={"Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert client.get(FILTER).json()["presets_edited"] is False
