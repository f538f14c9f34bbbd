# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import UTC, date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.cast_types import CastTypesTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_COLUMNS, TOKYO


def case(name, config, table, columns=None, rows=None, **more):
    return Case(CastTypesTransformer, name, [table], config, columns, rows, **more)


def cast(name, source, target, *pairs):
    """Cases of `(value, the value it becomes)`; null stays null."""
    pairs = (*pairs, (None, None))
    table = Table({"order by": source}, [(value,) for value, _ in pairs])
    config = {"type_mapping": {"order by": target}, "on_error": "null"}
    return case(name, config, table, {"order by": target}, [(expected,) for _, expected in pairs])


CASES = [
    cast("floats to whole numbers", "float", "integer", (-2.9, -2), (2.9, 2), (1e300, None), (NAN, None), (-0.5, 0)),
    cast("floats to big ones", "float", "bigint", (2.0**62, 2**62), (2.0**63, None), (-(2.0**63), -(2**63))),
    cast(
        "floats to decimals",
        "float",
        "decimal(10,1)",
        (2.25, Decimal("2.3")),
        (-2.25, Decimal("-2.3")),
        (INFINITY, None),
    ),
    cast(
        "floats to text",
        "float",
        "string",
        (1.0, "1.0"),
        (1e22, "10000000000000000000000.0"),
        (-1.25e-9, "-0.00000000125"),
        (NAN, "NaN"),
        (-INFINITY, "-Infinity"),
    ),
    cast("decimals to whole numbers", "decimal(20,2)", "bigint", (Decimal("-7.99"), -7), (Decimal("7.99"), 7)),
    cast(
        "decimals to smaller ones",
        "decimal(10,2)",
        "decimal(4,1)",
        (Decimal("12.55"), Decimal("12.6")),
        (Decimal("1234.50"), None),
    ),
    cast("big integers", "bigint", "decimal(38,2)", (MOST, Decimal(MOST)), (-MOST, Decimal(-MOST))),
    cast("to smaller integers", "bigint", "integer", (2**31 - 1, 2**31 - 1), (2**31, None)),
    cast("booleans", "boolean", "decimal(3,1)", (True, Decimal("1.0")), (False, Decimal("0.0"))),
    cast(
        "text to whole numbers",
        "string",
        "bigint",
        (" 42\t", 42),
        ("+7", 7),
        (str(MOST), MOST),
        (str(MOST + 1), None),
        ("3.7", None),
        ("1e3", None),
        ("１２", None),
        ("", None),
        ("1_000", None),
    ),
    cast(
        "text to floats",
        "string",
        "float",
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1,5", None),
        ("-inf", -INFINITY),
        ("nan", NAN),
    ),
    cast(
        "text to decimals",
        "string",
        "decimal(10,2)",
        ("12.345", Decimal("12.35")),
        ("-.5", Decimal("-0.50")),
        ("x", None),
    ),
    cast("text to booleans", "string", "boolean", ("Yes", True), ("F", False), (" 1 ", True), ("2", None), ("é", None)),
    cast(
        "text to dates",
        "string",
        "date",
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("29.02.2024", None),
        ("now", None),
    ),
    cast(
        "text to timestamps, an offset counts",
        "string",
        "timestamp",
        ("2024-02-29T10:00:00.25+02:00", datetime(2024, 2, 29, 8, 0, 0, 250000)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2024-02-29 25:00:00", None),
    ),
    cast(
        "timestamps to moments: their clock is UTC's",
        "timestamp",
        "timestamptz",
        (datetime(2024, 2, 29, 23, 59, 59, 999999), datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)),
    ),
    cast(
        "moments with a zone to text and days",
        "timestamptz",
        "date",
        (datetime(2024, 3, 1, 8, 30, tzinfo=TOKYO), date(2024, 2, 29)),
    ),
    cast(
        "moments to text",
        "timestamptz",
        "string",
        (datetime(2024, 3, 1, 8, 30, tzinfo=TOKYO), "2024-02-29 23:30:00+00"),
    ),
    case(
        "other columns, duplicates and odd names stay",
        {"type_mapping": {"id": "string"}},
        ODD,
        {**ODD_COLUMNS, "id": "string"},
        [(str(row[0]), *row[1:]) for row in ODD.rows],
    ),
    case(
        "an empty table",
        {"type_mapping": {"日本 時間": "string"}},
        EMPTY_ODD,
        {**ODD_COLUMNS, "日本 時間": "string"},
        [],
    ),
    case(
        "sorted by what is cast: the order is that of before",
        {"type_mapping": {"n": "string"}},
        Table({"n": "bigint"}, [(10,), (9,)], (SortKey("n"),)),
        {"n": "string"},
        [("9",), ("10",)],
        order=(SortKey("__logidata_sort_1"),),
    ),
    case(
        "a failure names column, value and row",
        {"type_mapping": {"Größe": "integer"}},
        Table({"id": "bigint", "Größe": "string"}, [(1, "5"), (2, "groß"), (3, "x")]),
        error=Fails("Column 'Größe' cannot be cast to integer: 'groß' (in the row id = 2, Größe = groß)"),
    ),
    case(
        "what cannot be cast, or is missing",
        {"type_mapping": {"day": "integer", "dya": "date"}},
        Table({"day": "date"}),
        error=Refused(
            [
                (
                    "/type_mapping/day",
                    "Column 'day': Type date cannot be cast to integer.",
                    "Use epoch() or date_part() in Add Column for a number.",
                ),
                ("/type_mapping/dya", "There is no column 'dya'.", "Did you mean 'day'?"),
            ]
        ),
    ),
]
