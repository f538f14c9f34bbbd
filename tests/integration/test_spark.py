"""Pipelines on Spark: the rows of DuckDB, on a server that is killed, and stopped when a run is cancelled."""

import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunningStack, SparkProcess
from tests.integration.conftest import Runs, wait_until
from tests.integration.test_runs_modules import graph, node, save

Json = dict[str, Any]

REGIONS = ["north", "Süd", "東", "west's"]


@pytest.fixture(scope="module")
def spark(stack: RunningStack, spark_process: SparkProcess) -> SparkProcess:
    spark_process.start()
    stack.files.mkdir(parents=True, exist_ok=True)
    orders = (f"{number},{number % 7},{number % 90},{'paid' if number % 3 else ''}" for number in range(999))
    (stack.files / "spark_orders.csv").write_text("\n".join(["id,customer,amount,status", *orders, ""]))
    customers = (f'{number},"{REGIONS[number % 4]}"' for number in range(6))
    (stack.files / "spark_customers.csv").write_text("\n".join(["customer,region", *customers, ""]))
    return spark_process


def joined(name: str, *after: Json, how: Json | None = None, **more: Any) -> Json:
    """Orders and customers, joined, then a chain of nodes."""
    join = node("join", "join-transformer", "With region", **(how or {"join_type": "left", "left_on": ["customer"]}))
    chain = [join, *after]
    nodes = [
        node("orders", "csv-extractor", "Orders", file_path="spark_orders.csv"),
        node("customers", "csv-extractor", "Customers", file_path="spark_customers.csv"),
        *chain,
    ]
    edges = [
        {"id": "left", "source": "orders", "target": "join", "targetHandle": "left"},
        {"id": "right", "source": "customers", "target": "join", "targetHandle": "right"},
        *({"id": b["id"], "source": a["id"], "target": b["id"]} for a, b in pairwise(chain)),
    ]
    return {"name": name, "config": {"nodes": nodes, "edges": edges}} | more


def by_region(file: str) -> list[Json]:
    sums = [
        {"function": "sum", "column": "amount", "alias": "total"},
        {"function": "count", "alias": "orders"},
        {"function": "median", "column": "amount", "alias": "middle"},
    ]
    return [
        node("paid", "filter-transformer", "Paid", condition="status = 'paid' AND amount > 1"),
        node("totals", "aggregate-transformer", "Totals", group_by=["region"], aggregations=sums),
        node("sorted", "sort-transformer", "In order", sort_by=[{"column": "region"}]),
        node("file", "csv-loader", "File", file_path=file),
    ]


def test_the_same_graph_gives_the_same_rows_and_tells_them_of_every_node(
    stack: RunningStack, runs: Runs, spark: SparkProcess
) -> None:
    ways = [("duckdb", "every_step"), ("spark", "every_step"), ("spark", "auto")]
    started: dict[tuple[str, str], str] = {}
    for engine, materialize in ways:
        name = f"{engine}_{materialize}"
        document = joined(f"Regions {name}", *by_region(f"{name}.csv"), engine=engine, materialize=materialize)
        started[engine, materialize] = runs.execute(save(runs, document))["id"]

    ended = {way: runs.ended(execution_id, 280) for way, execution_id in started.items()}

    assert {way: run["status"] for way, run in ended.items()} == dict.fromkeys(ways, "success"), ended
    files = {way: (stack.files / f"{way[0]}_{way[1]}.csv").read_text() for way in ways}
    assert set(files.values()) == {files["duckdb", "every_step"]}
    assert len(files["duckdb", "every_step"].splitlines()) == 6
    rows = {
        way: {each["node_id"]: each["rows_out"] for each in run["nodes"] if each["node_id"] != "file"}
        for way, run in ended.items()
    }
    assert rows["spark", "every_step"] == rows["duckdb", "every_step"]
    assert rows["spark", "auto"] == rows["duckdb", "every_step"], "Spark counts all nodes of a fused query"
    for run in ended.values():
        assert all(each["duration_seconds"] > 0 for each in run["nodes"])
        assert run["metrics"]["rows_written"] == 5
    _stored_rows_can_be_looked_at(runs, started)


def _stored_rows_can_be_looked_at(runs: Runs, started: dict[tuple[str, str], str]) -> None:
    """What Spark has stored is shown as what DuckDB has; what it has not is said."""

    def data(way: tuple[str, str], node_id: str) -> Any:
        return runs.stack.api.get(f"{runs.url}/executions/{started[way]}/nodes/{node_id}/data")

    for node_id in ("orders", "join", "sorted"):
        shown = [data((engine, "every_step"), node_id) for engine in ("duckdb", "spark")]
        assert [answer.status_code for answer in shown] == [200, 200], shown[1].text
        assert shown[0].json() == shown[1].json()
    never = data(("spark", "auto"), "paid")
    assert never.status_code in {409, 422}, never.text
    assert "every_step" in never.text


