"""Compiled files as a whole: against golden files, against the formatter, and in a real Airflow."""

import ast
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dag_factory.catalog import Catalog
from dag_factory.compile import UncompilableError, node_at_line, task_ids
from tests.dag_factory.conftest import ReadDag
from tests.dag_factory.pipelines import PIPELINE_ID, compiled, edge, linear, node, parsed, pipeline

GOLDEN = Path(__file__).parents[1] / "golden"

DIAMOND = pipeline(
    [
        node("load", "postgres-loader", "Into the warehouse", 500, connection_id="warehouse", table_name="sales.daily"),
        node("orders", "csv-extractor", "Orders", 0, 0, file_path="orders/*.csv", delimiter=";"),
        node("old", "csv-extractor", "Old orders", 0, 200, file_path="archive.csv"),
        node("paid", "filter-transformer", "Paid", 100, 0, condition="status = 'paid' AND amount > 0"),
        node("all", "union-transformer", "All orders", 200, 100, match="position"),
        node("joined", "join-transformer", "With customers", 300, 100, join_type="left", left_on=["customer_id"]),
        node("customers", "csv-extractor", "Customers", 0, 300, file_path="customers.csv"),
        node("keep", "csv-loader", "Keep a copy", 200, -100, file_path="paid.csv"),
    ],
    [
        edge("orders", "paid"),
        edge("old", "all"),
        edge("paid", "all"),
        edge("customers", "joined", "right"),
        edge("all", "joined", "left"),
        edge("joined", "load"),
        edge("paid", "keep"),
    ],
    description="Orders of all years, with who placed them.\n\nAsk *Ann* before you change the filter.",
    tags=["sales", "finance"],
    default_params={"min_amount": 10, "region": "north", "codes": ["a", "b"]},
    retries=2,
    retry_delay_seconds=30,
    timeout_seconds=3600,
)

HOSTILE = pipeline(
    [
        node("..", "csv-extractor", "\"\"\" + __import__('os').system('id') + '''", file_path="{{ 7 * 7 }}.sql"),
        node("a b", "filter-transformer", "class", 10, condition='it\'s "{% raw %}"\n-- \\N{BULLET} \x1b[31m'),
        node("né", "filter-transformer", "\u202etxt.exe\u2066 \ufeff", 20, condition="名前 = 'ü😀'"),
        node("x" * 201, "csv-loader", "2024 | `totals` \r\n# Not a heading", 30, file_path="print.md"),
    ],
    [edge("..", "a b"), edge("a b", "né"), edge("né", "x" * 201)],
    name="readme.md",
    description="')\nimport os  # {{ x }} <script>alert(1)</script>\n# heading\n1. list\u2028www.example.com in a.md",
    tags=['"quoted"', "{{ tag }}", "tag.sql"],
    default_params={"query.sql": "{{ ds }}", "none": None, "deep": {"__type": "dict", "__var": [1.5, -0.0, True]}},
)

QUERY = """SELECT order_id, customer_id, amount
FROM orders
WHERE placed_at >= :last_run_date
  AND status = 'paid'
  AND "region" <> 'nowhere'
ORDER BY placed_at"""


def _with_node(document: dict[str, Any], node_id: str, **own: int) -> dict[str, Any]:
    """The same pipeline, one of whose nodes has settings of its own."""
    next(each for each in document["config"]["nodes"] if each["id"] == node_id)["data"] |= own
    return document


