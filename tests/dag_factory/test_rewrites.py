"""Rewrites: what is proposed, what is left alone, and that both graphs load the same rows on DuckDB."""

from __future__ import annotations

import pytest

from dag_factory.graph import PipelineGraph
from dag_factory.rewrites import applied, proposals
from tests.dag_factory.pipelines import edge, node, pipeline
from tests.dag_factory.rewriting import (
    TYPES,
    Bench,
    chained,
    flow,
    joined,
    keep,
    source,
    step,
    total,
)

SORT = step("sort", "sort", sort_by=[{"column": "k"}])
ONE_EACH = step("each", "deduplicate", columns=["k"])
SAFE_CAST = step("cast", "cast-types", type_mapping={"k": "string"}, on_error="null")
NAMES = step("names", "rename-columns", rename_mapping={"k": "key", "n": "k"})


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        (chained(SORT, keep("n > 7")), {"filter-earlier:keep": {"orders>keep", "keep>sort", "sort>load"}}),
        (chained(SORT, NAMES, keep("key > 1")), {"filter-earlier:keep": {"orders>keep", "keep>sort"}}),
        (
            chained(total(), keep("s = 'a'")),
            {"filter-earlier:keep": {"orders>keep", "keep>total"}, "drop-columns:orders": set()},
        ),
        (chained(ONE_EACH, keep("K > 1")), {"filter-earlier:keep": {"orders>keep", "keep>each"}}),
        (chained(SAFE_CAST, keep("n > 7")), {"filter-earlier:keep": {"orders>keep", "keep>cast"}}),
        (
            joined(step("all", "union"), keep("n > 7")),
            {"filter-earlier:keep": {"orders>keep", "keep>all", "others>keep-2", "keep-2>all", "all>load"}},
        ),
        (
            joined(step("join", "join", join_type="left", left_on=["k"]), keep("n > 7")),
            {"filter-earlier:keep": {"orders>keep", "keep>join", "others>join", "join>load"}},
        ),
        (
            joined(step("join", "join", join_type="inner", left_on=["k"]), keep("n_right > 2")),
            {"filter-earlier:keep": {"others>keep", "keep>join", "orders>join", "join>load"}},
        ),
        (chained(keep("k > 1"), keep("n > 7", "more")), {"merge-filters:more": {"orders>keep", "keep>load"}}),
        (
            chained(SORT, total("sum", column="n")),
            {"remove-sort:sort": {"orders>total"}, "drop-columns:orders": {"orders>orders-columns"}},
        ),
        (
            chained(SORT, step("again", "sort", sort_by=[{"column": "s"}, {"column": "k", "direction": "desc"}])),
            {"remove-sort:sort": {"orders>again", "again>load"}},
        ),
        (
            chained(total(), step("each", "deduplicate", columns=["s"])),
            {"remove-deduplicate:each": {"total>load"}, "drop-columns:orders": set()},
        ),
        (chained(ONE_EACH, step("again", "deduplicate")), {"remove-deduplicate:again": {"each>load"}}),
    ],
)
def test_what_changes_nothing_is_proposed_and_changes_nothing(
    bench: Bench, graph: PipelineGraph, found: dict[str, set[str]]
) -> None:
    drawing = bench.drawing(graph)

    proposed = {each.id: each for each in proposals(drawing)}

    assert proposed.keys() == found.keys()
    for proposal_id, edges in found.items():
        after = proposed[proposal_id].after
        assert edges <= flow(after.graph), flow(after.graph)
        assert bench.compared(graph, after.graph)["equal"] is True
        assert after.schemas.keys() <= bench.schemas(after.graph).keys()


