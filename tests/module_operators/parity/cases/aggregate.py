# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
import math
from datetime import date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.aggregate import AggregateTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, LEAST, MOST, NAN, ODD, WIDEST, column

COLUMNS = {"Region": "string", "n": "integer", "amount": "decimal(8,2)", "x": "float", "day": "date"}
ROWS = [
    ("süd", 1, Decimal("1.50"), 1.0, date(2024, 1, 2)),
    (None, 2, Decimal("2.00"), 2.0, date(2024, 1, 1)),
    ("nord", 3, None, None, None),
    ("süd", 4, Decimal("0.25"), 4.0, date(2024, 1, 1)),
    (None, None, Decimal("1.00"), 6.0, date(2024, 1, 3)),
    ("süd", 2, Decimal("0.25"), 10.0, date(2024, 1, 1)),
]
TABLE = Table(COLUMNS, ROWS)


def case(name, group_by, aggregations, table, columns=None, rows=None, **more):
    listed = [dict(zip(("function", "column", "alias"), each, strict=False)) for each in aggregations]
    config = {"group_by": group_by, "aggregations": listed}
    return Case(AggregateTransformer, name, [table], config, columns, rows, **more)


def each(function, *kinds_and_values):
    """One function over several columns: `(column, type, values of nord, süd and null)`."""
    columns = {"Region": "string", **{f"{function}_{name}": kind for name, kind, _ in kinds_and_values}}
    values = list(zip(*(found for _, _, found in kinds_and_values), strict=True))
    rows = [(region, *row) for region, row in zip(("nord", "süd", None), values, strict=True)]
    return case(
        function,
        ["Region"],
        [(function, name) for name, _, _ in kinds_and_values],
        TABLE,
        columns,
        rows,
        order=(SortKey("Region"),),
    )


def dec(*texts):
    return [text and Decimal(text) for text in texts]


DAYS = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)]
CASES = [
    each(
        "sum",
        ("n", "bigint", [3, 7, 2]),
        ("amount", "decimal(38,2)", dec(None, "2.00", "3.00")),
        ("x", "float", [None, 15.0, 8.0]),
    ),
    each(
        "mean",
        ("n", "float", [3.0, 7 / 3, 2.0]),
        ("amount", "float", [None, 2 / 3, 1.5]),
        ("x", "float", [None, 5.0, 4.0]),
    ),
    each(
        "min",
        ("n", "integer", [3, 1, 2]),
        ("amount", "decimal(8,2)", dec(None, "0.25", "1.00")),
        ("day", "date", [None, DAYS[0], DAYS[0]]),
    ),
    each(
        "max",
        ("n", "integer", [3, 4, 2]),
        ("Region", "string", ["nord", "süd", None]),
        ("day", "date", [None, DAYS[1], DAYS[2]]),
    ),
    each("count", ("n", "bigint", [1, 3, 1]), ("amount", "bigint", [0, 3, 2])),
    each("count_distinct", ("n", "bigint", [1, 3, 1]), ("day", "bigint", [0, 2, 2]), ("amount", "bigint", [0, 2, 2])),
    each(
        "median",
        ("n", "float", [3.0, 2.0, 2.0]),
        ("amount", "float", [None, 0.25, 1.5]),
        ("x", "float", [None, 4.0, 4.0]),
    ),
    each("stddev", ("x", "float", [None, math.sqrt(21), math.sqrt(8)])),
    each("first", ("n", "integer", [3, 1, 2]), ("day", "date", [None, DAYS[1], DAYS[0]])),
    each(
        "last",
        ("n", "integer", [3, 2, None]),
        ("amount", "decimal(8,2)", dec(None, "0.25", "1.00")),
        ("day", "date", [None, DAYS[0], DAYS[2]]),
    ),
    case(
        "one row for all, odd names, big integers and wide decimals",
        [],
        [
            ("count",),
            ("min", "select", 'a "b"'),
            ("max", "select", "Größe"),
            ("max", 'a "quoted" name', "from"),
            ("max", "x.y`z", "t"),
        ],
        ODD,
        {"count": "bigint", 'a "b"': "bigint", "Größe": "bigint", "from": "decimal(38,2)", "t": "timestamp"},
        [(5, LEAST, MOST, WIDEST, datetime(2024, 2, 29, 23, 59, 59, 999999))],
    ),
    case(
        "by a moment with a zone, duplicates in one group",
        ["日本 時間"],
        [("count", None, "n")],
        ODD,
        {"日本 時間": "timestamptz", "n": "bigint"},
        [(column("日本 時間")[3], 1), (column("日本 時間")[0], 1), (column("日本 時間")[2], 2), (None, 1)],
    ),
    case(
        "by a float: not-a-number is a group, after the numbers",
        ["x"],
        [("count", None, "n"), ("sum", "x", "s"), ("max", "x", "m")],
        Table({"x": "float"}, [(NAN,), (None,), (INFINITY,), (NAN,), (-INFINITY,)]),
        {"x": "float", "n": "bigint", "s": "float", "m": "float"},
        [
            (-INFINITY, 1, -INFINITY, -INFINITY),
            (INFINITY, 1, INFINITY, INFINITY),
            (NAN, 2, NAN, NAN),
            (None, 1, None, None),
        ],
    ),
    case(
        "texts that differ by an accent's form",
        ["t"],
        [("count", None, "n")],
        Table({"t": "string"}, [("é",), ("e\u0301",), ("é",), ("E",)]),
        {"t": "string", "n": "bigint"},
        [("E", 1), ("e\u0301", 1), ("é", 2)],
    ),
    case(
        "an empty table has no groups", ["id"], [("count", None, "n")], EMPTY_ODD, {"id": "integer", "n": "bigint"}, []
    ),
    case(
        "an empty table as a whole",
        [],
        [("count",), ("sum", "select", "s"), ("median", "UPPER", "m")],
        EMPTY_ODD,
        {"count": "bigint", "s": "bigint", "m": "float"},
        [(0, None, None)],
    ),
    case(
        "first and last of a sorted input",
        ["g"],
        [("first", "v", "a"), ("last", "v", "b")],
        Table({"g": "string", "v": "bigint"}, [("a", 2), ("a", None), ("a", 3), ("a", 1)], (SortKey("v", "desc"),)),
        {"g": "string", "a": "bigint", "b": "bigint"},
        [("a", 3, None)],
    ),
    case(
        "a sum that is too large",
        [],
        [("sum", "n")],
        Table({"n": "bigint"}, [(MOST,), (MOST,)]),
        error=Fails("The sum of 'n' is too large for bigint: 18446744073709551614"),
    ),
    case(
        "problems",
        ["Region", "nothing"],
        [("sum", "Region"), ("count", None, "REGION"), ("mean", "regoin"), ("median", "day")],
        TABLE,
        error=Refused(
            [
                ("/group_by/1", "There is no column 'nothing'.", "Available: Region, n, amount, x, day"),
                (
                    "/aggregations/0/column",
                    "sum needs numbers; 'Region' is string.",
                    "Cast Data Types can make it one.",
                ),
                ("/aggregations/2/column", "There is no column 'regoin'.", "Did you mean 'Region'?"),
                ("/aggregations/3/column", "median needs numbers; 'day' is date.", "Cast Data Types can make it one."),
                (
                    "/aggregations/1/alias",
                    "Columns 'Region' and 'REGION' differ only in case",
                    "Give one another name.",
                ),
            ]
        ),
    ),
]
