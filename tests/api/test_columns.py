"""Wrong columns are seen when a graph is saved or validated; a checker that is away stops nobody."""

import os
import signal
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.checker import CheckerProcess
from tests.api.conftest import CreatePipeline
from tests.api.graphs import chain

PIPELINES = "/api/v1/pipelines"
ORDERS = [
    {"name": "order_id", "type": "bigint"},
    {"name": "amount", "type": "bigint"},
    {"name": "status", "type": "string"},
]


def with_condition(condition: str) -> dict[str, Any]:
    graph = chain()
    graph["config"]["nodes"][1]["data"]["config"]["condition"] = condition
    return graph


def test_every_nodes_columns_are_in_the_answer(client: TestClient) -> None:
    verdict = client.post(f"{PIPELINES}/validate", json=chain(filters=2)).json()

    assert verdict == {"valid": True, "problems": [], "schemas": {"source": ORDERS, "f1": ORDERS, "f2": ORDERS}}


def test_a_misspelt_column_is_an_error_on_its_node_with_the_nearest_name(client: TestClient) -> None:
    verdict = client.post(f"{PIPELINES}/validate", json=with_condition("amout > 10")).json()

    (problem,) = verdict["problems"]
    assert (problem["severity"], problem["node_id"], problem["path"]) == ("error", "f1", "/condition")
    assert problem["place"] == {"line": 1, "column": 1, "length": 5}
    assert "amount" in problem["hint"]
    assert verdict["schemas"] == {"source": ORDERS}


def test_the_columns_of_what_leads_nowhere_yet_are_checked_while_it_is_drawn(client: TestClient) -> None:
    graph = with_condition("amout > 10")
    lone = deepcopy(graph["config"]["nodes"][0]) | {"id": "lone"}
    graph["config"]["nodes"] = [*graph["config"]["nodes"][:2], lone]
    graph["config"]["edges"] = graph["config"]["edges"][:1]

    verdict = client.post(f"{PIPELINES}/validate", json=graph).json()

    assert {"no-loader", "output-unused", "orphan", "bad-expression"} == {each["code"] for each in verdict["problems"]}
    assert verdict["schemas"] == {"source": ORDERS, "lone": ORDERS}


def test_a_pipeline_with_a_wrong_column_is_saved_as_a_draft(client: TestClient) -> None:
    saved = client.post(PIPELINES, json=with_condition("amout > 10")).json()

    assert saved["status"] == "draft"
    assert [problem["node_id"] for problem in saved["problems"]] == ["f1"]


def test_a_source_that_is_gone_is_judged_by_the_columns_of_the_last_save(
    client: TestClient, checker: CheckerProcess, checker_files: Path, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline(chain())
    orders = checker_files / "orders.csv"
    orders.rename(checker_files / "away.csv")
    try:
        verdict = client.post(f"{PIPELINES}/{saved['id']}/validate").json()
    finally:
        (checker_files / "away.csv").rename(orders)

    assert verdict["valid"]
    assert [(p["code"], p["severity"]) for p in verdict["problems"]] == [("remembered-columns", "warning")]
    assert verdict["schemas"]["f1"] == ORDERS


@pytest.fixture
def changed_orders(checker_files: Path) -> Iterator[None]:
    """The source while it has another column, and one of another type."""
    orders = checker_files / "orders.csv"
    before = orders.read_text()
    yield
    orders.write_text(before)


def test_a_source_that_has_changed_since_the_save_is_told_until_the_next_save(
    client: TestClient, checker_files: Path, changed_orders: None, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline(chain())
    url = f"{PIPELINES}/{saved['id']}"
    (checker_files / "orders.csv").write_text("order_id,amount,status,country\n1,12.5,paid,NL\n")

    (told,) = client.post(f"{url}/validate").json()["problems"]
    (told_while_editing,) = client.post(f"{PIPELINES}/validate?pipeline_id={saved['id']}", json=chain()).json()[
        "problems"
    ]
    again = client.put(url, json=chain() | {"revision": saved["revision"]}).json()

    assert (told["code"], told["severity"], told["node_id"]) == ("source-changed", "warning", "source")
    assert "Column 'amount' is float now; it was bigint. Column 'country' (string) is new." in told["message"]
    assert told_while_editing == told
    assert (again["revision"], again["problems"]) == (saved["revision"] + 1, [])
    assert "country" in client.get(f"{url}/dag").text
    assert client.post(f"{url}/validate").json()["problems"] == []


def test_another_source_is_not_a_changed_one(
    client: TestClient, checker_files: Path, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline(chain())
    (checker_files / "others.csv").write_text("id,name\n1,a\n")
    edited = chain()
    edited["config"]["nodes"][0]["data"]["config"]["file_path"] = "others.csv"

    problems = client.post(f"{PIPELINES}/validate?pipeline_id={saved['id']}", json=edited).json()["problems"]

    assert "source-changed" not in {problem["code"] for problem in problems}


def test_columns_are_traced_through_the_nodes_to_their_sources(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    saved = create_pipeline(chain())

    answer = client.get(f"{PIPELINES}/{saved['id']}/lineage").json()

    assert (answer["revision"], answer["unknown"]) == (1, [])
    names = [column["name"] for column in ORDERS]
    at = {each["node_id"]: each["columns"] for each in answer["nodes"]}
    assert at["source"] == [{"column": name, "inputs": [], "sources": []} for name in names]
    for node_id, before in (("f1", "source"), ("target", "f1")):
        assert at[node_id] == [
            {
                "column": name,
                "inputs": [{"node_id": before, "column": name}],
                "sources": [{"node_id": "source", "column": name}],
            }
            for name in names
        ]


@pytest.fixture
def own_checker(app: FastAPI, checker_environment: pytest.MonkeyPatch) -> Iterator[CheckerProcess]:
    process = CheckerProcess()
    process.check({"nodes": []}, timeout=120)
    yield process
    process.stop()


def test_a_killed_checker_comes_back_with_the_next_check(own_checker: CheckerProcess) -> None:
    killed = own_checker.pid
    assert killed
    os.kill(killed, signal.SIGKILL)

    answer = own_checker.check({"nodes": []}, timeout=120)

    assert answer["problems"] == []
    assert own_checker.pid != killed


def test_an_answer_that_comes_twice_does_not_end_the_reading_of_answers() -> None:
    """A process that died and its successor may both have word for a check; the second is dropped."""
    program = """
import json, sys
for line in sys.stdin:
    answer = json.dumps({"id": json.loads(line)["id"], "problems": []})
    print(answer + "\\n" + answer, flush=True)
"""
    process = CheckerProcess((sys.executable, "-c", program))
    try:
        for _ in range(20):
            assert process.check({"nodes": []}, timeout=10)["problems"] == []
    finally:
        process.stop()
