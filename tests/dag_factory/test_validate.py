"""Each problem with its code, its place and a way out; all of them at once, in one order, fast."""

import time
from typing import Any

import pytest

from dag_factory.catalog import Catalog
from dag_factory.problems import Problem
from dag_factory.validate import validate
from tests.dag_factory.pipelines import edge, linear, node, parsed, pipeline

EXTRACT = node("in", "csv-extractor", "Orders", file_path="orders.csv")
LOAD = node("out", "csv-loader", "Result", 900, file_path="out.csv")


def found(document: dict[str, Any], catalog: Catalog, **known: Any) -> list[Problem]:
    return validate(parsed(document), catalog, **known)


@pytest.mark.parametrize("document", [linear(), linear(2), linear(schedule="0 6 * * *", is_scheduled=True)])
def test_a_sound_pipeline_has_no_problems(document: dict[str, Any], catalog: Catalog) -> None:
    assert found(document, catalog) == []


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"name": " "}, "name-missing", "/name"),
        ({"name": "x" * 201}, "name-too-long", "/name"),
        ({"tags": ["ok", "x" * 101]}, "tag-too-long", "/tags/1"),
        ({"tags": [""]}, "tag-empty", "/tags/0"),
        ({"tags": [str(number) for number in range(51)]}, "too-many-tags", "/tags"),
        ({"retries": -1}, "out-of-range", "/retries"),
        ({"retry_delay_seconds": 86_401}, "out-of-range", "/retry_delay_seconds"),
        ({"timeout_seconds": 0}, "out-of-range", "/timeout_seconds"),
        ({"max_active_runs": 0}, "out-of-range", "/max_active_runs"),
        ({"retry_exponential_backoff": 11.0}, "out-of-range", "/retry_exponential_backoff"),
        ({"max_retry_delay_seconds": 0}, "out-of-range", "/max_retry_delay_seconds"),
        ({"run_timeout_seconds": 0}, "out-of-range", "/run_timeout_seconds"),
        ({"start_date": "tomorrow", "catchup": True}, "bad-start-date", "/start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "catchup": True}, "bad-start-date", "/start_date"),
        ({"start_date": "0001-01-01", "catchup": True}, "bad-start-date", "/start_date"),
        ({"start_date": "2026-01-31"}, "start-date-unused", "/start_date"),
        ({"timezone": "Europe/Amsterdm"}, "unknown-timezone", "/timezone"),
        ({"timezone": "../../etc/passwd"}, "unknown-timezone", "/timezone"),
        ({"is_scheduled": True}, "schedule-missing", "/schedule"),
        ({"schedule": "@continuous", "max_active_runs": 2}, "continuous-runs", "/max_active_runs"),
        ({"default_params": {"a": [{}]}}, "bad-parameter", "/default_params/a"),
        *(
            ({"schedule": schedule}, "bad-schedule", "/schedule")
            for schedule in [
                "* * * *",
                "0 0 6 * * *",
                "61 * * * *",
                "0 0 31 2 *",
                "0 0 31 4,6 *",
                "@dayly",
                "H * * * *",
                "R * * * *",
                "0 1,r(3-5) * * *",
            ]
        ),
    ],
)
def test_settings(fields: dict[str, Any], code: str, path: str, catalog: Catalog) -> None:
    (problem,) = found(linear(**fields), catalog)
    assert (problem.code, problem.path, problem.node_id) == (code, path, None)
    assert problem.hint


@pytest.mark.parametrize(
    "schedule", ["0 6 * * *", "*/15 8-18 * * 1-5", "0 0 29 2 *", "0 0 L * *", "0 0 * * 5#3", "@daily", "@once"]
)
def test_schedules_that_fire(schedule: str, catalog: Catalog) -> None:
    assert found(linear(schedule=schedule, is_scheduled=True), catalog) == []


@pytest.mark.parametrize(
    ("nodes", "edges", "expected"),
    [
        ([], [], [("empty-pipeline", None, None)]),
        ([EXTRACT], [], [("no-loader", None, None), ("orphan", "in", None)]),
        ([EXTRACT, LOAD], [], [("orphan", "in", None), ("orphan", "out", None)]),
        ([EXTRACT, EXTRACT, LOAD], [edge("in", "out")], [("duplicate-node", "in", None)]),
        ([EXTRACT, LOAD], [edge("in", "out"), edge("no", "out")], [("unknown-node", "out", "no-out-input")]),
        (
            [EXTRACT, LOAD],
            [edge("in", "out"), {**edge("in", "out"), "id": "twice"}],
            [("duplicate-edge", "out", "twice"), ("too-many-inputs", "out", None)],
        ),
        (
            [EXTRACT, LOAD],
            [edge("in", "out", "left")],
            [("unknown-handle", "out", "in-out-left"), ("input-missing", "out", None)],
        ),
        (
            [EXTRACT, LOAD],
            [edge("in", "out"), {**edge("out", "in"), "id": "back"}],
            [("no-output", "in", "back"), ("no-input", "in", "back"), ("cycle", "in", None)],
        ),
        (
            [EXTRACT, node("f", "filter-transformer", condition="x"), LOAD],
            [edge("in", "out"), edge("in", "f")],
            [("output-unused", "f", None)],
        ),
        (
            [EXTRACT, node("f", "filter-transformer", condition="x"), LOAD],
            [edge("in", "out"), edge("f", "f")],
            [("self-loop", "f", "f-f-input")],
        ),
        (
            [EXTRACT, node("u", "union-transformer", x=1), LOAD],
            [edge("in", "u"), edge("u", "out")],
            [("input-missing", "u", None)],
        ),
        (
            [EXTRACT, node("j", "join-transformer", x=1, join_type="inner", left_on=["id"]), LOAD],
            [edge("in", "j", "left"), edge("in", "j"), edge("j", "out")],
            [("handle-missing", "j", "in-j-input"), ("input-missing", "j", None)],
        ),
        (
            [EXTRACT, node("x", "filter-transformr", x=1), LOAD],
            [edge("in", "x"), edge("x", "out")],
            [("unknown-module", "x", None)],
        ),
    ],
)
def test_shapes(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]], expected: list[tuple[str, Any, Any]], catalog: Catalog
) -> None:
    problems = found(pipeline(nodes, edges), catalog)
    assert [(each.code, each.node_id, each.edge_id) for each in problems] == expected