PIPELINES: dict[str, dict[str, Any]] = {
    "linear": linear(),
    "diamond": DIAMOND,
    "hostile": HOSTILE,
    "every_step": linear(4, materialize="every_step", engine="spark"),
    "scheduled": linear(schedule="0 6 * * 1-5", is_scheduled=True, timezone="Europe/Amsterdam", max_active_runs=2),
    "catching_up": _with_node(
        linear(
            schedule="30 2 * * *",
            is_scheduled=True,
            timezone="Europe/Amsterdam",
            catchup=True,
            start_date="2026-03-28",
            max_active_runs=3,
            retries=5,
            retry_exponential_backoff=2.0,
            max_retry_delay_seconds=900,
            timeout_seconds=600,
            run_timeout_seconds=7200,
        ),
        "n2",
        retries=0,
        retry_delay_seconds=5,
        timeout_seconds=60,
    ),
    "continuous": linear(schedule="@continuous", is_scheduled=True),
    "switched_off": linear(schedule="0 6 * * *", name=" "),
    "long_query": pipeline([node("n1", "csv-extractor", "Orders", file_path=QUERY)], []),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_compiled_file_is_the_golden_one(name: str, catalog: Catalog) -> None:
    source = compiled(PIPELINES[name], catalog)
    golden = GOLDEN / f"{name}.py"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(source, encoding="utf-8")
    assert source == golden.read_text(encoding="utf-8")


def test_the_formatter_and_the_linter_leave_golden_files_alone() -> None:
    files = sorted(str(path) for path in GOLDEN.glob("*.py"))
    for command in (["format", "--line-length", "120", "--diff"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", *files]
        result = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", PIPELINES)
def test_airflow_reads_back_what_was_drawn(name: str, catalog: Catalog, read_dag: ReadDag) -> None:
    document = PIPELINES[name]
    graph = parsed(document)
    dag = read_dag(compiled(document, catalog))
    assert dag["errors"] == []
    assert dag["dag_id"] == f"pipeline_{PIPELINE_ID.hex}"
    assert dag["display_name"] == (graph.name.strip() or dag["dag_id"])
    assert (dag["description"] or "") == graph.description
    assert dag["tags"] == sorted(graph.tags)
    assert dag["params"] == dag["served_params"] == graph.default_params
    ids = task_ids(graph)
    assert dag["order"] == [ids[each.id] for each in graph.order]
    for each in graph.nodes:
        task = dag["tasks"][ids[each.id]]
        assert task["node_id"] == each.id
        assert task["display_name"] == task["served_display_name"] == each.title
        assert task["config"] == each.data.config
        assert task["class"] == catalog[each.data.module_id].python_class
        assert task["upstream"] == task["served_upstream"] == sorted({ids[e.source] for e in graph.inputs(each.id)})
        own = each.data.overrides
        assert task["retries"] == own.get("retries", graph.retries)
        assert task["retry_delay"] == own.get("retry_delay_seconds", graph.retry_delay_seconds)
        assert task["timeout"] == own.get("timeout_seconds", graph.timeout_seconds)
        assert (task["backoff"], task["max_retry_delay"]) == (
            graph.retry_exponential_backoff,
            graph.max_retry_delay_seconds,
        )
    assert dag["catchup"] == graph.catchup
    assert dag["run_timeout"] == graph.run_timeout_seconds


def test_inputs_follow_the_order_of_edges_and_shared_nodes_are_stored(catalog: Catalog, read_dag: ReadDag) -> None:
    tasks = read_dag(compiled(DIAMOND, catalog))["tasks"]
    assert tasks["all"]["inputs"] == {"input": ["old", "paid"]}
    assert tasks["joined"]["inputs"] == {"right": ["customers"], "left": ["all"]}
    assert [name for name, task in tasks.items() if task["materialize"]] == ["paid"]


@pytest.mark.parametrize(("engine", "stored"), [("duckdb", ["orders"]), ("spark", ["orders", "paid"])])
def test_branches_that_meet_again_are_one_query(
    engine: str, stored: list[str], catalog: Catalog, read_dag: ReadDag
) -> None:
    """A node that several tasks read is stored only when more than one query reads it; a source is read once."""
    meeting = pipeline(
        [
            node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
            node("paid", "filter-transformer", "Paid", 100, condition="status = 'paid'"),
            node("large", "filter-transformer", "Large", 200, condition="amount > 100"),
            node("both", "join-transformer", "Both", 300, join_type="inner", left_on=["id"]),
            node("all", "join-transformer", "All", 400, join_type="semi", left_on=["id"]),
            node("load", "csv-loader", "Load", 500, file_path="out.csv"),
        ],
        [
            edge("orders", "paid"),
            edge("paid", "large"),
            edge("paid", "both", "left"),
            edge("large", "both", "right"),
            edge("both", "all", "left"),
            edge("orders", "all", "right"),
            edge("all", "load"),
        ],
        engine=engine,
    )
    tasks = read_dag(compiled(meeting, catalog))["tasks"]
    assert [name for name, task in tasks.items() if task["materialize"]] == stored


def test_every_step_stores_all_outputs(catalog: Catalog, read_dag: ReadDag) -> None:
    tasks = read_dag(compiled(PIPELINES["every_step"], catalog))["tasks"]
    assert [name for name, task in tasks.items() if task["materialize"]] == ["n1", "n2", "n3"]
    assert {task["engine"] for task in tasks.values()} == {"spark"}


def test_a_schedule_starts_at_its_next_time_and_not_at_the_save(catalog: Catalog, read_dag: ReadDag) -> None:
    yearly, before = linear(schedule="0 0 1 1 *", is_scheduled=True, timezone="Europe/Amsterdam"), datetime.now(UTC)
    dag = read_dag(compiled(yearly, catalog))
    assert dag["timetable"] == "CronTriggerTimetable"
    next_run = datetime.fromisoformat(dag["next_run"])
    assert next_run > before
    assert (next_run.month, next_run.day, next_run.hour) == (12, 31, 23)  # midnight in Amsterdam


@pytest.mark.parametrize("preset", ["@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly"])
def test_airflow_takes_the_presets(preset: str, catalog: Catalog, read_dag: ReadDag) -> None:
    before = datetime.now(UTC)
    dag = read_dag(compiled(linear(schedule=preset, is_scheduled=True), catalog))
    assert dag["errors"] == []
    assert datetime.fromisoformat(dag["next_run"]) > before


def test_the_order_of_nodes_in_the_document_changes_nothing(catalog: Catalog) -> None:
    nodes = DIAMOND["config"]["nodes"]
    turned = {**DIAMOND, "config": {**DIAMOND["config"], "nodes": nodes[::-1]}}
    assert compiled(turned, catalog) == compiled(DIAMOND, catalog)


def test_notes_on_the_canvas_change_nothing(catalog: Catalog) -> None:
    note = {
        "id": "note_1",
        "position": {"x": 0, "y": 0},
        "width": 200,
        "height": 110,
        "text": "{{ 1 }}",
        "color": "blue",
    }
    noted = {**DIAMOND, "config": {**DIAMOND["config"], "notes": [note]}}
    assert compiled(noted, catalog) == compiled(DIAMOND, catalog)


def test_lines_of_a_compiled_file_are_mapped_to_nodes(catalog: Catalog) -> None:
    source = compiled(HOSTILE, catalog)
    calls = {
        keyword.value.value: call
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "node_id" and isinstance(keyword.value, ast.Constant)
    }
    assert calls.keys() == {each["id"] for each in HOSTILE["config"]["nodes"]}
    for node_id, call in calls.items():
        assert {node_at_line(source, line) for line in range(call.lineno, (call.end_lineno or 0) + 1)} == {node_id}
    assert node_at_line(source, 1) is None
    assert node_at_line("no python (", 1) is None


def test_task_ids_of_strange_nodes_are_safe_and_unlike() -> None:
    first = task_ids(parsed(pipeline([node("a b", "x")], [])))["a b"]
    ids = task_ids(parsed(pipeline([node(name, "x") for name in ["a b", first, "..", "ok-1.x", "n\n"]], [])))
    assert ids["ok-1.x"] == "ok-1.x"
    assert ids[first] == first
    assert len(set(ids.values())) == len(ids)
    assert all(name.replace("_", "").replace("-", "").replace(".", "").isalnum() for name in ids.values())


@pytest.mark.parametrize(
    "document",
    [
        pipeline([node("a", "no-such-module")], []),
        pipeline([node("a", "filter-transformer"), node("b", "filter-transformer")], [edge("a", "b"), edge("b", "a")]),
        pipeline([node("a", "filter-transformer")], [edge("gone", "a")]),
        pipeline([node("a", "csv-extractor"), node("b", "join-transformer")], [edge("a", "b")]),
    ],
)
def test_a_broken_graph_is_refused(document: dict[str, Any], catalog: Catalog) -> None:
    with pytest.raises(UncompilableError):
        compiled(document, catalog)


def test_500_nodes_compile_fast_enough_to_type_along(catalog: Catalog) -> None:
    document = linear(500)
    compiled(document, catalog)
    graph_and_file = []
    for _ in range(3):
        started = time.perf_counter()
        compiled(document, catalog)
        graph_and_file.append(time.perf_counter() - started)
    assert min(graph_and_file) < 0.5  # measured 0.03 s; a slow machine is no failure


def test_sources_carry_the_columns_of_the_save_and_nothing_else_does(catalog: Catalog, read_dag: ReadDag) -> None:
    schema = [{"name": 'a "b"', "type": "decimal(10,2)"}, {"name": "{{ ds }}", "type": "string"}]

    source = compiled(linear(), catalog, schemas={"n1": schema, "n2": schema})

    tasks = read_dag(source)["tasks"]
    assert tasks["n1"]["columns"] == {'a "b"': "decimal(10,2)", "{{ ds }}": "string"}
    assert [tasks[name]["columns"] for name in ("n2", "n3")] == [None, None]
