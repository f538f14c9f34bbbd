from datetime import date
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.pivot import PivotTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD

SALES = {"Land": "string", "Jahr": "integer", "n": "bigint"}
ROWS = [("süd", 2023, 1), ("nord", 2024, 2), ("süd", 2023, 3), (None, 2024, 5), ("süd", None, 7), ("nord", 2022, None)]
TABLE = Table(SALES, ROWS)
BY_YEAR = {"index": ["Land"], "columns": "Jahr", "values": "n"}


def case(name, config, table, columns=None, rows=None, **more):
    return Case(PivotTransformer, name, [table], config, columns, rows, **more)


def aggregated(function, kind, *rows):
    config = {**BY_YEAR, "aggregation": function, "column_values": [2023, 2024]}
    return case(function, config, TABLE, {"Land": "string", "2023": kind, "2024": kind}, rows, order=(SortKey("Land"),))


CASES = [
    aggregated("sum", "bigint", ("nord", None, 2), ("süd", 4, None), (None, None, 5)),
    aggregated("mean", "float", ("nord", None, 2.0), ("süd", 2.0, None), (None, None, 5.0)),
    aggregated("min", "bigint", ("nord", None, 2), ("süd", 1, None), (None, None, 5)),
    aggregated("max", "bigint", ("nord", None, 2), ("süd", 3, None), (None, None, 5)),
    aggregated("count", "bigint", ("nord", 0, 1), ("süd", 2, 0), (None, 0, 1)),
    aggregated("first", "bigint", ("nord", None, 2), ("süd", 1, None), (None, None, 5)),
    case(
        "columns found in the data, smallest first",
        BY_YEAR,
        TABLE,
        {"Land": "string", "2022": "bigint", "2023": "bigint", "2024": "bigint"},
        [("nord", None, None, 2), ("süd", None, 4, None), (None, None, None, 5)],
    ),
    case(
        "found texts that are no good names",
        {"index": ["k"], "columns": "t", "values": "n"},
        Table(
            {"k": "integer", "t": "string", "n": "bigint"},
            [(1, "a", 1), (1, "A", 2), (1, "", 3), (1, " k", 4), (1, 'x"; --', 5), (1, "日本", 6), (1, None, 7)],
        ),
        {
            "k": "integer",
            "column_2": "bigint",
            "k_2": "bigint",
            "A": "bigint",
            "a_2": "bigint",
            'x"; --': "bigint",
            "日本": "bigint",
        },
        [(1, 3, 4, 2, 1, 5, 6)],
    ),
    case(
        "decimals, by a decimal",
        {"index": ["g"], "columns": "d", "values": "v"},
        Table(
            {"g": "float", "d": "decimal(4,2)", "v": "decimal(10,2)"},
            [
                (NAN, Decimal("1.50"), Decimal("0.10")),
                (NAN, Decimal("1.50"), Decimal("0.20")),
                (1.0, Decimal("-1.00"), None),
            ],
        ),
        {"g": "float", "-1.00": "decimal(38,2)", "1.50": "decimal(38,2)"},
        [(1.0, None, None), (NAN, None, Decimal("0.30"))],
    ),
    case(
        "by a date, infinities",
        {"index": ["g"], "columns": "d", "values": "v", "aggregation": "max"},
        Table(
            {"g": "string", "d": "date", "v": "float"},
            [("a", date(2024, 2, 29), INFINITY), ("a", date(2023, 1, 1), -INFINITY)],
        ),
        {"g": "string", "2023-01-01": "float", "2024-02-29": "float"},
        [("a", -INFINITY, INFINITY)],
    ),
    case(
        "by a boolean, odd names, big integers",
        {"index": ["id", "Größe (cm)"], "columns": "_logidata_row", "values": "select", "aggregation": "max"},
        ODD,
        {"id": "integer", "Größe (cm)": "string", "false": "bigint", "true": "bigint"},
        [
            (1, "naïve 'quoted' \\ %_ 😀", None, MOST),
            (2, None, None, None),
            (3, "", -MOST - 1, None),
            (4, "e\u0301", None, 0),
        ],
    ),
    case(
        "texts, the first of them",
        {"index": ["k"], "columns": "c", "values": "v", "aggregation": "first", "column_values": ["x", "nothing"]},
        Table({"k": "integer", "c": "string", "v": "string"}, [(1, "x", None), (1, "x", "later"), (2, "x", "é")]),
        {"k": "integer", "x": "string", "nothing": "string"},
        [(1, None, None), (2, "é", None)],
    ),
    case(
        "the first of a sorted input",
        {"index": ["k"], "columns": "c", "values": "v", "aggregation": "first", "column_values": ["x"]},
        Table({"k": "integer", "c": "string", "v": "bigint"}, [(1, "x", 1), (1, "x", 2)], (SortKey("v", "desc"),)),
        {"k": "integer", "x": "bigint"},
        [(1, 2)],
    ),
    case(
        "an empty table, nothing found",
        {"index": ["id"], "columns": "select", "values": "UPPER"},
        EMPTY_ODD,
        {"id": "integer"},
        [],
    ),
    case(
        "an empty table, columns named",
        {"index": ["id"], "columns": "select", "values": "UPPER", "column_values": [1]},
        EMPTY_ODD,
        {"id": "integer", "1": "float"},
        [],
    ),
    case(
        "a sum that is too large",
        {"index": ["k"], "columns": "c", "values": "v", "column_values": ["x"]},
        Table({"k": "integer", "c": "string", "v": "bigint"}, [(1, "x", MOST), (1, "x", MOST)]),
        error=Fails("The sum of 'v' is too large for bigint: 18446744073709551614"),
    ),
    case(
        "problems",
        {"index": ["Land", "land"], "columns": "Jahr", "values": "Land", "column_values": [2023, "x", "2023"]},
        TABLE,
        error=Refused(
            [
                ("/index/1", "There is no column 'land'.", "Did you mean 'Land'?"),
                ("/index/1", "Columns 'Land' and 'land' differ only in case", "Give one another name."),
                ("/column_values/1", "'x' is no value of 'Jahr', which is integer.", "Write a value of that type."),
                ("/column_values/2", "'2023' is listed twice.", "Remove one of the two."),
                ("/values", "sum needs numbers; 'Land' is string.", "Cast Data Types can make it one."),
            ]
        ),
    ),
    case(
        "the turned column is an index column",
        {"index": ["Jahr"], "columns": "Jahr", "values": "n"},
        TABLE,
        error=Refused([("/columns", "Column 'Jahr' is an index column, too.", "Remove it from one of the two.")]),
    ),
]
