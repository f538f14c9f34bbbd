"""Rewrites: what is proposed, what is left alone, and that both graphs load the same rows on DuckDB."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dag_factory.graph import PipelineGraph
from dag_factory.rewrites import applied, declined, proposals
from dag_factory.validate import validate
from tests.dag_factory.pipelines import edge, node, pipeline
from tests.dag_factory.rewriting import CATALOG, TYPES, Bench, all_applied, chained, joined, of_table, source, step
from tests.properties import examples

ROWS = [
    (1, "a", 1.5, "2024-01-01", 10),
    (1, "a", 1.5, "2024-01-01", 10),
    (2, "b", None, "2024-02-01", None),
    (None, "a", -0.0, "2024-02-01", 7),
    (3, None, 0.0, None, 8),
    (2, "A", 2.25, "2023-12-31", 9),
]
OTHERS = [(1, "a", 9.0, "2024-05-01", 1), (2, None, 8.0, None, 2), (2, "c", 7.5, None, 3), (None, "x", 6.0, None, 4)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("bench"))
    bench.write("orders", ROWS)
    bench.write("others", OTHERS)
    return bench


def flow(graph: PipelineGraph) -> set[str]:
    """The edges, as `source>target`."""
    return {f"{each.source}>{each.target}" for each in graph.edges}


def keep(condition: str, node_id: str = "keep") -> dict[str, Any]:
    return step(node_id, "filter", condition=condition)


def total(function: str = "count", group: tuple[str, ...] = ("s",), **more: Any) -> dict[str, Any]:
    return step("total", "aggregate", group_by=list(group), aggregations=[{"function": function, **more}])


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


# --- queries ----------------------------------------------------------------------------------------------------------

ORDERS = {"id": "bigint", "amount": "decimal(10,2)", "day": "date", "region": "string", "ok": "boolean", "x": "float"}


def drawn_table(bench: Bench, *steps: dict[str, Any], module: str = "postgres", **config: Any) -> Any:
    """A drawing of a database's table → the steps → a file, its columns known as the last save knew them."""
    options = {"connection_id": "db", "query": "SELECT * FROM sales.orders", **config}
    graph = of_table(module, *steps, **options)
    schemas: dict[str, Any] = {"table": [{"name": name, "type": kind} for name, kind in ORDERS.items()]}
    for each in steps:
        previous = schemas[graph.inputs(each["id"])[0].source]
        made = each["data"]["config"]
        if "aggregations" in made:
            named = [{"name": a["alias"], "type": "bigint"} for a in made["aggregations"]]
            schemas[each["id"]] = [*(c for c in previous if c["name"] in made["group_by"]), *named]
        else:
            schemas[each["id"]] = [c for c in previous if c["name"] in made.get("columns", ORDERS)]
    return bench.drawing(graph, schemas)


def query_after(bench: Bench, *steps: dict[str, Any], **config: Any) -> str:
    """The table's query when all is applied that is proposed, and what is proposed then."""
    drawing = drawn_table(bench, *steps, **config)
    return all_applied(drawing).graph.by_id["table"].data.config["query"]


def test_a_database_filters_aggregates_and_projects_itself(bench: Bench) -> None:
    by_day = step(
        "by_day",
        "aggregate",
        group_by=["day"],
        aggregations=[
            {"function": "sum", "column": "id", "alias": "ids"},
            {"function": "max", "column": "amount", "alias": "most"},
        ],
    )
    condition = keep("amount > 10.5 AND day >= '2024-01-01' AND region IS NOT NULL")

    assert query_after(bench, condition, by_day) == (
        'SELECT "day", CAST(sum("id") AS bigint) AS "ids", CAST(max("amount") AS numeric(10,2)) AS "most" '
        "FROM sales.orders "
        """WHERE "amount" > 10.5 AND "day" >= DATE '2024-01-01' AND "region" IS DISTINCT FROM NULL GROUP BY "day\""""
    )
    select = step("out", "select-columns", columns=["x", "id"])
    assert query_after(bench, select) == 'SELECT "x", "id" FROM sales.orders'
    assert query_after(bench, keep("id IN (1, -2)"), select, module="mysql") == (
        "SELECT `x`, `id` FROM sales.orders WHERE `id` IN (1, -2)"
    )


@pytest.mark.parametrize(
    ("steps", "config", "why"),
    [
        ([keep("region = 'north'")], {}, "collation"),
        ([keep("x > 1")], {}, "a float may compare otherwise"),
        ([keep("id > 1 OR ok")], {}, "plain comparisons"),
        ([keep("day IS NULL")], {"module": "mysql"}, "read as null"),
        ([keep("id > 1")], {"limit": 10}, "limited to 10 rows"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders o JOIN p USING (id)"}, "whole table"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders WHERE " + "1" * 200 + "x"}, "whole table"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders ORDER BY id LIMIT 3"}, "whole table"),
        ([keep("id > 1")], {"query": 'SELECT * FROM orders WHERE "id" < 9 -- 2024'}, "whole table"),
        ([total(group=("region",), alias="n")], {}, "collation"),
        ([total("mean", group=("day",), column="id", alias="n")], {}, "mean is computed otherwise"),
        ([total("sum", group=("id",), column="id", alias="n")], {"module": "mysql"}, "sum is computed otherwise"),
        ([total(group=("id",), alias="n")], {"on_schema_change": "fail"}, "no longer be noticed"),
    ],
)
def test_what_a_database_might_do_otherwise_is_left_to_us_and_said(
    bench: Bench, steps: list[dict[str, Any]], config: dict[str, Any], why: str
) -> None:
    drawing = drawn_table(bench, *steps, **config)
    assert not [each for each in proposals(drawing) if each.kind.startswith("push")]
    assert why in " ".join(each.reason for each in declined(drawing))