def test_a_cycle_is_named(catalog: Catalog) -> None:
    document = linear(5)
    document["config"]["edges"].append(edge("n4", "n2"))
    cycle = next(each for each in found(document, catalog) if each.code == "cycle")
    assert cycle.message == "These nodes wait for each other: “Paid 2” → “Paid 3” → “Paid 4” → “Paid 2”."
    assert cycle.node_id == "n2"


def test_too_large_a_pipeline(catalog: Catalog) -> None:
    assert [each.code for each in found(linear(501), catalog)] == ["too-many-nodes"]


def test_a_long_label(catalog: Catalog) -> None:
    document = pipeline([{**EXTRACT, "data": {**EXTRACT["data"], "label": "x" * 201}}, LOAD], [edge("in", "out")])
    assert [(each.code, each.node_id) for each in found(document, catalog)] == [("label-too-long", "in")]


def test_modules_that_are_unknown_or_switched_off(catalog: Catalog) -> None:
    document = pipeline([EXTRACT, node("f", "filter-transformr", x=1), LOAD], [edge("in", "f"), edge("f", "out")])
    (unknown,) = found(document, catalog)
    assert unknown.hint == "Did you mean “filter-transformer”?"
    (off,) = found(linear(2), catalog, inactive=frozenset({"csv-loader"}))
    assert (off.code, off.node_id) == ("inactive-module", "n2")


def test_connections(catalog: Catalog) -> None:
    load = node("out", "postgres-loader", "Load", 900, connection_id="warehose", table_name="t")
    document = pipeline([EXTRACT, load], [edge("in", "out")])
    assert found(document, catalog) == []
    (unknown,) = found(document, catalog, connections={"warehouse": "postgres", "warehose2": "mysql"})
    assert (unknown.code, unknown.path, unknown.hint) == (
        "unknown-connection",
        "/connection_id",
        "Did you mean “warehouse”?",
    )
    (wrong,) = found(document, catalog, connections={"warehose": "mysql"})
    assert (wrong.code, wrong.hint) == ("wrong-connection-type", "PostgreSQL needs one of type postgres.")


def test_all_problems_at_once_in_the_order_of_the_canvas(catalog: Catalog) -> None:
    document = pipeline(
        [node("b", "csv-loader", "B", 9), node("a", "csv-extractor", "A", 1, skip_rows="x")],
        [edge("a", "b")],
        name="",
        timezone="Mars/Olympus",
    )
    expected = [None, None, "a", "a", "b"]
    assert [each.node_id for each in found(document, catalog)] == expected
    document["config"]["nodes"].reverse()
    assert [each.node_id for each in found(document, catalog)] == expected


def test_a_hostile_config_is_bounded(catalog: Catalog) -> None:
    left_on = [[number] for number in range(30_000)] + ["x"] * 30_000
    document = pipeline([node("j", "join-transformer", join_type="left", left_on=left_on)], [])
    started = time.perf_counter()
    problems = found(document, catalog)
    assert time.perf_counter() - started < 5
    assert len(problems) < 100


def test_500_nodes_are_checked_while_one_types(catalog: Catalog) -> None:
    graph = parsed(linear(500))
    assert validate(graph, catalog) == []
    seconds: list[float] = []
    for _ in range(3):
        fresh = parsed(linear(500))
        started = time.perf_counter()
        validate(fresh, catalog)
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.5  # measured 0.01 s; a slow machine is no failure


def test_a_nodes_own_settings_have_the_same_limits(catalog: Catalog) -> None:
    document = linear()
    document["config"]["nodes"][1]["data"] |= {"retries": 99, "timeout_seconds": 0, "retry_delay_seconds": 3}

    problems = validate(parsed(document), catalog)

    assert [(problem.code, problem.node_id, problem.path) for problem in problems] == [("out-of-range", "n2", None)] * 2
