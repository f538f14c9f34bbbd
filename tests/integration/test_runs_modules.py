"""The main job over HTTP with real modules: save a graph, run it, see its rows, its failure and its schedule."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from tests.conftest import RunningStack
from tests.integration.conftest import Runs, wait_until

Json = dict[str, Any]


def node(node_id: str, module: str, label: str, **config: Any) -> Json:
    return {"id": node_id, "position": {"x": 0, "y": 0}, "data": {"moduleId": module, "label": label, "config": config}}


def graph(name: str, *nodes: Json, **more: Any) -> Json:
    """A chain of nodes."""
    edges = [
        {"id": f"e{place}", "source": source["id"], "target": target["id"], "sourceHandle": None, "targetHandle": None}
        for place, (source, target) in enumerate(pairwise(nodes))
    ]
    return {"name": name, "config": {"nodes": list(nodes), "edges": edges}} | more


def save(runs: Runs, document: Json) -> UUID:
    answer = runs.stack.api.post(f"{runs.url}/pipelines", json=document)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "active", answer.json()["problems"]
    return UUID(answer.json()["id"])


def test_rows_go_through_and_every_node_tells_how_many(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "orders.csv", ["id,amount", "1,5", "2,50", "3,500"])
    document = graph(
        "Big orders",
        node("read", "csv-extractor", "Orders", file_path="orders.csv"),
        node("keep", "filter-transformer", "Big only", condition="amount > 10"),
        node("write", "csv-loader", "Big orders", file_path="big.csv"),
    )

    run = runs.ended(runs.execute(save(runs, document))["id"])

    assert run["status"] == "success", run
    assert (stack.files / "big.csv").read_text().splitlines() == ["id,amount", "2,50", "3,500"]
    assert [(each["node_id"], each["rows_out"]) for each in run["nodes"]][:2] == [("read", 3), ("keep", 2)]
    assert run["metrics"]["rows_written"] == 2
    assert run["result"] == {
        "loaded": [{"node_id": "write", "label": "Big orders", "rows": 2, "bytes": run["nodes"][2]["bytes"]}]
    }
    assert {line["node_id"] for line in runs.log(run["id"])} == {"read", "keep", "write"}


def test_a_value_that_does_not_fit_is_reported_on_the_node_that_casts(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "mixed.csv", ["id,amount", *(f"{number},{number}" for number in range(50)), "50,much"])
    document = graph(
        "Cast amounts",
        node("read", "csv-extractor", "Orders", file_path="mixed.csv", column_types={"amount": "string"}),
        node("cast", "cast-types-transformer", "Amounts", type_mapping={"amount": "integer"}, on_error="fail"),
        node("write", "csv-loader", "Out", file_path="cast.csv"),
    )

    run = runs.ended(runs.execute(save(runs, document))["id"])

    assert (run["status"], run["error_node_id"]) == ("failed", "cast"), run
    assert run["error_message"].startswith("Amounts: ")
    assert "much" in run["error_message"]
    assert not (stack.files / "cast.csv").exists()


def test_a_source_that_changed_since_the_save_is_told_on_its_node(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "drifting.csv", ["id,amount", "1,5"])
    document = graph(
        "Drifting",
        node("read", "csv-extractor", "In", file_path="drifting.csv", on_schema_change="ignore_new_columns"),
        node("write", "csv-loader", "Out", file_path="drifted.csv"),
    )
    pipeline_id = save(runs, document)
    _write(stack, "drifting.csv", ["id,amount,status", "1,5,new"])

    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert run["status"] == "success", run
    assert (stack.files / "drifted.csv").read_text().splitlines() == ["id,amount", "1,5"]
    told = run["nodes"][0]["metrics"]["schema_changes"]
    assert told == ["Column 'status' (string) is new.", "New columns are left out."]
    assert any("Column 'status' (string) is new." in line["message"] for line in runs.log(run["id"], node_id="read"))


def test_a_cron_schedule_runs_without_anybody(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "ticks.csv", ["id", "1"])
    document = graph(
        "Every minute",
        node("read", "csv-extractor", "In", file_path="ticks.csv"),
        node("write", "csv-loader", "Out", file_path="ticked.csv"),
        schedule="* * * * *",
        is_scheduled=True,
    )
    pipeline_id = save(runs, document)

    run = wait_until(lambda: runs.of(pipeline_id, trigger="scheduled", status="success"), what="a run")[-1]

    assert run["pipeline_version"] == 1
    assert runs.stack.api.delete(f"{runs.url}/pipelines/{pipeline_id}").status_code == 204


def _write(stack: RunningStack, name: str, lines: list[str]) -> None:
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / name).write_text("\n".join([*lines, ""]))


def test_broken_rules_are_counted_whatever_follows_and_when_they_fail_the_run(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "people.csv", ["id,age", "1,30", "2,300", "2,-4", "3,41"])
    rules = [{"column": "id", "rule": "unique"}, {"column": "age", "rule": "between", "value": [0, 120]}]
    source = node("read", "csv-extractor", "People", file_path="people.csv")
    removing = graph(
        "People removed",
        source,
        node("check", "data-validation-transformer", "Rules", rules=rules, action="remove"),
        node("few", "filter-transformer", "Older", condition="age > 40"),
        node("write", "csv-loader", "Out", file_path="older.csv"),
    )
    failing = graph(
        "People refused",
        source,
        node("check", "data-validation-transformer", "Rules", rules=rules, action="fail"),
        node("write", "csv-loader", "Out", file_path="refused.csv"),
    )

    removed = runs.ended(runs.execute(save(runs, removing))["id"])
    refused = runs.ended(runs.execute(save(runs, failing))["id"])

    assert (removed["status"], refused["status"]) == ("success", "failed")
    assert (stack.files / "older.csv").read_text().splitlines() == ["id,age", "3,41"]
    for run in (removed, refused):
        (checked,) = [each for each in run["nodes"] if each["node_id"] == "check"]
        assert checked["metrics"]["validation"] == [
            {"rule": "id unique", "column": "id", "kind": "unique", "failed": 2},
            {"rule": "age between 0, 120", "column": "age", "kind": "between", "failed": 2},
        ]
    (checked,) = [each for each in removed["nodes"] if each["node_id"] == "check"]
    assert (checked["rows_in"], checked["rows_out"]) == (4, 2)
    assert refused["error_node_id"] == "check"
    assert "2 rows break a rule" in refused["error_message"]
    assert "in the row id = 2, age = 300" in refused["error_message"]
    assert any("break the rule 'id unique'" in line["message"] for line in runs.log(removed["id"]))
    assert not (stack.files / "refused.csv").exists()


def test_a_pivot_finds_its_columns_when_it_runs(stack: RunningStack, runs: Runs) -> None:
    _write(stack, "sales.csv", ["land,year,n", "nl,2024,1", "de,2023,2", "nl,2023,4"])
    document = graph(
        "Sales by year",
        node("read", "csv-extractor", "Sales", file_path="sales.csv"),
        node("turn", "pivot-transformer", "By year", index=["land"], columns="year", values="n"),
        node("write", "csv-loader", "Out", file_path="by_year.csv"),
    )

    run = runs.ended(runs.execute(save(runs, document))["id"])

    assert run["status"] == "success", run
    assert (stack.files / "by_year.csv").read_text().splitlines() == ["land,2023,2024", "de,2,", "nl,4,1"]
