# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import UTC, date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.fill_nulls import FillNullsTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_ROWS

KINDS = {"i": "integer", "b": "bigint", "d": "decimal(5,2)", "f": "float", "t": "string", "o": "boolean"}
GAPS = Table(KINDS, [(1, 2, Decimal("0.50"), 1.5, "x", True), (None,) * 6, (None, 5, None, NAN, "", None)])
SERIES = {"Sensor": "string", "at": "bigint", "value": "float", "note": "string"}
MEASURED = Table(
    SERIES,
    [
        ("b", 3, None, "n"),
        ("a", 1, None, None),
        ("a", 3, 3.0, None),
        (None, 2, None, "z"),
        ("a", 2, None, "m"),
        ("b", 1, 7.0, None),
        (None, 1, 9.0, None),
        ("a", None, None, None),
        ("b", 2, None, None),
    ],
)


def case(name, config, table, rows=None, **more):
    return Case(FillNullsTransformer, name, [table], config, None if rows is None else table.columns, rows, **more)


def constant(name, value, table, rows, columns=()):
    return case(name, {"strategy": "constant", "fill_value": value, "columns": list(columns)}, table, rows)


def filled(table, index, values):
    return [(*row[:index], value, *row[index + 1 :]) for row, value in zip(table.rows, values, strict=True)]


