"""Whatever is drawn: each rewrite that is proposed loads the same rows on DuckDB, and so do all together."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dag_factory.graph import PipelineGraph
from dag_factory.rewrites import applied, proposals
from dag_factory.validate import validate
from tests.dag_factory.rewriting import CATALOG, TYPES, Bench, chained, flow, joined, step
from tests.properties import examples

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
