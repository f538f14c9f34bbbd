# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.union import UnionTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_COLUMNS, ODD_ROWS

AB = {"a": "bigint", "b": "string"}


def case(name, tables, columns=None, rows=None, config=None, **more):
    return Case(UnionTransformer, name, tables, config or {}, columns, rows, **more)


CASES = [
    case(
        "one below the other, nulls and duplicates included",
        [Table(AB, [(1, "x"), (None, None)]), Table(AB, [(1, "x"), (2, "日")])],
        AB,
        [(1, "x"), (None, None), (1, "x"), (2, "日")],
    ),
    case(
        "columns by name whatever their order",
        [Table(AB, [(1, "x")]), Table({"b": "string", "a": "bigint"}, [("y", 2)])],
        AB,
        [(1, "x"), (2, "y")],
    ),
    case(
        "columns by position whatever their names",
        [Table(AB, [(1, "x")]), Table({"select": "bigint", "a b": "string"}, [(2, "y")])],
        AB,
        [(1, "x"), (2, "y")],
        {"match": "position"},
    ),
    case(
        "distinct: nulls and not-a-number are equal to themselves, the first ones stay",
        [
            Table({"x": "float", "t": "string"}, [(NAN, None), (1.0, "é"), (NAN, None)]),
            Table({"x": "float", "t": "string"}, [(1.0, "é"), (INFINITY, "e\u0301"), (NAN, None), (1.0, "É")]),
        ],
        {"x": "float", "t": "string"},
        [(NAN, None), (1.0, "é"), (INFINITY, "e\u0301"), (1.0, "É")],
        {"distinct": True},
    ),
    case("every type and odd names, three inputs", [ODD, EMPTY_ODD, ODD], ODD_COLUMNS, [*ODD_ROWS, *ODD_ROWS]),
    case("every type, distinct", [ODD, ODD], ODD_COLUMNS, ODD_ROWS[:4], {"distinct": True}),
    case("empty tables", [EMPTY_ODD, EMPTY_ODD], ODD_COLUMNS, []),
    case(
        "types widen without loss",
        [
            Table(
                {"a": "integer", "b": "decimal(5,2)", "c": "bigint", "d": "date"},
                [(1, Decimal("1.25"), 2**53, date(2024, 2, 29))],
            ),
            Table(
                {"a": "bigint", "b": "bigint", "c": "float", "d": "timestamp"},
                [(MOST, 7, 0.5, datetime(2024, 1, 1, 12))],
            ),
        ],
        {"a": "bigint", "b": "decimal(21,2)", "c": "float", "d": "timestamp"},
        [(1, Decimal("1.25"), 2.0**53, datetime(2024, 2, 29)), (MOST, Decimal("7.00"), 0.5, datetime(2024, 1, 1, 12))],
    ),
    case(
        "sorted inputs, each in its order",
        [Table(AB, [(1, "x"), (2, "y")], (SortKey("a", "desc"),)), Table(AB, [(9, "p"), (0, "q")])],
        AB,
        [(2, "y"), (1, "x"), (9, "p"), (0, "q")],
        order=(SortKey("__logidata_row"),),
    ),
    case(
        "a whole number too large for a float",
        [Table({"a": "bigint"}, [(2**53 + 1,)]), Table({"a": "float"}, [(0.5,)])],
        error=Fails("Column 'a' has whole numbers too large for a float: cast it before the union."),
    ),
    case(
        "columns that differ",
        [Table(AB), Table({"a": "bigint", "B": "string", "c": "date"})],
        error=Refused(
            [
                (
                    "",
                    "Input 2 has a column 'B' that input 1 lacks.",
                    "Is it 'b'? Rename it before the union, or match by position.",
                ),
                (
                    "",
                    "Input 2 has a column 'c' that input 1 lacks.",
                    "Add, rename or drop it before the union, or match by position.",
                ),
                ("", "Input 2 has no column 'b'.", "Is it 'B'? Rename it before the union, or match by position."),
            ]
        ),
    ),
    case(
        "types that differ",
        [Table(AB), Table(AB), Table({"a": "string", "b": "string"})],
        error=Refused(
            [
                (
                    "",
                    "Column 'a' is bigint in input 1 and string in input 3.",
                    "Make them the same type with Cast Data Types before the union.",
                )
            ]
        ),
    ),
    case(
        "numbers of columns that differ",
        [Table(AB), Table({"a": "bigint"})],
        config={"match": "position"},
        error=Refused(
            [("", "Input 2 has 1 columns where input 1 has 2.", "Select the same number of columns on each input.")]
        ),
    ),
]