CASES = [
    constant(
        "a whole number in all numbers",
        0,
        GAPS,
        [GAPS.rows[0], (0, 0, Decimal("0.00"), 0.0, None, None), (0, 5, Decimal("0.00"), NAN, "", None)],
    ),
    constant(
        "a fraction where it fits",
        0.25,
        GAPS,
        [GAPS.rows[0], (None, None, Decimal("0.25"), 0.25, None, None), (None, 5, Decimal("0.25"), NAN, "", None)],
    ),
    constant(
        "a text with a quote",
        "it's\\ ☃",
        GAPS,
        [GAPS.rows[0], (None, None, None, None, "it's\\ ☃", None), (None, 5, None, NAN, "", None)],
    ),
    constant(
        "false is a value",
        False,
        GAPS,
        [GAPS.rows[0], (None, None, None, None, None, False), (None, 5, None, NAN, "", False)],
    ),
    constant(
        "a text read as each column's type",
        "7",
        GAPS,
        [GAPS.rows[0], (None, 7, Decimal("7.00"), None, "7", None), (None, 5, Decimal("7.00"), NAN, "", None)],
        ["b", "d", "t"],
    ),
    constant("a big integer", str(MOST), Table({"b": "bigint"}, [(None,), (1,)]), [(MOST,), (1,)], ["b"]),
    constant(
        "a moment",
        "2024-02-29T10:00:00+02:00",
        Table({"z": "timestamptz"}, [(None,), (datetime(1970, 1, 1, tzinfo=UTC),)]),
        [(datetime(2024, 2, 29, 8, tzinfo=UTC),), (datetime(1970, 1, 1, tzinfo=UTC),)],
        ["z"],
    ),
    constant(
        "a day, for a date and a timestamp",
        "2024-02-29",
        Table({"d": "date", "t": "timestamp"}, [(None, None)]),
        [(date(2024, 2, 29), datetime(2024, 2, 29))],
        ["d", "t"],
    ),
    constant("an empty table", 1, EMPTY_ODD, []),
    case(
        "the mean, in each column's type",
        {"strategy": "mean"},
        Table(
            {"i": "integer", "b": "bigint", "d": "decimal(5,2)", "f": "float", "t": "string"},
            [(1, 1, Decimal("0.01"), 0.5, "x"), (2, None, Decimal("0.02"), 1.0, None), (None, 2, None, None, None)],
        ),
        [
            (1, 1, Decimal("0.01"), 0.5, "x"),
            (2, 2, Decimal("0.02"), 1.0, None),
            (2, 2, Decimal("0.02"), 0.75, None),
        ],
    ),
    case(
        "the mean of negative numbers is rounded away from zero",
        {"strategy": "mean", "columns": ["i"]},
        Table({"i": "integer"}, [(-1,), (-2,), (None,)]),
        [(-1,), (-2,), (-2,)],
    ),
    case(
        "a mean that a float makes too large",
        {"strategy": "mean"},
        Table({"b": "bigint"}, [(MOST,), (None,)]),
        [(MOST,), (MOST,)],
    ),
    case(
        "not-a-number and infinity have a part in the mean",
        {"strategy": "mean"},
        Table({"x": "float", "y": "float"}, [(NAN, INFINITY), (1.0, 1.0), (None, None)]),
        [(NAN, INFINITY), (1.0, 1.0), (NAN, INFINITY)],
    ),
    case(
        "the median, of an odd and an even number of values",
        {"strategy": "median"},
        Table(
            {"a": "bigint", "b": "float", "c": "decimal(6,1)"},
            [(5, 1.0, None), (None, 10.0, None), (1, 2.0, None), (3, None, None), (None, 4.0, None)],
        ),
        [(5, 1.0, None), (3, 10.0, None), (1, 2.0, None), (3, 3.0, None), (3, 4.0, None)],
    ),
    case(
        "the mean of each group, null being one",
        {"strategy": "mean", "columns": ["value"], "partition_by": ["Sensor"]},
        MEASURED,
        filled(MEASURED, 2, [7.0, 3.0, 3.0, 9.0, 3.0, 7.0, 9.0, 3.0, 7.0]),
    ),
    case(
        "the median of each group, odd names",
        {"strategy": "median", "columns": ["UPPER"], "partition_by": ["_logidata_row", "select"]},
        ODD,
        ODD_ROWS,
    ),
    case(
        "the last value before, for each sensor",
        {"strategy": "forward", "columns": ["value"], "order_by": ["at"], "partition_by": ["Sensor"]},
        MEASURED,
        filled(MEASURED, 2, [7.0, None, 3.0, 9.0, None, 7.0, 9.0, 3.0, 7.0]),
    ),
    case(
        "the next value after, for each sensor",
        {"strategy": "backward", "columns": ["value"], "order_by": ["at"], "partition_by": ["Sensor"]},
        MEASURED,
        filled(MEASURED, 2, [None, 3.0, 3.0, None, 3.0, 7.0, 9.0, None, None]),
    ),
    case(
        "all columns forward, equal keys in the order of the input",
        {"strategy": "forward", "order_by": ["at"]},
        Table(
            {"at": "bigint", "a": "string", "z": "timestamptz"},
            [
                (1, "x", None),
                (1, None, datetime(2024, 1, 1, tzinfo=UTC)),
                (0, "first", None),
                (None, None, None),
                (1, "y", None),
            ],
        ),
        [
            (1, "x", None),
            (1, "x", datetime(2024, 1, 1, tzinfo=UTC)),
            (0, "first", None),
            (None, "y", datetime(2024, 1, 1, tzinfo=UTC)),
            (1, "y", datetime(2024, 1, 1, tzinfo=UTC)),
        ],
    ),
    case(
        "every type forward",
        {"strategy": "forward", "order_by": ["id"]},
        ODD,
        [ODD_ROWS[0], (2, *ODD_ROWS[0][1:]), *ODD_ROWS[2:]],
    ),
    case(
        "a sorted input stays sorted, by the values of before",
        {"strategy": "constant", "fill_value": 9},
        Table({"a": "bigint"}, [(2,), (None,), (1,)], (SortKey("a"),)),
        [(1,), (2,), (9,)],
        order=(SortKey("__logidata_sort_1"),),
    ),
    case("an empty table forward", {"strategy": "forward", "order_by": ["select"]}, EMPTY_ODD, []),
    case("an empty table with its median", {"strategy": "median"}, EMPTY_ODD, []),
    case(
        "options that do not belong together",
        {"strategy": "forward", "columns": ["value"], "fill_value": 1},
        MEASURED,
        error=Refused(
            [
                ("/order_by", "forward needs an order.", "Name the columns that put the rows in order."),
                ("/fill_value", "A constant means nothing for forward.", "Remove it, or fill with a constant."),
            ]
        ),
    ),
    case(
        "columns that do not fit",
        {"strategy": "mean", "columns": ["note", "valu", "Sensor"], "partition_by": ["Sensor"]},
        MEASURED,
        error=Refused(
            [
                ("/columns/0", "mean needs numbers; 'note' is string.", "Cast Data Types can make it one."),
                ("/columns/1", "There is no column 'valu'.", "Did you mean 'value'?"),
                ("/columns/2", "Column 'Sensor' puts the rows in order or in groups.", "It cannot be filled as well."),
            ]
        ),
    ),
    case(
        "a constant that does not fit",
        {"strategy": "constant", "fill_value": 12345.678, "columns": ["i", "d", "t"]},
        GAPS,
        error=Refused(
            [
                ("/columns/0", "12345.678 is no value of 'i', which is integer.", "Write a value of that type."),
                ("/columns/1", "12345.678 is no value of 'd', which is decimal(5,2).", "Write a value of that type."),
                ("/columns/2", "12345.678 is no value of 't', which is string.", "Write a value of that type."),
            ]
        ),
    ),
]
