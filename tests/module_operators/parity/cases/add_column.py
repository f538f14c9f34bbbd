# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.add_column import AddColumnTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_COLUMNS


def case(name, column, expression, table, columns=None, rows=None, **more):
    config = {"column_name": column, "expression": expression}
    return Case(AddColumnTransformer, name, [table], config, columns, rows, **more)


def added(name, expression, kind, values, table=ODD):
    rows = [(*row, value) for row, value in zip(table.rows, values, strict=True)]
    return case(name, "Neu €", expression, table, {**table.columns, "Neu €": kind}, rows)


NUMBERS = Table(
    {"a": "integer", "b": "integer", "f": "float"}, [(7, 2, 0.5), (7, 0, NAN), (None, 2, -INFINITY), (7, 2, 0.5)]
)
CASES = [
    added("a division by zero is null", "a / b", "float", [3.5, None, None, 3.5], NUMBERS),
    added("not-a-number and infinity go on", "f + a", "float", [7.5, NAN, None, 7.5], NUMBERS),
    added("null is not unknown text", "coalesce(CAST(a AS string), '∅')", "string", ["7", "7", "∅", "7"], NUMBERS),
    added(
        "text with an emoji and escapes",
        "replace(\"Größe (cm)\", 'naïve', '\\\\')",
        "string",
        ["\\\\ 'quoted' \\ %_ 😀", None, "", "e\u0301", ""],
    ),
    added(
        "braces, dollars and hints in texts and names",
        "\"{rows}\" || '{rows}{0}${env:HOME}/*+ x */{{'",
        "string",
        ["a{rows}{0}${env:HOME}/*+ x */{{", None],
        Table({"{rows}": "string", "${spark.master}": "integer"}, [("a", 1), (None, 2)]),
    ),
    added("lengths are characters", 'length("Größe (cm)")', "bigint", [21, None, 0, 2, 0]),
    added(
        "big integers stay whole",
        '"select" - 1',
        "bigint",
        [MOST - 1, None, -2, -1, -2],
        Table({"select": "bigint"}, [(MOST,), (None,), (-1,), (0,), (-1,)]),
    ),
    added(
        "decimals stay exact",
        "p * n",
        "decimal(27,2)",
        [Decimal("0.30"), None, Decimal("-2.20")],
        Table({"p": "decimal(8,2)", "n": "integer"}, [(Decimal("0.10"), 3), (None, 1), (Decimal("1.10"), -2)]),
    ),
    added("a moment with a zone, in UTC", 'hour("日本 時間")', "bigint", [23, None, 6, 0, 6]),
    added(
        "days are added",
        "d + INTERVAL '1 month'",
        "date",
        [date(2024, 2, 29), None],
        Table({"d": "date"}, [(date(2024, 1, 31),), (None,)]),
    ),
    added(
        "a choice", "CASE WHEN \"_logidata_row\" THEN 'yes' ELSE 'no' END", "string", ["yes", "no", "no", "yes", "no"]
    ),
    case(
        "an existing column is replaced in its place",
        "select",
        '"select" IS NULL',
        ODD,
        {**ODD_COLUMNS, "select": "boolean"},
        [(*row[:2], row[2] is None, *row[3:]) for row in ODD.rows],
    ),
    case("an empty table", "x", "1 / 2", EMPTY_ODD, {**ODD_COLUMNS, "x": "float"}, []),
    case(
        "sorted by the column that is replaced",
        "t",
        "TIMESTAMP '2024-01-01 00:00:00'",
        Table(
            {"t": "timestamp", "n": "bigint"}, [(datetime(2024, 2, 1), 1), (datetime(2024, 1, 1), 2)], (SortKey("t"),)
        ),
        {"t": "timestamp", "n": "bigint"},
        [(datetime(2024, 1, 1), 2), (datetime(2024, 1, 1), 1)],
    ),
    case("a cast that fails", "x", "CAST(t AS integer)", Table({"t": "string"}, [("1",), ("x",)]), error=Fails("'x'")),
    case(
        "a name that differs only in case, and a column that is missing",
        "ID",
        "id1 + 1",
        ODD,
        error=Refused(
            [
                ("/expression", "There is no column 'id1'.", "Did you mean id?"),
                ("/column_name", "Columns 'id' and 'ID' differ only in case", "Give one another name."),
            ]
        ),
    ),
]
