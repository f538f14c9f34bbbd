"""The success criteria of the plan that the product was asked for with: its endpoints and its fields, end to end."""

from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import RunningStack
from tests.integration.conftest import Runs
from tests.integration.following import log_lines, messages, opened
from tests.integration.test_runs_modules import graph, node

Json = dict[str, Any]
PIPELINE = {
    "id", "created_by", "name", "description", "version", "config", "schedule", "is_scheduled", "status", "tags",
    "default_params",
}  # fmt: skip
MODULE = {
    "id", "name", "display_name", "description", "type", "category", "version", "python_class", "config_schema",
    "input_schema", "output_schema", "required_connections", "tags", "is_active", "usage_count", "icon",
    "documentation_url",
}  # fmt: skip
EXECUTION = {
    "id", "pipeline_id", "triggered_by", "status", "trigger_type", "started_at", "completed_at", "duration_seconds",
    "params", "result", "error_message", "error_trace", "metrics", "airflow_dag_run_id",
}  # fmt: skip
"""All fields of the plan's models but an execution's `logs`: they are pages of their own, and a stream."""
VERSION = {"version", "valid", "message", "author_name", "created_at"}


class Plan:
    """The plan's endpoints; each answer must have the status that is expected."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def __call__(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = self._runs.stack.api.request(method, f"{self._runs.url}/{path}", **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture
def ask(runs: Runs) -> Plan:
    return Plan(runs)


def test_all_38_modules_come_from_the_api_with_their_schemas_and_presets(ask: Plan) -> None:
    modules = ask("GET", "modules")["items"]

    kinds = [module["type"] for module in modules]
    assert [kinds.count(kind) for kind in ("extractor", "transformer", "loader")] == [8, 20, 10]
    assert all(module.keys() >= MODULE for module in modules)
    by_name = {module["name"]: module for module in modules}
    for name in ("postgres-extractor", "filter-transformer", "aggregate-transformer"):
        assert by_name[name]["presets"], f"the plan has presets of {name}"
    for module in modules:
        schema = ask("GET", f"modules/{module['type']}/{module['name']}/schema")
        assert schema == module["config_schema"]
        assert schema["type"] == "object"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        pytest.param("orphan", "orphan", id="all nodes must be connected"),
        pytest.param("no extractor", "no-extractor", id="must start with an extractor"),
        pytest.param("no loader", "no-loader", id="must end with a loader"),
        pytest.param("into an extractor", "no-input", id="extractor → transformer → loader"),
        pytest.param("option missing", "option-missing", id="required options filled"),
        pytest.param("no such connection", "unknown-connection", id="credentials"),
    ],
)
def test_every_rule_of_the_plan_is_checked(ask: Plan, stack: RunningStack, broken: str, code: str) -> None:
    document = _document(stack)
    nodes, edges = document["config"]["nodes"], document["config"]["edges"]
    if broken == "orphan":
        nodes.append(node("alone", "sort-transformer", "Alone", sort_by=[{"column": "id"}]))
    elif broken == "no extractor":
        del nodes[0], edges[0]
    elif broken == "no loader":
        del nodes[-1], edges[-1]
    elif broken == "into an extractor":
        edges.append({"id": "back", "source": "keep", "target": "read", "sourceHandle": None, "targetHandle": None})
    elif broken == "option missing":
        nodes[1]["data"]["config"] = {}
    else:
        nodes[0] = node(
            "read", "postgres-extractor", "Orders", connection_id="nobody-knows", query="SELECT * FROM orders"
        )

    verdict = ask("POST", "pipelines/validate", json=document)

    assert not verdict["valid"]
    assert code in [problem["code"] for problem in verdict["problems"]], verdict["problems"]


def test_a_pipeline_is_created_saved_run_and_followed_end_to_end(ask: Plan, stack: RunningStack, runs: Runs) -> None:
    created = ask("POST", "pipelines", 201, json=_document(stack))
    assert created.keys() >= PIPELINE
    path = f"pipelines/{created['id']}"
    described = _document(stack) | {"name": created["name"], "description": "What is worth a look."}
    saved = ask("PUT", path, json=described | {"revision": created["revision"]})
    assert ask("GET", path) == saved
    assert saved["id"] in [each["id"] for each in ask("GET", "pipelines?limit=200")["items"]]
    assert ask("POST", f"{path}/validate")["valid"]

    begun = ask("POST", f"{path}/execute", 202, json={"params": {}})
    followed = list(messages(opened(stack, begun["id"])))
    run = runs.ended(begun["id"])

    assert run.keys() >= EXECUTION
    assert (run["status"], run["pipeline_id"], run["result"]["loaded"][0]["rows"]) == ("success", saved["id"], 2)
    assert {message["type"] for message in followed} >= {"status", "node", "log", "end"}
    lines = [line["message"] for line in runs.log(run["id"])]
    assert sorted(line for of_node in log_lines(followed).values() for line in of_node) == sorted(lines)
    assert run["id"] in [each["id"] for each in ask("GET", f"executions?pipeline_id={saved['id']}")["items"]]
    usage = ask("GET", "modules/extractor/csv-extractor")["usage_count"]
    assert usage >= 1


def test_what_the_plan_calls_advanced_is_there(ask: Plan, stack: RunningStack) -> None:
    created = ask("POST", "pipelines", 201, json=_document(stack))
    path = f"pipelines/{created['id']}"
    changed = _document(stack) | {"name": created["name"], "description": "Changed.", "revision": created["revision"]}
    ask("PUT", path, json=changed)
    assert all(version.keys() >= VERSION for version in ask("GET", f"{path}/versions")["items"])
    restored = ask("POST", f"{path}/versions/1/restore", json={"revision": 2})
    assert (restored["revision"], restored["description"]) == (3, "")

    kept = ask("GET", "templates")["total"]
    part = {"nodes": [node("n1", "filter-transformer", "Only big", condition="amount > 10")], "edges": []}
    body = {"name": f"Only big {uuid4().hex[:8]}", "visibility": "shared", "content": part}
    template = ask("POST", "templates", 201, json=body)
    assert ask("GET", "templates")["total"] == kept + 1
    ask("DELETE", f"templates/{template['id']}", 204)
    ask("DELETE", path, 204)
    ask("GET", path, 404)


def test_building_is_assisted(ask: Plan, stack: RunningStack) -> None:
    document = _document(stack)

    following = ask("POST", "assist/suggest", json={"graph": document, "node_id": "keep"})["suggestions"]
    assert following
    assert all(each["reason"] for each in following)

    later = node("more", "filter-transformer", "Bigger only", condition="amount > 100")
    nodes, edges = document["config"]["nodes"], document["config"]["edges"]
    nodes.append(later)
    edges[1]["target"] = "more"
    edges.append({"id": "late", "source": "more", "target": "write", "sourceHandle": None, "targetHandle": None})
    proposals = ask("POST", "assist/optimize", json={"graph": document})["proposals"]
    merged = next(each for each in proposals if set(each["nodes"]) >= {"keep", "more"})
    assert merged["check"]["status"] != "differs", merged


def _document(stack: RunningStack) -> Json:
    """Reads three orders, keeps those of more than 10 and writes them."""
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / "plan.csv").write_text("id,amount\n1,5\n2,50\n3,500\n")
    name = f"Plan {uuid4().hex[:8]}"
    return graph(
        name,
        node("read", "csv-extractor", "Orders", file_path="plan.csv"),
        node("keep", "filter-transformer", "Big only", condition="amount > 10"),
        node("write", "csv-loader", "Big orders", file_path=f"{name}.csv"),
    )