def _at_work(stack: RunningStack, pipeline_id: Any, there: str = "") -> list[Path]:
    """Where Spark is to write, or writes, for the loader of a pipeline."""
    staging = Path(stack.lifecycle.settings.shared_environment["LOGIDATA_STAGING_URL"])
    return list(staging.glob(f"pipeline_{pipeline_id.hex}/*/file/.writing-*/{there}"))


def test_a_cancelled_run_stops_what_spark_does_for_it(stack: RunningStack, runs: Runs, spark: SparkProcess) -> None:
    # Spark looks whether it shall stop between batches of 4,096 rows, each of which is joined with all of the few.
    for name, rows in (("many", 2_000_000), ("few", 2_000)):
        (stack.files / f"spark_{name}.csv").write_text("\n".join(["number", *map(str, range(rows)), ""]))
    largest = [{"function": "max", "column": "number_right", "alias": "largest"}]
    document = graph(
        "Cancelled on Spark",
        node("many", "csv-extractor", "Many", file_path="spark_many.csv"),
        node("pairs", "join-transformer", "Pairs", join_type="cross"),
        node("largest", "aggregate-transformer", "Largest", group_by=["number"], aggregations=largest),
        node("file", "csv-loader", "File", file_path="cancelled_spark.csv"),
        engine="spark",
    )
    document["config"]["nodes"].append(node("few", "csv-extractor", "Few", file_path="spark_few.csv"))
    left = document["config"]["edges"][0]
    document["config"]["edges"].append(left | {"id": "right", "source": "few", "targetHandle": "right"})
    left["targetHandle"] = "left"
    pipeline_id = save(runs, document)
    execution_id = runs.execute(pipeline_id)["id"]
    wait_until(lambda: _at_work(stack, pipeline_id), seconds=200, what="Spark's work", is_brief=True)
    before = _seconds_computed(spark)
    wait_until(lambda: _seconds_computed(spark) > before + 5, seconds=100, what="Spark's load")

    assert runs.cancel(execution_id).ok
    wait_until(lambda: "TaskKilled" in spark.log.read_text(), seconds=100, what="the end of Spark's tasks")
    run = runs.ended(execution_id)

    assert run["status"] == "cancelled", run
    told = [line["message"] for line in runs.log(execution_id, node_id="file")]
    assert any("Spark was told to stop" in line for line in told), told
    assert not (stack.files / "cancelled_spark.csv").exists()
    assert _at_work(stack, pipeline_id) == []


def test_a_server_that_is_killed_in_the_middle_fails_the_try_and_the_next_one_loads_once(
    stack: RunningStack, runs: Runs, spark: SparkProcess
) -> None:
    many = {"join_type": "cross"}
    document = joined(
        "Killed Spark",
        node("total", "aggregate-transformer", "Count", aggregations=[{"function": "count", "alias": "orders"}]),
        node("file", "csv-loader", "File", file_path="killed_spark.csv"),
        how=many,
        engine="spark",
        retries=3,
        retry_delay_seconds=1,
    )
    pipeline_id = save(runs, document)

    execution_id = runs.execute(pipeline_id)["id"]
    wait_until(lambda: _at_work(stack, pipeline_id, "rows/_temporary"), seconds=200, what="Spark's work", is_brief=True)
    assert spark.running is not None
    spark.running.send_signal(signal.SIGSTOP)
    in_the_middle = bool(_at_work(stack, pipeline_id, "rows/_temporary"))
    spark.stop(signal.SIGKILL)
    spark.start()
    run = runs.ended(execution_id, 280)

    assert in_the_middle, "Spark was through before it could be killed"
    assert run["status"] == "success", run
    assert (stack.files / "killed_spark.csv").read_text().splitlines() == ["orders", str(999 * 6)]
    (load,) = [each for each in run["nodes"] if each["node_id"] == "file"]
    assert load["try_number"] > 1
    told = [line["message"] for line in runs.log(execution_id, node_id="file")]
    assert any("Spark at 127.0.0.1:" in line and "is away" in line for line in told), told
    assert not any(spark.server.token in line for line in told if spark.server.token)


def _seconds_computed(spark: SparkProcess) -> float:
    assert spark.running is not None
    return sum(spark.running.cpu_times()[:2])
