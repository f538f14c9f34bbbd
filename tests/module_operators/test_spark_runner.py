"""A Spark pipeline's tasks, node by node: landed by DuckDB, transformed and ordered by Spark, loaded by DuckDB."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from threading import Thread

import pytest

from module_operators.engines.runners import OnSpark
from module_operators.engines.spark import SparkEngine
from module_operators.engines.spark_session import SparkServer
from module_operators.problems import DataError, EngineError, Stopped
from module_operators.relation import Column, Inputs, Plan, Query
from module_operators.transformers.aggregate import AggregateTransformer
from module_operators.transformers.cast_types import CastTypesTransformer
from module_operators.transformers.filter import FilterTransformer
from module_operators.transformers.pivot import PivotTransformer
from module_operators.transformers.sort import SortTransformer

from .conftest import rows_plan

MOST = (Column("most", "bigint"),)
COLUMNS = [("id", "integer"), ("name", "string"), ("amount", "decimal(10,2)")]
ROWS = [(3, "c'\\", 1), (1, "ä", 2), (2, None, 3), (4, "x", 4)]


@pytest.fixture
def spark(spark_server):
    with SparkEngine(spark_server) as engine:
        yield engine


def on(engine, run):
    return replace(run, runner=OnSpark(engine))


def extended(run, module, config, plan):
    query = module.transform(module.options(config), Inputs({"input": [plan.result]}), run.runner.dialect(run))
    return run.extended([plan], query)


def test_rows_are_landed_transformed_sorted_counted_and_read_again(make_run, spark):
    source = on(spark, make_run("source"))
    plan, written = source.runner.adopted(source, rows_plan(source, COLUMNS, ROWS), staged=False)
    assert written is not None
    assert written.rows == 4
    kept = extended(on(spark, make_run("kept")), FilterTransformer, {"condition": "id < 4"}, plan)
    run = on(spark, make_run("sorted"))
    plan = extended(run, SortTransformer, {"sort_by": [{"column": "name", "nulls": "first"}]}, kept)

    stored, written = run.runner.materialized(run, plan)

    assert written.rows == 3
    assert run.runner.node_rows(run, plan) == {"kept": {"rows_out": 3}, "sorted": {"rows_out": 3}}
    assert stored.result.order == plan.result.order
    loader = on(spark, make_run("loader"))
    loadable = loader.runner.loadable(loader, stored)
    rows = loader.engine.run(loadable, loader.engine.compose(loadable))
    assert [row[0] for row in rows] == [2, 3, 1]
    assert loader.engine.describe(loader.engine.compose(loadable)) == plan.result.columns


def test_nothing_is_a_result_too(make_run, spark):
    source = on(spark, make_run("source"))
    plan, _ = source.runner.adopted(source, rows_plan(source, COLUMNS, []), staged=False)
    run = on(spark, make_run("counted"))
    counted = extended(run, AggregateTransformer, {"group_by": ["name"], "aggregations": [{"function": "count"}]}, plan)

    loadable = run.runner.loadable(run, counted)

    assert run.engine.run(loadable, run.engine.compose(loadable)) == []
    assert run.engine.describe(run.engine.compose(loadable)) == counted.result.columns


def test_a_failure_is_that_of_the_node_that_caused_it_without_a_java_stack(make_run, spark):
    source = on(spark, make_run("source"))
    plan, _ = source.runner.adopted(source, rows_plan(source, COLUMNS, ROWS), staged=False)
    bad = extended(on(spark, make_run("bad")), CastTypesTransformer, {"type_mapping": {"name": "integer"}}, plan)
    run = on(spark, make_run("last"))
    last = extended(run, FilterTransformer, {"condition": "id > 0"}, bad)

    with pytest.raises(DataError) as failed:
        run.runner.loadable(run, last)

    assert failed.value.node_id == "bad"
    assert str(failed.value).startswith("Column 'name' cannot be cast to integer: '")
    assert "\n" not in str(failed.value)


def test_a_server_that_is_away_is_named_without_its_token(make_run):
    run = make_run("away")
    with SparkEngine(SparkServer("sc://127.0.0.1:1", "top-secret", retries=1)) as engine:
        run = on(engine, run)
        with pytest.raises(EngineError, match=r"Spark at 127\.0\.0\.1:1 is away") as failed:
            run.runner.loadable(run, rows_plan(run, COLUMNS, ROWS))
    assert "top-secret" not in str(failed.value)


def test_a_wrong_token_is_refused(make_run, spark_server):
    with SparkEngine(SparkServer(spark_server.remote, "wrong")) as engine, pytest.raises(EngineError):
        engine.session.sql("SELECT 1").collect()


def test_a_pivot_looks_for_its_columns_on_spark(make_run, spark):
    source = on(spark, make_run("source"))
    plan, _ = source.runner.adopted(source, rows_plan(source, COLUMNS, ROWS), staged=False)
    run = on(spark, make_run("pivoted"))
    config = PivotTransformer.options({"index": ["id"], "columns": "name", "values": "amount"})

    pivoted = PivotTransformer.planned(config, {"input": [plan]}, run)

    assert pivoted.result.names == ("id", "c'\\", "x", "ä")
    assert [row[0] for row in run.runner.rows(run, pivoted)] == [1, 2, 3, 4]


def test_a_task_that_is_stopped_stops_the_server_too(make_run, spark, spark_process):
    """As Airflow stops a task: by a signal, from whose handler `on_kill` raises."""
    run = on(spark, make_run("endless"))
    endless = Query("SELECT max(a.id + b.id) AS most FROM range(1000000000) a, range(1000000000) b", MOST)
    plan = Plan((run.step(endless),), engine="spark")
    killed_before = spark_process.log.read_text().count("TaskKilled")

    def stop(*_):
        raise Stopped("The run was cancelled.")

    before = signal.signal(signal.SIGUSR1, stop)
    watch = Thread(target=_signal_when_it_computes, args=(spark_process.running,))
    watch.start()
    try:
        with pytest.raises(Stopped):
            run.runner.materialized(run, plan)
    finally:
        watch.join()
        signal.signal(signal.SIGUSR1, before)

    deadline = time.monotonic() + 60
    while spark_process.log.read_text().count("TaskKilled") == killed_before:
        assert time.monotonic() < deadline, "Spark goes on"
        time.sleep(0.1)
    assert list(run.staging.local_root.rglob(".writing-*")) == []


def _signal_when_it_computes(server):
    begun = sum(server.cpu_times()[:2])
    while sum(server.cpu_times()[:2]) < begun + 6:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGUSR1)
