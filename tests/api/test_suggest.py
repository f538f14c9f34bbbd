"""What could come next: by columns, by modules and by what was built before; everything that is offered fits."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.checker import CheckerProcess
from api.main import create_app
from api.services.assist.suggest import Learned, run_learning
from api.settings import Settings
from dag_factory.catalog import load_catalog
from tests.api.graphs import edge, node
from tests.api.people import sign_in

SUGGEST = "/api/v1/assist/suggest"
PIPELINES = "/api/v1/pipelines"
Json = dict[str, Any]
ORDERS = [
    {"name": "order_id", "type": "bigint"},
    {"name": "customer_id", "type": "bigint"},
    {"name": "ordered_at", "type": "string"},
    {"name": "amount", "type": "float"},
    {"name": "status", "type": "string"},
]
CUSTOMERS = [
    {"name": "id", "type": "bigint"},
    {"name": "email", "type": "string"},
    {"name": "country", "type": "string"},
]


@pytest.fixture
def app(settings: Settings, checker: CheckerProcess) -> FastAPI:
    return create_app(settings, catalog=load_catalog(), checker=checker, background=False)


@pytest.fixture
def editor(app: FastAPI, client: TestClient) -> dict[str, str]:
    return sign_in(app, "editor", "asking")


def graph(*nodes: Json, edges: tuple[Json, ...] = (), name: str = "Sales by country") -> Json:
    return {"name": name, "config": {"nodes": list(nodes), "edges": list(edges)}}


def orders_and_customers() -> Json:
    return graph(
        node("orders", "csv-extractor", {"file_path": "bought.csv"}),
        node("customers", "csv-extractor", {"file_path": "people.csv"}),
    )


def ask(client: TestClient, body: Json, headers: dict[str, str] | None = None) -> list[Json]:
    answer = client.post(SUGGEST, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["suggestions"]


def filtered(condition: str, name: str, **fields: Any) -> Json:
    """A pipeline over columns that only it has in common with whoever asks."""
    steps = (
        node("s", "csv-extractor", {"file_path": "bought.csv"}),
        node("f", "filter-transformer", {"condition": condition}, 100),
        node("t", "csv-loader", {"file_path": "theirs.csv"}, 200),
    )
    return graph(*steps, edges=(edge("s", "f"), edge("f", "t")), name=name) | fields


def test_two_sources_that_share_a_key_are_joined_by_it(client: TestClient) -> None:
    schemas = {"orders": ORDERS, "customers": CUSTOMERS}

    first = ask(client, {"graph": orders_and_customers(), "node_id": "orders", "schemas": schemas})[0]

    assert (first["module_id"], first["basis"]) == ("join-transformer", "columns")
    assert first["config"] == {"join_type": "inner", "left_on": ["customer_id"], "right_on": ["id"]}
    assert first["inputs"] == [
        {"source": "orders", "target_handle": "left"},
        {"source": "customers", "target_handle": "right"},
    ]
    assert "customer_id = id" in first["reason"]


def test_columns_are_asked_of_the_sources_and_all_that_is_offered_is_valid(
    client: TestClient, checker_files: Path
) -> None:
    (checker_files / "bought.csv").write_text("order_id,customer_id,ordered_at,amount,select\n1,7,soon,10.5,paid\n")
    (checker_files / "people.csv").write_text("id,email,Full Name\n7,a@b.example,Ada L\n")
    drawn = orders_and_customers()

    answer = client.post(SUGGEST, json={"graph": drawn, "node_id": "orders", "limit": 20}).json()

    offered = answer["suggestions"]
    assert answer["columns_known"]
    assert len(offered) > 10
    assert {"parse-date-transformer", "join-transformer"} <= {each["module_id"] for each in offered}
    for number, each in enumerate(offered):
        new = node(f"new{number}", each["module_id"], each["config"], 100)
        drawn["config"]["nodes"].append(new)
        drawn["config"]["edges"] += [edge(e["source"], new["id"], e["target_handle"]) for e in each["inputs"]]
    verdict = client.post(f"{PIPELINES}/validate", json=drawn).json()
    wrong = [problem for problem in verdict["problems"] if (problem["path"] or problem["code"] == "unknown-column")]
    assert wrong == []
    assert [each["score"] for each in offered] == sorted((each["score"] for each in offered), reverse=True)


def test_what_was_built_here_is_offered_to_those_who_may_see_it(
    app: FastAPI, client: TestClient, editor: dict[str, str]
) -> None:
    owner = sign_in(app, "editor", "owner")
    condition = "amount BETWEEN 3 AND 77"
    body = {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": ORDERS}, "limit": 20}
    saved = client.post(PIPELINES, json=filtered(condition, "Secret plan"), headers=owner).json()

    def conditions(who: dict[str, str]) -> list[str]:
        return [each["reason"] for each in ask(client, body, who) if each["config"].get("condition") == condition]

    assert "Secret plan" in conditions(editor)[0]
    client.patch(f"{PIPELINES}/{saved['id']}/sharing", json={"visibility": "private"}, headers=owner)
    assert conditions(editor) == []
    assert "Secret plan" in conditions(owner)[0]
    client.patch(f"{PIPELINES}/{saved['id']}/sharing", json={"visibility": "shared"}, headers=owner)
    assert conditions(editor)
    client.delete(f"{PIPELINES}/{saved['id']}", headers=owner)
    assert conditions(editor) == []


def test_what_is_saved_is_learned_before_somebody_asks(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Json] = []
    learn = Learned._steps_of
    monkeypatch.setattr(Learned, "_steps_of", lambda self, config: read.append(config) or learn(self, config))
    body = {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": ORDERS}, "limit": 20}

    def save(amount: int) -> None:
        client.post(PIPELINES, json=filtered(f"amount > {amount}", f"Above {amount}"))
        deadline = time.monotonic() + 60
        while len(read) < amount:
            assert time.monotonic() < deadline, "it was not learned"
            time.sleep(0.01)

    with run_learning(app.state.sessions, app.state.learned, every=0.05):
        save(1)
        save(2)
    offered = [each["config"].get("condition") for each in ask(client, body)]

    assert {"amount > 1", "amount > 2"} <= set(offered)
    assert len(read) == 2


def test_neither_credentials_nor_targets_of_others_are_offered(client: TestClient) -> None:
    canary = "canary-in-a-pipeline"
    secret = (
        {"url": f"https://example.com/a?token={canary}"},
        {"url": "https://example.com/b", "headers": {"Authorization": canary}},
        {"url": f"https://user:{canary}@example.com/c"},
    )
    nodes = [node(f"s{n}", "api-extractor", config) for n, config in enumerate(secret)]
    plain = node("plain", "api-extractor", {"url": "https://example.com/plain"})
    client.post(PIPELINES, json=graph(*nodes, plain, name="Calls"))
    client.post(PIPELINES, json=filtered("amount > 1", "Theirs"))

    sources = ask(client, {"graph": graph(), "limit": 20})
    body = {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": ORDERS}, "limit": 20}
    after = ask(client, body)

    assert canary not in json.dumps(sources)
    assert {"url": "https://example.com/plain"} in [each["config"] for each in sources]
    targets = [each["config"]["file_path"] for each in after if each["module_id"] == "csv-loader"]
    assert targets == ["sales-by-country.csv"]


def test_an_input_asks_for_sources_and_files_of_the_store_are_some(client: TestClient) -> None:
    client.put("/api/v1/files/content/shops.csv", content=b"id,name\n1,x\n")
    drawn = graph(node("j", "join-transformer", {"join_type": "inner"}))

    offered = ask(client, {"graph": drawn, "node_id": "j", "handle": "right"})

    assert {"file_path": "shops.csv"} in [each["config"] for each in offered]
    assert all(each["module_id"].endswith("-extractor") and each["inputs"] == [] for each in offered)


def test_the_same_question_has_the_same_answer(client: TestClient) -> None:
    for number in range(4):
        client.post(PIPELINES, json=filtered(f"amount > {number % 2}", f"Plan {number}"))
    body = {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": ORDERS}, "limit": 20}

    answers = [client.post(SUGGEST, json=body).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0]["learned_from"] == 4
    filters = [each for each in answers[0]["suggestions"] if each["module_id"] == "filter-transformer"]
    assert "used 2 times" in filters[0]["reason"]


def test_a_place_that_is_not_there_is_refused_and_behind_a_loader_comes_nothing(client: TestClient) -> None:
    drawn = graph(node("out", "csv-loader", {"file_path": "x.csv"}))
    many = graph(*(node(f"n{n}", "csv-extractor", {}) for n in range(501)))

    def code(body: Json) -> str:
        answer = client.post(SUGGEST, json=body)
        assert answer.status_code == 422
        return answer.json()["code"]

    assert ask(client, {"graph": drawn, "node_id": "out"}) == []
    assert code({"graph": drawn, "node_id": "nobody"}) == "node-unknown"
    assert code({"graph": drawn, "node_id": "out", "handle": "left"}) == "handle-unknown"
    assert code({"graph": drawn, "handle": "left"}) == "handle-unknown"
    assert code({"graph": many, "node_id": "n1"}) == "graph-too-large"


def test_switched_off_modules_are_not_offered_and_strange_columns_do_no_harm(client: TestClient) -> None:
    client.patch("/api/v1/modules/transformer/filter-transformer", json={"is_active": False})
    strange = [
        {"name": 'a "b" \u202e', "type": "string"},
        {"name": "select", "type": "list(struct(a bigint))"},
        {"name": "x" * 900, "type": "no type at all"},
        {"name": "amount", "type": "bigint"},
    ]

    offered = ask(client, {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": strange}})

    assert offered
    assert "filter-transformer" not in {each["module_id"] for each in offered}


def test_while_the_checker_is_away_nothing_that_names_a_column_is_offered(
    client: TestClient, checker: CheckerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"graph": orders_and_customers(), "node_id": "orders", "schemas": {"orders": ORDERS}}
    stopped = checker.pid
    assert stopped
    monkeypatch.setattr("api.services.assist.suggest.service.SECONDS", 0.2)
    os.kill(stopped, signal.SIGSTOP)
    try:
        offered = ask(client, body)
    finally:
        os.kill(stopped, signal.SIGCONT)

    assert offered
    assert all(not {"condition", "columns", "sort_by", "aggregations"} & each["config"].keys() for each in offered)
