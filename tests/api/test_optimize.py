"""What could be better in a graph is proposed, checked on a sample by production's code, and drawn when accepted."""

from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.previewer import PreviewerProcess
from api.main import create_app
from api.services.assist import optimize
from api.settings import Settings
from dag_factory.catalog import load_catalog
from dag_factory.rewrites import Proposal
from tests.dag_factory.pipelines import edge, node, pipeline

OPTIMIZE = "/api/v1/assist/optimize"


@pytest.fixture
def app(settings: Settings, checker: Any, previewer: PreviewerProcess) -> FastAPI:
    return create_app(settings, catalog=load_catalog(), checker=checker, previewer=previewer, background=False)


def graph(**changes: Any) -> dict[str, Any]:
    """orders → sorted → paid ones → each once → how many of a status → a file."""
    steps = [
        node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
        node("sorted", "sort-transformer", "By amount", 200, sort_by=[{"column": "amount"}]),
        node("paid", "filter-transformer", "Paid", 400, condition="Status = 'paid'"),
        node(
            "counted",
            "aggregate-transformer",
            "Counted",
            600,
            group_by=["status"],
            aggregations=[{"function": "count"}],
        ),
        node("file", "csv-loader", "File", 800, file_path="counted.csv"),
    ]
    for name, config in changes.items():
        next(step for step in steps if step["id"] == name)["data"]["config"] = config
    ids = [step["id"] for step in steps]
    return pipeline(steps, [edge(one, other) for one, other in itertools.pairwise(ids)])


def test_each_proposal_is_checked_and_together_they_give_a_graph_that_is_saved(client: TestClient) -> None:
    drawn = graph()

    found = client.post(OPTIMIZE, json={"graph": drawn})
    assert found.status_code == 200, found.text
    proposals = {each["id"]: each for each in found.json()["proposals"]}
    accept = list(proposals)
    better = client.post(f"{OPTIMIZE}/apply", json={"graph": drawn, "accept": [*accept, "merge-filters:gone"]}).json()

    assert proposals.keys() == {"remove-sort:sorted", "filter-earlier:paid", "drop-columns:orders"}
    assert {each["check"]["status"] for each in proposals.values()} == {"equal"}
    moved = proposals["filter-earlier:paid"]
    assert moved["check"]["rows"] == 1
    assert moved["nodes"] == ["paid", "sorted"]
    assert "“Paid” reads only status" in moved["reason"]
    assert {(each["change"], each["source"], each["target"]) for each in moved["diff"]["edges"]} == {
        ("removed", "orders", "sorted"),
        ("removed", "sorted", "paid"),
        ("removed", "paid", "counted"),
        ("added", "orders", "paid"),
        ("added", "paid", "sorted"),
        ("added", "sorted", "counted"),
    }
    # The sort is gone, so the filter has nothing to pass.
    assert (better["applied"], better["skipped"]) == (
        ["remove-sort:sorted", "drop-columns:orders"],
        ["filter-earlier:paid", "merge-filters:gone"],
    )
    assert better["check"] == {
        "status": "equal",
        "rows": 1,
        "message": "On a sample of the sources the 1 row is the same.",
    }
    saved = client.post("/api/v1/pipelines", json={**drawn, "config": better["config"]}).json()
    assert saved["status"] == "active", saved["problems"]
    again = client.post(OPTIMIZE, json={"graph": {**drawn, "config": better["config"]}}).json()
    assert again == {"proposals": [], "declined": [], "more": False}


def test_a_graph_with_errors_is_refused_with_all_of_them(client: TestClient) -> None:
    refused = client.post(OPTIMIZE, json={"graph": graph(paid={"condition": "stat = 1"}, sorted={})})

    assert (refused.status_code, refused.json()["code"]) == (422, "graph-not-in-order")
    assert {each["node_id"] for each in refused.json()["problems"]} >= {"sorted"}


def test_what_cannot_be_evaluated_is_proposed_unchecked_and_says_why(client: TestClient) -> None:
    cast = {"type_mapping": {"status": "integer"}, "on_error": "fail"}
    drawn = graph()
    drawn["config"]["nodes"].append(node("cast", "cast-types-transformer", "Numbers", 700, **cast))
    drawn["config"]["edges"][-1] = edge("counted", "cast")
    drawn["config"]["edges"].append(edge("cast", "file"))
    unchecked = client.post(OPTIMIZE, json={"graph": drawn}).json()["proposals"]

    assert {each["check"]["status"] for each in unchecked} == {"unchecked"}
    assert "Column 'status' cannot be cast to integer" in unchecked[0]["check"]["message"]


def test_a_rewrite_that_loads_other_rows_is_withheld_and_logged(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def wrong(drawing: Any, most: int) -> list[Proposal]:
        return [Proposal("remove-sort", "paid", "It does nothing.", ("paid",), drawing.without("paid"))]

    monkeypatch.setattr(optimize, "proposals", wrong)

    with caplog.at_level(logging.ERROR, logger=optimize.__name__):
        found = client.post(OPTIMIZE, json={"graph": graph()}).json()

    assert found["proposals"] == []
    assert "Bug: rewrites that load other rows are withheld: ['remove-sort:paid']" in caplog.text
