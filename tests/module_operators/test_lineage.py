"""What columns are made of: through every kind of transformer, on both engines' SQL, and back to the sources."""

from __future__ import annotations

from typing import Any

import pytest

from module_operators.base import Transformer
from module_operators.catalog import discover
from module_operators.engines.availability import dialect_of
from module_operators.lineage import ColumnOf, Lineage, derivation, unchanged
from module_operators.relation import ROW_ID, Column, Inputs, Relation

MODULES = discover()
HIDDEN = (Column(ROW_ID, "bigint"),)
LEFT = Relation(
    "orders",
    (
        Column("id", "bigint"),
        Column("Amount", "float"),
        Column("status", "string"),
        Column('a "b".c', "string"),
        Column("at", "date"),
    ),
    HIDDEN,
    (),
    ROW_ID,
)
RIGHT = Relation("people", (Column("id", "bigint"), Column("city", "string")), HIDDEN, (), ROW_ID)
SAME = {"id": ["id"], "Amount": ["Amount"], "status": ["status"], 'a "b".c': ['a "b".c'], "at": ["at"]}
ORDERS, PEOPLE = "o", "p"

CASES: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "filter": ({"condition": "Amount > 1"}, SAME),
    "deduplicate": ({"columns": ["status"], "order_by": ["at"]}, SAME),
    "sort": ({"sort_by": [{"column": "at"}]}, SAME),
    "select-columns": ({"columns": ["at", "id"]}, {"at": ["at"], "id": ["id"]}),
    "rename-columns": (
        {"rename_mapping": {"id": "key"}},
        {"key": ["id"], **{n: o for n, o in SAME.items() if n != "id"}},
    ),
    "add-column": (
        {"column_name": "x", "expression": "round(Amount * 2) + length(status)"},
        {**SAME, "x": ["Amount", "status"]},
    ),
    "fill-nulls": ({"strategy": "mean"}, SAME),
    "cast-types": ({"type_mapping": {"Amount": "decimal(10,2)"}, "on_error": "fail"}, SAME),
    "split-column": (
        {"column": 'a "b".c', "separator": " ", "new_columns": ["one", "two"]},
        {**{n: o for n, o in SAME.items() if n != 'a "b".c'}, "one": ['a "b".c'], "two": ['a "b".c']},
    ),
    "aggregate": (
        {
            "group_by": ["status"],
            "aggregations": [
                {"function": "sum", "column": "Amount", "alias": "total"},
                {"function": "last", "column": "at", "alias": "newest"},
                {"function": "count", "alias": "n"},
            ],
        },
        {"status": ["status"], "total": ["Amount"], "newest": ["at"], "n": []},
    ),
    "pivot": (
        {"index": ["id"], "columns": "status", "values": "Amount", "aggregation": "sum", "column_values": ["new"]},
        {"id": ["id"], "new": ["Amount", "status"]},
    ),
    "unpivot": (
        {"id_vars": ["id", "Amount", "at"], "value_vars": ["status", 'a "b".c']},
        {"id": ["id"], "Amount": ["Amount"], "at": ["at"], "variable": [], "value": ['a "b".c', "status"]},
    ),
}


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
@pytest.mark.parametrize("stem", CASES)
def test_each_column_is_traced_to_what_its_expression_reads(stem: str, engine: str) -> None:
    config, expected = CASES[stem]
    operator = MODULES[f"{stem}-transformer"]
    assert issubclass(operator, Transformer)
    query = operator.transform(operator.options(config), Inputs({"input": [LEFT]}), dialect_of(engine))

    found = derivation(query, {ORDERS: LEFT}, engine)

    assert {name: [one.column for one in origins] for name, origins in found.items()} == expected
    assert {one.node_id for origins in found.values() for one in origins} == {ORDERS}


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_a_join_and_a_union_have_columns_of_both_inputs(engine: str) -> None:
    join, union = MODULES["join-transformer"], MODULES["union-transformer"]
    assert issubclass(join, Transformer)
    assert issubclass(union, Transformer)
    other = Relation("more", LEFT.columns, HIDDEN, (), ROW_ID)
    sql = dialect_of(engine)

    options = join.options({"left_on": ["id"], "join_type": "outer"})
    joined = derivation(
        join.transform(options, Inputs({"left": [LEFT], "right": [RIGHT]}), sql), {ORDERS: LEFT, PEOPLE: RIGHT}, engine
    )
    stacked = derivation(
        union.transform(union.options({}), Inputs({"input": [LEFT, other]}), sql), {ORDERS: LEFT, "m": other}, engine
    )

    assert joined["id"] == [ColumnOf(ORDERS, "id"), ColumnOf(PEOPLE, "id")]
    assert joined["city"] == [ColumnOf(PEOPLE, "city")]
    assert stacked["Amount"] == [ColumnOf("m", "Amount"), ColumnOf(ORDERS, "Amount")]


def test_columns_are_traced_through_all_nodes_to_their_sources() -> None:
    lineage = Lineage(
        {
            "source": {"a": (), "b": ()},
            "made": {"x": (ColumnOf("source", "a"), ColumnOf("source", "b")), "one": ()},
            "again": {"y": (ColumnOf("made", "x"),), "z": (ColumnOf("made", "one"),)},
            "target": unchanged("again", ("y", "z")),
        }
    )

    assert lineage.sources["target"]["y"] == (ColumnOf("source", "a"), ColumnOf("source", "b"))
    assert lineage.sources["target"]["z"] == (ColumnOf("made", "one"),)