@pytest.mark.parametrize(
    "graph",
    [
        chained(step("top", "sort", sort_by=[{"column": "k"}], limit=2), keep("n > 7")),
        chained(step("top", "sort", sort_by=[{"column": "k"}], limit=2)),
        chained(step("cast", "cast-types", type_mapping={"k": "bigint"}), keep("n > 7")),
        chained(step("made", "add-column", column_name="m", expression="k + 1"), keep("m > 1")),
        chained(step("made", "add-column", column_name="m", expression="CAST(s AS integer)"), keep("n > 1")),
        chained(ONE_EACH, keep("n > 7")),
        chained(step("each", "deduplicate", columns=["x"]), keep("x > 1")),
        chained(step("each", "deduplicate"), keep("x > 1")),
        chained(ONE_EACH, keep("CAST(k AS boolean)")),
        chained(ONE_EACH, keep("k + 1 > 1")),
        chained(ONE_EACH, keep("pow(k, 2) > 1")),
        chained(total(column="n"), keep("count_n > 1"), step("out", "sort", sort_by=[{"column": "s"}])),
        joined(step("join", "join", join_type="left", left_on=["k"]), keep("n_right > 2")),
        joined(step("join", "join", join_type="left", left_on=["k"]), keep("n_right IS NULL")),
        joined(step("join", "join", join_type="outer", left_on=["k"]), keep("n > 2")),
        joined(step("join", "join", join_type="right", left_on=["k"]), keep("k > 1")),
        joined(step("join", "join", join_type="inner", left_on=["k"]), keep("n > n_right")),
        chained(step("filled", "fill-nulls", strategy="mean", columns=["x"]), keep("n > 2")),
        chained(
            step("rules", "data-validation", rules=[{"column": "k", "rule": "not_null"}], action="remove"),
            keep("n > 1"),
        ),
        chained(keep("k > 1"), keep("CAST(s AS integer) > 1", "more")),
        chained(keep("CAST(k AS boolean)"), keep("n > 1", "more")),
        chained(SORT),
        chained(SORT, step("each", "deduplicate", columns=["s"])),
        chained(SORT, step("again", "sort", sort_by=[{"column": "s"}])),
        chained(SORT, total("first", group=tuple(TYPES)[1:], column="k")),
        chained(
            SORT,
            step("made", "add-column", column_name="k", expression="n"),
            step("again", "sort", sort_by=[{"column": "k"}]),
        ),
        chained(step("each", "deduplicate", columns=["s"]), step("again", "deduplicate", columns=["k"])),
        chained(keep("d > CURRENT_DATE"), keep("n > 1", "more"), materialize="every_step"),
        chained(keep("d > now()"), keep("n > 1", "more"), materialize="every_step"),
    ],
)
def test_what_could_change_something_is_left_alone(bench: Bench, graph: PipelineGraph) -> None:
    changing = [each.id for each in proposals(bench.drawing(graph)) if not each.id.startswith("drop-columns")]
    assert changing == []


def test_rows_that_somebody_else_reads_stay_as_they_are(bench: Bench) -> None:
    nodes = [
        source("orders"),
        SORT,
        keep("n > 7"),
        *(node(f"load{n}", "csv-loader", file_path=f"{n}.csv") for n in "12"),
    ]
    edges = [edge("orders", "sort"), edge("sort", "keep"), edge("keep", "load1"), edge("sort", "load2")]
    assert proposals(bench.drawing(PipelineGraph.model_validate(pipeline(nodes, edges)))) == []


def test_a_column_that_gives_another_one_its_suffix_is_kept(bench: Bench) -> None:
    join = step("join", "join", join_type="inner", left_on=["k"])
    graph = joined(join, step("out", "select-columns", columns=["k", "n_right"]))

    found = {each.node_id: each.after for each in proposals(bench.drawing(graph))}

    columns = {n: found[n].graph.by_id[f"{n}-columns"].data.config["columns"] for n in ("orders", "others")}
    assert columns == {"orders": ["k", "n"], "others": ["k", "n"]}
    assert all(bench.compared(graph, after.graph)["equal"] for after in found.values())


def test_another_order_and_other_rows_are_seen(bench: Bench) -> None:
    backwards = step("sort", "sort", sort_by=[{"column": "k", "direction": "desc"}])
    for one, other in ((SORT, backwards), (keep("n > 7"), keep("n > 8"))):
        assert bench.compared(chained(one), chained({**other, "id": one["id"]}))["equal"] is False


def test_several_are_applied_one_after_the_other(bench: Bench) -> None:
    graph = chained(SORT, keep("s = 'a'"), keep("n > 1", "more"), total("max", column="x"), step("each", "deduplicate"))
    drawing = bench.drawing(graph)
    wanted = [each.id for each in proposals(drawing)]

    after, done, skipped = applied(drawing, [*wanted, "remove-sort:gone"])

    assert {each.kind for each in done} == {"remove-sort", "remove-deduplicate", "merge-filters", "drop-columns"}
    assert "remove-sort:gone" in skipped
    assert flow(after.graph) == {"orders>orders-columns", "orders-columns>keep", "keep>total", "total>load"}
    assert after.graph.by_id["keep"].data.config["condition"] == "(s = 'a') AND (n > 1)"
    assert after.graph.by_id["keep"].data.label == "keep, more"
    assert bench.compared(graph, after.graph) == {"equal": True, "rows": 1}