# --- any graph --------------------------------------------------------------------------------------------------------

VALUES = {
    "k": st.sampled_from([None, 1, 2, 3]),
    "s": st.sampled_from([None, "a", "b", "A"]),
    "x": st.sampled_from([None, 0.0, -0.0, 1.5, -2.25]),
    "d": st.sampled_from([None, "2024-01-01", "2024-06-30"]),
    "n": st.sampled_from([None, 0, 7, 9_000_000_000]),
}
TABLE = st.lists(st.tuples(*VALUES.values()), min_size=4, max_size=12)
CONSTANTS = {"integer": "1", "bigint": "7", "float": "0.0", "string": "'a'", "date": "DATE '2024-01-01'"}


@st.composite
def steps_over(  # noqa: C901 - one branch a module
    draw: st.DrawFn, columns: dict[str, str], number: int
) -> list[dict[str, Any]]:
    """A few transformers that fit each other; `columns` are those that the last one leaves, by their types."""
    made = []
    for place in range(number):
        names = st.sampled_from(sorted(columns))
        some = st.lists(names, min_size=1, max_size=3, unique=True)
        kind = draw(st.sampled_from([*["filter", "deduplicate"] * 4, *["sort", "aggregate"] * 3, *OTHER_KINDS]))
        name, several = draw(names), draw(some)
        config: dict[str, Any] = {}
        match kind:
            case "filter":
                terms = [f'"{each}" {draw(OPERATORS).format(CONSTANTS[columns[each]])}' for each in several[:2]]
                config = {"condition": draw(st.sampled_from([" AND ", " OR "])).join(terms)}
            case "sort":
                direction = st.sampled_from(["asc", "desc"])
                config = {"sort_by": [{"column": each, "direction": draw(direction)} for each in several]}
                config["limit"] = draw(st.sampled_from([None, None, None, 3]))
            case "deduplicate":
                config = {
                    "columns": draw(st.sampled_from([[], several])),
                    "keep": draw(st.sampled_from(["first", "last"])),
                }
            case "aggregate":
                function = draw(st.sampled_from(["count", "min", "max", "first", "count_distinct"]))
                config = {
                    "group_by": several,
                    "aggregations": [{"function": function, "column": name, "alias": f"a{place}"}],
                }
                kept = {each: columns[each] for each in several}
                columns_now = {**kept, f"a{place}": "bigint" if function.startswith("count") else columns[name]}
                columns.clear()
                columns.update(columns_now)
            case "select-columns":
                config = {"columns": several}
                kept = {each: columns[each] for each in several}
                columns.clear()
                columns.update(kept)
            case "rename-columns":
                config = {"rename_mapping": {name: f"r{place}"}}
                kept = {f"r{place}" if each == name else each: kind_of for each, kind_of in columns.items()}
                columns.clear()
                columns.update(kept)
            case "add-column":
                target = draw(st.sampled_from([name, f"c{place}"]))
                config = {"column_name": target, "expression": f'"{several[0]}"'}
                columns[target] = columns[several[0]]
            case "remove-nulls":
                config = {"columns": several}
            case "cast-types":
                config = {"type_mapping": {name: "string"}, "on_error": "null"}
                columns[name] = "string"
        made.append(step(f"step{place}", kind, **config))
    return made


OTHER_KINDS = ["select-columns", "rename-columns", "add-column", "remove-nulls", "cast-types"]
OPERATORS = st.sampled_from([">= {}", "> {}", "<= {}", "<> {}", "IS NULL", "IS NOT NULL", "IS NOT NULL", "IN ({})"])


@st.composite
def any_graph(draw: st.DrawFn) -> PipelineGraph:
    """A chain, a union or a join of the two tables."""
    shape = draw(st.sampled_from(["chain", "union", "inner", "left", "right", "outer", "semi", "anti"]))
    columns = dict(TYPES)
    if shape == "chain":
        return chained(*draw(steps_over(columns, draw(st.integers(2, 5)))))
    if shape == "union":
        both = step("both", "union", distinct=draw(st.booleans()))
    else:
        both = step("both", "join", join_type=shape, left_on=["k"])
        columns |= (
            {} if shape in {"semi", "anti"} else {f"{name}_right": kind for name, kind in TYPES.items() if name != "k"}
        )
    return joined(both, *draw(steps_over(columns, draw(st.integers(1, 4)))))


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(graph=any_graph(), orders=TABLE, others=TABLE)
def test_every_proposal_loads_what_was_loaded_before(
    bench: Bench, graph: PipelineGraph, orders: list[Any], others: list[Any]
) -> None:
    bench.write("orders", orders)
    bench.write("others", others)
    drawing = bench.drawing(graph)
    found = proposals(drawing)
    together, _, _ = applied(drawing, [each.id for each in found])

    for after in {each.id: each.after.graph for each in found}.values():
        assert bench.compared(graph, after).get("equal") is True, [flow(graph), flow(after)]
    if len(found) > 1:
        assert bench.compared(graph, together.graph).get("equal") is True
        assert not [problem for problem in validate(together.graph, CATALOG) if problem.severity == "error"]
