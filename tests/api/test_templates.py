"""Templates: kept and shared as their owners want it, and pasted with ids that are free."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.graphs import chain
from tests.api.people import sign_in

TEMPLATES = "/api/v1/templates"
Json = dict[str, Any]


def body(name: str = "A part", **fields: Any) -> Json:
    return {"name": name, "content": chain()["config"]} | fields


@pytest.fixture
def owner(app: FastAPI, client: TestClient) -> dict[str, str]:
    return sign_in(app, "editor", "owner")


def test_a_template_comes_back_as_it_was_drawn_and_is_pasted_with_free_ids(
    client: TestClient, owner: dict[str, str]
) -> None:
    content = chain()["config"]
    content["nodes"][0] |= {"selected": True, "measured": {"width": 100}}
    content["nodes"][1]["data"]["config"]["connection_id"] = "warehouse"

    made = client.post(TEMPLATES, json=body(content=content), headers=owner)

    assert made.status_code == 201, made.text
    template = client.get(made.headers["location"], headers=owner).json()
    assert template == made.json()
    assert (template["visibility"], template["owner_name"]) == ("private", "Owner")
    [first, *_] = nodes = template["content"]["nodes"]
    assert first.keys() == {"id", "type", "position", "data"}
    assert nodes[1]["data"]["config"]["connection_id"] == "warehouse"

    url = f"{TEMPLATES}/{template['id']}/apply"
    once = client.post(url, json={"at": {"x": 500, "y": 300}}, headers=owner).json()
    ids = [node["id"] for node in once["nodes"]]
    again = client.post(url, json={"taken": ids}, headers=owner).json()

    assert len(ids) == len(set(ids)) == len(nodes)
    assert not set(ids) & {node["id"] for node in again["nodes"]}
    assert min(node["position"]["x"] for node in once["nodes"]) == 500
    assert min(node["position"]["y"] for node in once["nodes"]) == 300
    assert [node["data"] for node in once["nodes"]] == [node["data"] for node in nodes]
    places = {node["id"]: place for place, node in enumerate(nodes)}
    for before, after in zip(template["content"]["edges"], once["edges"], strict=True):
        assert (ids[places[before["source"]]], ids[places[before["target"]]]) == (after["source"], after["target"])
        assert after["targetHandle"] == before["targetHandle"]


def test_a_private_template_does_not_exist_for_others_and_a_shared_one_is_its_owners(
    app: FastAPI, client: TestClient, owner: dict[str, str]
) -> None:
    other, viewer = sign_in(app, "editor", "other"), sign_in(app, "viewer")
    made = client.post(TEMPLATES, json=body("Hush"), headers=owner).json()
    url = f"{TEMPLATES}/{made['id']}"

    for headers in (other, viewer):
        assert client.get(url, headers=headers).json()["code"] == "template-not-found"
        assert client.post(f"{url}/apply", json={}, headers=headers).status_code == 404
        assert client.get(TEMPLATES, headers=headers).json()["total"] == 0
    assert client.patch(url, json={"name": "Mine"}, headers=other).status_code == 404
    assert client.delete(url, headers=other).status_code == 404

    shared = client.patch(url, json={"visibility": "shared", "name": "Told"}, headers=owner)
    assert (shared.status_code, shared.json()["name"]) == (200, "Told")
    assert client.get(TEMPLATES, params={"search": "tOLD"}, headers=viewer).json()["total"] == 1
    assert client.get(TEMPLATES, params={"module_id": "csv-extractor"}, headers=viewer).json()["total"] == 0
    one = {"nodes": chain()["config"]["nodes"][:1], "edges": []}
    client.patch(url, json={"content": one}, headers=owner)
    found = client.get(TEMPLATES, params={"module_id": one["nodes"][0]["data"]["moduleId"]}, headers=viewer).json()
    assert [template["id"] for template in found["items"]] == [made["id"]]
    for answer in (client.patch(url, json={"name": "Mine"}, headers=other), client.delete(url, headers=other)):
        assert (answer.status_code, answer.json()["code"]) == (403, "not-owner")

    assert client.delete(url).status_code == 204
    events = client.get("/api/v1/audit", params={"subject_id": made["id"]}).json()["items"]
    assert [event["action"] for event in events] == [
        "template.delete",
        "template.change",
        "template.change",
        "template.create",
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"nodes": [], "edges": []},
        {"nodes": [{"id": "a"}]},
        {"nodes": [{"id": "a", "data": {"moduleId": "x"}}] * 2},
        {"nodes": [{"id": "a", "data": {"moduleId": "x"}}], "edges": [{"id": "e", "source": "a", "target": "b"}]},
        {"nodes": [{"id": f"n{number}", "data": {"moduleId": "x"}} for number in range(101)]},
        {"nodes": [{"id": "a", "data": {"moduleId": "x", "config": {"text": "\x00"}}}]},
        {"nodes": [{"id": "a", "data": {"moduleId": "x"}}], "viewport": {}},
    ],
)
def test_what_is_no_part_of_a_graph_is_refused(client: TestClient, content: Json) -> None:
    answer = client.post(TEMPLATES, json=body(content=content))

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"]
